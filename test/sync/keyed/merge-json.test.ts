import { modelSettings } from '../../../src/options/model-settings';
import { mergeJson } from '../../../src/sync/keyed/json-edit';

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const conflict = (key: string, kept: string, offered: string) => ({ key, kept, offered });

test('a key that only we changed takes our spelling; what the user changed or wrote otherwise stays byte for '
  + 'byte', () => {
  const theirs =
    '\uFEFF{\r\n\t// mine\r\n\t"b" : 1.50, "a": 1, // about a\r\n\t"c": 1e-3,\r\n\t"d": 12345678901234567891 /* long '
      + '*/\r\n}';
  expect(
    mergeJson(
      text({ a: 1, b: 1.5, c: 0.001, d: 12345678901234567000 }),
      '{"a": 2.0, "b": 1.5, "c": 0.001, "d": 12345678901234567000}', theirs,
    ),
  ).toEqual({ text: theirs.replace('"a": 1,', '"a": 2.0,'), conflicts: [] });
});

test('integers beyond the precision of a double are told apart', () => {
  expect(
    mergeJson('{"a": 12345678901234567890}', '{"a": 12345678901234567891}', '{ "a": 12345678901234567890 }')?.text,
  ).toBe('{ "a": 12345678901234567891 }');
  expect(mergeJson('{"a": 1}', '{"a": 2}', '{"a": 12345678901234567890}')?.text).toBe('{"a": 12345678901234567890}');
});

test("what both changed to the same is left alone, what both changed otherwise stays the user's and is told "
  + 'once', () => {
  expect(mergeJson(text({ a: 1, b: 1 }), text({ a: 2, b: 2 }), '{"a": 2.0, "b": 3}')).toEqual({
    text: '{"a": 2.0, "b": 3}',
    conflicts: [conflict('b', '3', '2')],
  });
  expect(mergeJson(text({ a: 2, b: 2 }), `${text({ a: 2, b: 2 })}\n`, '{"a": 2.0, "b": 3}')?.conflicts).toEqual([]);
});

test('the values that a conflict shows are cut at 80 characters', () => {
  const [{ kept }] = mergeJson(text({ a: 1 }), text({ a: 2 }), text({ a: 'x'.repeat(100) }))!.conflicts;
  expect(kept).toBe(`"${'x'.repeat(78)}…`);
});

test('a new key comes behind the neighbour that it has in ours, else at the end', () => {
  const theirs = '{\n    "b": 1, // one\n    "a": 1 // last\n}\n';
  expect(mergeJson(text({ b: 1, a: 1 }), text({ b: 1, c: { d: [1, { e: null }], f: {} }, a: 1 }), theirs)?.text).toBe(
    '{\n    "b": 1, // one\n    "c": {\n        "d": [\n            1,\n            {\n                "e": '
      + 'null\n            }\n        ],\n        "f": {}\n    },\n    "a": 1 // last\n}\n',
  );
  expect(mergeJson(text({ b: 1, a: 1 }), text({ c: 2, b: 1, a: 1 }), theirs)?.text).toBe(
    '{\n    "b": 1, // one\n    "a": 1, // last\n    "c": 2\n}\n',
  );
});

test('a file without blanks or line breaks stays one', () => {
  expect(mergeJson(text({ a: 1 }), text({ a: 1, b: { c: [1, 2] }, d: [] }), '{"a":1,"z":0}')?.text).toBe(
    '{"a":1,"b":{"c":[1,2]},"d":[],"z":0}',
  );
  expect(mergeJson(text({ a: 1, b: {} }), text({ a: 1, b: { c: [1] } }), '{ "a": 1, "b": {} }')?.text).toBe(
    '{ "a": 1, "b": { "c": [1] } }',
  );
  expect(mergeJson('{"a": 1}', '{"a": 1, "b": 2}', '{}')?.text).toBe('{ "b": 2 }');
});

