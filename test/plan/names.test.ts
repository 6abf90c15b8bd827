import * as fc from 'fast-check';
import { nameOf } from '../../src/plan/names/name-of';
import { NAME_RULES, type NameKind, type NameRule } from '../../src/plan/names/name-rules';

const kinds = Object.keys(NAME_RULES) as NameKind[];
const kind = fc.constantFrom(...kinds);
const awkward = fc.oneof(
  fc.string({ minLength: 1, maxLength: 150 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.stringMatching(/^[a-zA-Z0-9/_.-]{1,90}$/),
  fc.constantFrom('main', 'Main', 'feature/x', 'feature-x', '-', '1', 'deadbeef', 'prod', 'eu', 'a-b', 'a', 'b'),
);
const words = fc.array(awkward, { minLength: 2, maxLength: 4 });

test('every name has the characters and the length that its service allows', () => {
  fc.assert(fc.property(kind, words, (k, w) => {
    const rule: NameRule = NAME_RULES[k];
    const name = nameOf(k, ...w);
    expect(name).toMatch(rule.pattern);
    expect(name.length).toBeLessThanOrEqual(rule.max - (rule.reserved ?? 0));
    expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
  }), { numRuns: 2000 });
});

test('different words give different names, even where only case or hyphens differ', () => {
  const list = (length: number) => fc.array(awkward, { minLength: length, maxLength: length });
  const pair = fc.integer({ min: 2, max: 4 }).chain(n => fc.tuple(list(n), list(n)));
  fc.assert(fc.property(kind, pair, (k, [a, b]) => {
    fc.pre(JSON.stringify(a) !== JSON.stringify(b));
    expect(nameOf(k, ...a)).not.toBe(nameOf(k, ...b));
  }), { numRuns: 5000 });
});

test('the same words always give the same name', () => {
  fc.assert(fc.property(kind, words, (k, w) => { expect(nameOf(k, ...w)).toBe(nameOf(k, ...w)); }));
});

test.each([
  [['churn', 'main', 'build'], 'churn-main-build'],
  [['customer-churn', 'main'], 'customer-churn-main'],
])('%j is clear and stays readable: %s', (w, name) => {
  expect(nameOf('stack', ...w)).toBe(name);
});

test('what could be read two ways carries a hash', () => {
  const [a, b] = [nameOf('endpoint', 'churn', 'eu-main', 'prod'), nameOf('endpoint', 'churn-eu', 'main', 'prod')];
  expect(a).toMatch(/^churn-eu-main-prod-[0-9a-f]{8}$/);
  expect(b).toBe('churn-eu-main-prod');
});

test('a branch with slashes and capitals becomes a name', () => {
  expect(nameOf('codePipeline', 'churn', 'feature/X', 'build')).toMatch(/^churn-feature-x-build-[0-9a-f]{8}$/);
});

test('a long name is cut and keeps its hash', () => {
  const name = nameOf('role', 'churn', 'g'.repeat(100), 'build');
  expect(name).toMatch(/^churn-g+-[0-9a-f]{8}$/);
  expect(name).toHaveLength(64);
});

test('every rule says where its numbers come from', () => {
  kinds.forEach(k => expect(NAME_RULES[k].source.length).toBeGreaterThan(20));
});
