import * as fc from 'fast-check';

/** Something that a person or the project does to the lines of a text. */
export type LineEdit =
  | { readonly do: 'insert'; readonly at: number; readonly text: string }
  | { readonly do: 'delete'; readonly at: number }
  | { readonly do: 'change'; readonly at: number; readonly text: string }
  | { readonly do: 'move'; readonly at: number; readonly to: number };

/** What happens to a file between two synths, on either side. */
export interface FileChange {
  readonly edits: readonly LineEdit[];
  readonly delete: boolean;
  readonly chmod: boolean;
}

/** One round: the user edits, the project changes, a synth brings them together. */
export interface Round {
  /** By number of the file. */
  readonly user: readonly FileChange[];
  readonly project: readonly FileChange[];
  /** The project renames this file. */
  readonly rename: number | undefined;
  /** The user writes a file of their own. */
  readonly add: boolean;
  /** The user resolves what is in conflict, keeping the lines of both sides. */
  readonly resolve: boolean;
}

export interface Scenario {
  readonly files: readonly (readonly string[])[];
  readonly rounds: readonly Round[];
}

/** Few different lines, so that texts repeat themselves as code does. */
const word = fc.constantFrom(
  '', 'pass', 'return x', '}', 'x = 1', 'import a', 'import b', 'def f():', '    y = 2', '# note',
);
const at = fc.nat({ max: 30 });

function lineEdit(tag: string): fc.Arbitrary<LineEdit> {
  const text = fc.tuple(word, fc.nat({ max: 10 ** 6 })).map(([words, n]) => `${words} ${tag}${n}`);
  return fc.oneof(
    fc.record({ do: fc.constant('insert' as const), at, text }),
    fc.record({ do: fc.constant('delete' as const), at }),
    fc.record({ do: fc.constant('change' as const), at, text }),
    fc.record({ do: fc.constant('move' as const), at, to: at }),
  );
}

function fileChange(tag: string): fc.Arbitrary<FileChange> {
  const rarely = fc.nat({ max: 12 }).map(n => n === 0);
  return fc.record({ edits: fc.array(lineEdit(tag), { maxLength: 3 }), delete: rarely, chmod: rarely });
}

const round: fc.Arbitrary<Round> = fc.record({
  user: fc.array(fileChange('user'), { minLength: 2, maxLength: 2 }),
  project: fc.array(fileChange('project'), { minLength: 2, maxLength: 2 }),
  rename: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 6 }),
  add: fc.boolean(),
  resolve: fc.boolean(),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  files: fc.array(fc.array(word, { maxLength: 25 }), { minLength: 2, maxLength: 2 }),
  rounds: fc.array(round, { minLength: 1, maxLength: 2 }),
});

/** A text after edits; an edit beyond its end happens at its end. */
export function edited(lines: readonly string[], edits: readonly LineEdit[]): string[] {
  const result = [...lines];
  for (const edit of edits) {
    const i = Math.min(edit.at, Math.max(0, result.length - (edit.do === 'insert' ? 0 : 1)));
    if (edit.do === 'insert') { result.splice(i, 0, edit.text); }
    if (edit.do === 'delete') { result.splice(i, 1); }
    if (edit.do === 'change' && result.length > 0) { result[i] = edit.text; }
    if (edit.do === 'move' && result.length > 0) {
      result.splice(Math.min(edit.to, result.length - 1), 0, ...result.splice(i, 1));
    }
  }
  return result;
}