test('a key that we removed goes with its line and the comment behind it, unless the user changed it', () => {
  const theirs = '{\n  // above\n  "a": 1, // behind\n  "b": {"x": 1}, "c": 1 // c\n}';
  expect(mergeJson(text({ a: 1, b: { x: 1 }, c: 1 }), text({ b: { x: 1 } }), theirs)).toEqual({
    text: '{\n  // above\n  "b": {"x": 1} // c\n}',
    conflicts: [],
  });
  expect(mergeJson(text({ a: 1 }), text({}), '{"a": 2}')).toEqual({
    text: '{"a": 2}',
    conflicts: [conflict('a', '2', 'removed')],
  });
  expect(mergeJson(text({ a: 1 }), text({}), '{\n  "a": 1\n}\n')?.text).toBe('{}\n');
  expect(mergeJson(text({ a: 1, b: 1 }), text({ a: 1 }), '{\n  "a": 1, // a\n  "b": 1 // b\n}\n')?.text).toBe(
    '{\n  "a": 1 // a\n}\n',
  );
});

test('a key that the user removed stays removed, and is told if we changed it', () => {
  expect(mergeJson(text({ a: 1, b: 1 }), text({ a: 2, b: 1, c: 1 }), '{ }')).toEqual({
    text: '{ "c": 1 }',
    conflicts: [conflict('a', 'removed', '2')],
  });
});

test('lists of scalars are merged item by item in the user\'s order and layout', () => {
  const merged = mergeJson(
    text({ l: ['a', 'b', 'c'] }),
    text({ l: ['a', 'new', 'c', 'end'] }),
    '{"l": [\n  "c", // c\n  "mine",\n  "b", // b\n  "a" // a\n]}',
  );
  expect(merged).toEqual({
    text: '{"l": [\n  "c", // c\n  "end",\n  "mine",\n  "a", // a\n  "new"\n]}',
    conflicts: [],
  });
  expect(mergeJson(text({ l: [] }), text({ l: ['a', 'b'] }), '{\n  "x": 1,\n  "l": []\n}')?.text).toBe(
    '{\n  "x": 1,\n  "l": [\n    "a",\n    "b"\n  ]\n}',
  );
});

test('our new order of a list arrives only if the user left the list alone', () => {
  expect(mergeJson('{"l": [1, 2]}', '{"l": [2, 1]}', '{"l": [1, 2], "x": 1}')?.text).toBe('{"l": [2, 1], "x": 1}');
  expect(mergeJson('{"l": [1, 2]}', '{"l": [2, 1]}', '{"l": [1, 2, 3]}')).toEqual({
    text: '{"l": [1, 2, 3]}',
    conflicts: [],
  });
});

test('lists of other things, and lists where an item stands twice, are one value', () => {
  expect(mergeJson('{"l": [{"a": 1}]}', '{"l": [{"a": 2}]}', '{"l": [{"a": 1}], "x": 1}')?.text).toBe(
    '{"l": [{"a": 2}], "x": 1}',
  );
  expect(mergeJson('{"l": [{"a": 1}]}', '{"l": [{"a": 2}]}', '{"l": [{"a": 3}]}')?.conflicts).toEqual([
    conflict('l', '[{a: 3}]', '[{a: 2}]'),
  ]);
  expect(mergeJson('{"l": ["-p", "a"]}', '{"l": ["-p", "a", "-p", "b"]}', '{"l": ["-q", "-p", "a"]}')?.text).toBe(
    '{"l": ["-q", "-p", "a"]}',
  );
});

test('a list of one value in which the user left a comment stays', () => {
  const theirs = '{"l": [{"a": "//" /* why */}]}';
  expect(mergeJson('{"l": [{"a": "//"}]}', '{"l": [{"a": 2}]}', theirs)).toEqual({
    text: theirs,
    conflicts: [conflict('l', '[{a: "//"}]', '[{a: 2}]')],
  });
  expect(mergeJson('{"l": [{"a": "//"}]}', '{"l": [{"a": 2}]}', '{"l": [{"a": "//"}], "x": 1}')?.text).toBe(
    '{"l": [{"a": 2}], "x": 1}',
  );
});

