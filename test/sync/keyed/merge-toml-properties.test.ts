import * as fc from 'fast-check';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { type JsonObject, type JsonValue, mergeByKey } from './merge-by-key';
import { mergeToml } from '../../../src/sync/keyed/toml-edit';

const leaf = fc.constantFrom<JsonValue>(
  0, 1, 250, 'a', 'b # no comment', true, 'two\nlines',
  [[1]],
  [{ x: 1 }],
  [{ x: 1 }, { x: 2, y: 'z' }],
);
const object = fc.letrec<{ node: JsonObject }>(tie => ({
  node: fc.dictionary(fc.constantFrom('k', 'l', 'm', 'n ü'), fc.oneof({ maxDepth: 3 }, leaf, tie('node')), {
    maxKeys: 4,
  }) as fc.Arbitrary<JsonObject>,
})).node;
interface Layout { readonly forms: boolean; readonly eol: string; readonly last: boolean; readonly seed: number }
const layout: fc.Arbitrary<Layout> = fc.record({
  forms: fc.boolean(),
  eol: fc.constantFrom('\n', '\r\n'),
  last: fc.boolean(),
  seed: fc.nat(),
});
const OURS: Layout = { forms: false, eol: '\n', last: true, seed: 0 };

const isTable = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTables = (value: JsonValue): value is JsonObject[] => Array.isArray(value) && isTable(value[0]);
const name = (key: string) => /^\w+$/.test(key) ? key : JSON.stringify(key);

/**
 * Writes an object as some user might: dotted keys, inline tables, headers in any order, comments by the name of the
 * path.
 */
function written(value: JsonObject, { forms, eol, last, seed }: Layout): string {
  let state = seed;
  const chance = (of: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return forms && state % 65536 < 65536 / of;
  };
  const sections: string[] = [];
  const inline = (inner: JsonValue): string => {
    if (Array.isArray(inner)) { return `[${inner.map(inline).join(', ')}]`; }
    if (isTable(inner)) {
      return `{${Object.entries(inner)
        .map(([key, each]) => ` ${name(key)} = ${inline(each)}`)
        .join(',')} }`;
    }
    if (inner === 250 && chance(2)) { return '0xfa'; }
    return inner === 'two\nlines' && chance(2) ? `"""${eol}two${eol}lines"""` : JSON.stringify(inner);
  };
  const lines = (path: string[], table: JsonObject, dotted: string[]): string[] =>
    Object.entries(table).flatMap(([key, inner]) => {
      const at = [...path, key];
      const isDotted = dotted.length > 0;
      if (isTable(inner) && Object.keys(inner).length > 0 && chance(4)) {
        return lines(at, inner, [...dotted, name(key)]);
      }
      if (!isDotted && isTable(inner) && !chance(4)) {
        section(at, inner, `[${at.map(name).join('.')}]`);
        return [];
      }
      if (!isDotted && isTables(inner) && !chance(4)) {
        // Sub-tables of an element would need an order; its keys are enough here.
        const pairs = (each: JsonObject) =>
          Object.entries(each)
            .map(([k, v]) => `${k} = ${inline(v)}${eol}`)
            .join('');
        sections.push(inner.map(each => `[[${at.map(name).join('.')}]]${eol}${pairs(each)}`).join(eol));
        return [];
      }
      const above = chance(5) ? [`# above ${at.join('/')}`] : [];
      return [
        ...above,
        `${[...dotted, name(key)].join('.')} = ${inline(inner)}${chance(4) ? ` # ${at.join('/')}` : ''}`,
      ];
    });
  const section = (path: string[], table: JsonObject, header: string) => {
    const own = sections.length;
    const body = lines(path, table, []);
    const isImplicit =
      body.length === 0 && Object.values(table).some(inner => isTable(inner)) && sections.length > own && chance(2);
    if (isImplicit) { return; }
    const head = `${header}${chance(4) ? ` # ${path.join('/')}` : ''}`;
    sections.splice(chance(2) ? sections.length : own, 0, [head, ...body, ''].join(eol));
  };
  const top = lines([], value, []).map(line => `${line}${eol}`).join('');
  const text = [...top ? [top] : [], ...sections].join(eol);
  return last ? text : text.trimEnd();
}

