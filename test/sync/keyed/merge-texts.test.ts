import { type JsonDocument, parseJson } from '../../../src/sync/keyed/json-document';
import { editJson } from '../../../src/sync/keyed/json-edit';
import { mergeTexts } from '../../../src/sync/keyed/merge';
import type { Step } from '../../../src/sync/keyed/steps';

/** JSON with an editor that is wrong in every edit of the key `bad`. */
const withBroken = (broken: (text: string) => string | undefined) => ({
  parse: parseJson,
  edit: (theirs: JsonDocument, ours: JsonDocument, base: JsonDocument | undefined, step: Step) =>
    step.path[0] === 'bad' ? broken(theirs.text) : editJson(theirs, ours, base, step),
  isRequirements: () => false,
});

test.each([
  ['breaks the file', (text: string) => text.slice(1)],
  ['loses another key', (text: string) => text.replace('"other": 1, ', '').replace('"bad": 1', '"bad": 2')],
  ['writes another value', (text: string) => text.replace('"bad": 1', '"bad": 3')],
  ['does nothing', (text: string) => text],
  ['finds no place', () => undefined],
])('an edit that %s is not made but told, and the others are made', (_, broken) => {
  expect(
    mergeTexts(
      withBroken(broken),
      '{"other": 1, "bad": 1, "good": 1}', '{"other": 1, "bad": 2, "good": 2}', '{ "other": 1, "bad": 1, "good": 1 }',
    ),
  ).toEqual({
    text: '{ "other": 1, "bad": 1, "good": 2 }',
    conflicts: [{ key: 'bad', kept: '1', offered: '2' }],
  });
});
