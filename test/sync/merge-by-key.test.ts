import * as fc from 'fast-check';
import { type JsonObject, mergeByKey } from '../../src/sync/merge-by-key';

const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.constant(null));
const object = fc.letrec<{ node: JsonObject }>(tie => ({
  node: fc.dictionary(fc.constantFrom('k', 'l', 'm'), fc.oneof({ maxDepth: 2 }, leaf, tie('node'))) as fc.Arbitrary<JsonObject>,
})).node;

test('what only the options changed flows in, what the user changed stays', () => {
  const merged = mergeByKey({ a: 1, b: { c: 1, d: 1 } }, { a: 2, b: { c: 1, d: 2 }, e: 5 }, { b: { d: 1, c: 7 }, a: 1, mine: true });
  expect(merged).toEqual({ value: { b: { d: 2, c: 7 }, a: 2, mine: true, e: 5 }, conflicts: [] });
  expect(Object.keys(merged.value)).toEqual(['b', 'a', 'mine', 'e']);
});

test('where both changed the same key the user\'s value stays and is reported', () => {
  expect(mergeByKey({ a: { b: 1 } }, { a: { b: 2 } }, { a: { b: 3 } })).toEqual({ value: { a: { b: 3 } }, conflicts: [{ key: 'a.b', kept: '3', offered: '2' }] });
});

test('a key that the options dropped goes unless the user changed it', () => {
  expect(mergeByKey({ a: 1, b: 1 }, {}, { a: 1, b: 2 }).value).toEqual({ b: 2 });
});

test('a key that the user deleted stays deleted', () => {
  expect(mergeByKey({ a: 1 }, { a: 1 }, {}).value).toEqual({});
});

test('with nothing changed by the user the result is the options, and the other way round', () => {
  fc.assert(fc.property(object, object, (base, next) => {
    expect(mergeByKey(base, next, base).value).toEqual(next);
    expect(mergeByKey(base, base, next)).toEqual({ value: next, conflicts: [] });
  }), { numRuns: 500 });
});

test('no value that the user wrote is lost', () => {
  fc.assert(fc.property(object, object, object, (base, ours, theirs) => {
    const { value } = mergeByKey(base, ours, theirs);
    for (const [key, mine] of Object.entries(theirs)) {
      if (typeof mine === 'object') { continue; }
      if (mine !== base[key]) { expect(value[key]).toBe(mine); }
    }
  }), { numRuns: 500 });
});