const ourText = (value: JsonObject) => written(value, OURS);
const read = (text: string) =>
  JSON.parse(JSON.stringify(getStaticTOMLValue(parseTOML(text))).replace(/\\r\\n/g, '\\n')) as JsonObject;
const at = (value: JsonValue | undefined, path: string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((inner, key) => isTable(inner) ? inner[key] : undefined, value);
/** The deepest paths at which two values differ. */
function differences(a: JsonValue | undefined, b: JsonValue | undefined, path: string[] = []): string[][] {
  if (isTable(a) && isTable(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(key =>
      differences(a[key], b[key], [...path, key]),
    );
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}

/** Where the user's form leaves no precise edit the user's value stays and is told. */
function unmade(base: JsonObject, ours: JsonObject, theirs: JsonObject, look: Layout): number {
  const text = written(theirs, look);
  expect(differences(read(text), theirs)).toEqual([]);
  const expected = mergeByKey(base, ours, theirs);
  const merged = mergeToml(ourText(base), ourText(ours), text)!;
  const wanted = ourText(base) === ourText(ours) ? theirs : expected.value;
  const left = ourText(base) === text ? [] : differences(wanted, read(merged.text));
  for (const path of left) {
    const told = merged.conflicts
      .map(({ key }) => key)
      .find(key =>
        path
          .map((_, index) =>
            path
              .slice(0, index + 1)
              .map(name)
              .join('.'),
          )
          .includes(key),
      );
    expect([path, told, at(read(merged.text), path)]).toEqual([path, expect.any(String), at(theirs, path)]);
  }
  const keys = merged.conflicts.map(({ key }) => key);
  for (const { key } of expected.conflicts) { expect(keys).toContain(key.split('.').map(name).join('.')); }
  expect(new Set(keys).size).toBe(keys.length);
  if (ourText(base) !== text && text !== '' && merged.text !== '') {
    expect(/\n$/.test(merged.text)).toBe(/\n$/.test(text));
  }
  if (look.eol === '\r\n' && text.includes('\n')) { expect(merged.text.replace(/\r\n/g, '')).not.toContain('\n'); }
  return left.length;
}

test('the values are those of a merge by key in a file of headers', () => {
  fc.assert(fc.property(object, object, object, (base, ours, theirs) => {
    expect(unmade(base, ours, theirs, OURS)).toBe(0);
  }), { numRuns: 150 });
});

test('in any form of tables our change arrives or is told, and the user\'s values stay', () => {
  let [all, left] = [0, 0];
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    all += differences(base, ours).length;
    left += unmade(base, ours, theirs, look);
  }), { numRuns: 250 });
  expect(left / all).toBeLessThan(0.05);
});

test('comments stay unless their key goes', () => {
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    const text = written(theirs, look);
    const merged = mergeToml(ourText(base), ourText(ours), text)!.text;
    if (text === ourText(base)) { return; }
    for (const [comment, path] of text.matchAll(/# (?:above )?([klmnü /]+)$/gm)) {
      if (at(read(merged), path.split('/')) !== undefined) { expect(merged).toContain(comment); }
    }
    expect((merged.match(/# above/g) ?? []).length).toBe((text.match(/# above/g) ?? []).length);
  }), { numRuns: 150 });
});

test('merging once more changes nothing', () => {
  fc.assert(fc.property(object, object, object, layout, (base, ours, theirs, look) => {
    const { text } = mergeToml(ourText(base), ourText(ours), written(theirs, look))!;
    expect(mergeToml(ourText(ours), ourText(ours), text)).toEqual({ text, conflicts: [] });
    // A base that is not ours to the letter, so that all the rules are asked.
    expect(mergeToml(`${ourText(ours)}\n`, ourText(ours), text)).toEqual({ text, conflicts: [] });
    expect(mergeToml(ourText(base), ourText(ours), text)?.text).toBe(text === ourText(base) ? ourText(ours) : text);
  }), { numRuns: 150 });
});
