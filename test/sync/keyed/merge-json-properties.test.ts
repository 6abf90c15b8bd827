import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { type JsonObject, type JsonValue, mergeByKey } from './merge-by-key';
import { parseJson } from '../../../src/sync/keyed/json-document';
import { mergeJson } from '../../../src/sync/keyed/json-edit';

const leaf = fc.constantFrom<JsonValue>(0, 1, 25, 'a', 'b // no comment', null, true, [[1]], [{ x: 1 }]);
const object = fc.letrec<{ node: JsonObject }>(tie => ({
  node: fc.dictionary(fc.constantFrom('k', 'l', 'm', 'ü\\'), fc.oneof({ maxDepth: 3 }, leaf, tie('node')), {
    maxKeys: 4,
  }) as fc.Arbitrary<JsonObject>,
})).node;
const lists = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 5 });
interface Layout { indent: string; eol: string; bom: boolean; last: boolean; comma: boolean; seed: number }
const layout: fc.Arbitrary<Layout> = fc.record({
  indent: fc.constantFrom('  ', '    ', '\t'),
  eol: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  last: fc.boolean(),
  comma: fc.boolean(),
  seed: fc.nat(),
});

/**
 * Writes an object as some user might: another spelling of numbers, comments by the name of the path, objects within a
 * line.
 */
function written(value: JsonObject, { indent, eol, bom, last, comma, seed }: Layout): string {
  let state = seed;
  const chance = (of: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % 65536 < 65536 / of;
  };
  const scalar = (inner: JsonValue) => inner === 25 && chance(2) ? '2.50e1' : JSON.stringify(inner);
  const node = (inner: JsonValue, path: string, depth: string, oneLine: boolean): string => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) { return scalar(inner); }
    const keys = Object.keys(inner);
    const within = oneLine || chance(4);
    const parts = keys.map((key, index) => {
      const at = `${path}/${key}`;
      const note = chance(3) ? ` /*${at}*/` : '';
      const isLast = index === keys.length - 1;
      const separator = isLast && !comma ? '' : ',';
      const text = `${JSON.stringify(key)}${chance(3) ? ' : ' : ': '}${node(inner[key], at, depth + indent, within)}`;
      if (within) { return `${text}${separator}`; }
      return `${depth}${indent}${text}${separator}${note}${chance(5) ? ` // ${at} ends` : ''}${eol}`
        + `${chance(5) ? `${depth}${indent}// below ${at}${eol}` : ''}`;
    });
    if (within) { return parts.length === 0 ? '{}' : `{ ${parts.join(' ')} }`; }
    return `{${eol}${parts.join('')}${depth}}`;
  };
  return `${bom ? '\uFEFF' : ''}${node(value, '', '', false)}${last ? eol : ''}`;
}

const ourText = (value: JsonObject) => `${JSON.stringify(value, null, 2)}\n`;
const leaves = (text: string) => {
  const found = new Map<string, string>();
  const walk = (value: NonNullable<ReturnType<typeof parseJson>>['root'], path: string) =>
    value.entries.forEach((inner, key) => {
      if (inner.kind === 'table') { walk(inner, `${path}/${key}`); } else {
        found.set(`${path}/${key}`, text.slice(...(inner.span ?? [0, 0])));
      }
    });
  walk(parseJson(text)!.root, '');
  return found;
};
const bare = (text: string) => text.replace(/^\uFEFF/, '');

test('the values are those of a merge by key, and nothing that stays loses its spelling', () => {
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    const text = written(theirs, look);
    const expected = mergeByKey(base, ours, theirs);
    const merged = mergeJson(ourText(base), ourText(ours), text)!;
    expect(parse(bare(merged.text), [], { allowTrailingComma: true })).toEqual(
      ourText(base) === ourText(ours) ? theirs : expected.value,
    );
    expect(merged.conflicts.map(({ key }) => key).sort()).toEqual(expected.conflicts.map(({ key }) => key).sort());
    const [before, after] = [leaves(bare(text)), leaves(bare(merged.text))];
    for (const [path, raw] of before) {
      if (after.has(path) && JSON.stringify(parse(after.get(path)!)) === JSON.stringify(parse(raw))) {
        expect(after.get(path)).toBe(raw);
      }
    }
    expect(merged.text.startsWith('\uFEFF')).toBe(look.bom);
    expect(/\n$/.test(merged.text)).toBe(look.last);
    expect(look.eol === '\n' ? merged.text.includes('\r') : /[^\r]\n/.test(merged.text)).toBe(false);
  }), { numRuns: 250 });
});

test('comments stay unless their key goes', () => {
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    const text = written(theirs, look);
    const merged = mergeJson(ourText(base), ourText(ours), text)!.text;
    for (const [comment, path] of [...text.matchAll(/\/\*(\/.*?)\*\/|\/\/ (?:below )?(\/.*?)(?: ends)?$/gm)].map(
      match => [match[0], match[1] ?? match[2]],
    )) {
      const keys = path.split('/').slice(1);
      const parents = keys.map((_, index) => keys.slice(0, index + 1));
      const has = (value: JsonValue | undefined, at: string[]): boolean =>
        at.length === 0
        || (typeof value === 'object'
          && value !== null
          && !Array.isArray(value)
          && Object.hasOwn(value, at[0])
          && has(value[at[0]], at.slice(1)));
      const result = parse(bare(merged), [], { allowTrailingComma: true }) as JsonObject;
      if (parents.every(at => has(result, at))) { expect(merged).toContain(comment.trim()); }
    }
  }), { numRuns: 150 });
});

test('merging once more changes nothing', () => {
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    const { text } = mergeJson(ourText(base), ourText(ours), written(theirs, look))!;
    expect(mergeJson(ourText(ours), ourText(ours), text)).toEqual({ text, conflicts: [] });
    // A base that is not ours to the letter, so that all the rules are asked.
    expect(mergeJson(`${ourText(ours)} `, ourText(ours), text)).toEqual({ text, conflicts: [] });
    expect(mergeJson(ourText(base), ourText(ours), text)?.text).toBe(text);
  }), { numRuns: 150 });
});

test('lists of scalars lose nothing that either side added and keep nothing that either removed', () => {
  fc.assert(fc.property(lists, lists, lists, fc.constantFrom(undefined, 2), (base, ours, theirs, space) => {
    const text = JSON.stringify({ list: theirs }, null, space);
    const { list } = JSON.parse(mergeJson(ourText({ list: base }), ourText({ list: ours }), text)!.text) as {
      list: number[];
    };
    for (let item = 0; item <= 6; item++) {
      const [b, o, t] = [base, ours, theirs].map(items => items.includes(item));
      expect(list.includes(item)).toBe(b === t ? o : t);
    }
    if (JSON.stringify(base) !== JSON.stringify(theirs)) {
      expect(list.filter(item => theirs.includes(item))).toEqual(theirs.filter(item => list.includes(item)));
    } else {
      expect(list).toEqual(ours);
    }
  }), { numRuns: 250 });
});