test('odd keys and values are keys and values like any other', () => {
  const base = '{"__proto__": {"x": 1}, "constructor": null, "": 1, "k\\u00e9y": 1}';
  const ours = '{"__proto__": {"x": 2, "toString": 3}, "constructor": null, "": 2, "k\\u00e9y": 2}';
  expect(mergeJson(base, ours, '{"__proto__": {"x": 1}, "constructor": {}, "": 1, "kéy": 1}'))
    .toEqual({ text: '{"__proto__": {"x": 2, "toString": 3}, "constructor": {}, "": 2, "kéy": 2}', conflicts: [] });
  expect(Object.prototype).not.toHaveProperty('x');
});

test('of two properties of one name the last counts, and neither is removed', () => {
  expect(mergeJson('{"a": 1}', '{"a": 2}', '{"a": 7, "a": 1}')?.text).toBe('{"a": 7, "a": 2}');
  expect(mergeJson('{"a": 1}', '{}', '{"a": 7, "a": 1}')).toEqual({
    text: '{"a": 7, "a": 1}',
    conflicts: [conflict('a', '1', 'removed')],
  });
});

test('a value may become an object and the other way round', () => {
  expect(mergeJson('{"a": 1, "b": {}}', '{"a": {"x": 1}, "b": 2}', '{"b": {}, "a": 1}')?.text).toBe(
    '{"b": 2, "a": {"x": 1}}',
  );
  expect(mergeJson('{"a": 1}', text({ a: { x: 1 } }), '{\n\t"a": 1,\n}')?.text).toBe(
    '{\n\t"a": {\n\t\t"x": 1\n\t},\n}',
  );
});

test('a side that changed nothing changes nothing', () => {
  expect(mergeJson('{"a":1}', '{ "a" : 1 }', '{"a":1}')?.text).toBe('{ "a" : 1 }');
  expect(mergeJson('{"a":1}', '{"a":1}', '{"b" :2,}')?.text).toBe('{"b" :2,}');
});

test('without a readable base every value that differs is the user\'s, and what is not there is added', () => {
  for (const base of [undefined, '<<<<<<<', '[]']) {
    expect(mergeJson(base, '{"a": 1, "l": [1, 2], "n": 1}', '{"a": 2, "l": [1]}')).toEqual({
      text: '{"a": 2, "l": [1], "n": 1}',
      conflicts: [conflict('a', '2', '1'), conflict('l', '[1]', '[1, 2]')],
    });
  }
});

test('a text of the user that is not a JSON object is nothing to merge; one of ours is an error', () => {
  for (const theirs of [
    '', '[1]', '1', 'null', '{"a": }', '{"a": 1', '{"a": 01}', '{"a": "\n"}', '{"a": 1} x', '<<<<<<< yours\n{}',
  ]) {
    expect(mergeJson('{"a": 1}', '{"a": 2}', theirs)).toBeUndefined();
  }
  expect(() => mergeJson('{"a": 1}', '{"a": ', '{}')).toThrow('cannot be parsed');
});

test('a user\'s hyperparameters and our new container version both arrive in the settings of a model', () => {
  const base = modelSettings({ name: 'churn' });
  const ours = { ...base, model: { ...base.model, frameworkVersion: '9.9-1' } };
  const theirs = text(base)
    .replace('"hyperparameters": {', '"hyperparameters": {\n      "max_leaves": 1e1,')
    .replace('"seed": 42', '"seed": 7');
  expect(mergeJson(text(base), text(ours), theirs)).toEqual({
    text: theirs.replace(`"${base.model.frameworkVersion}"`, '"9.9-1"'),
    conflicts: [],
  });
});
