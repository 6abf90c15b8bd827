import * as fc from 'fast-check';
import { infrastructurePaths, triggerPatterns } from '../../src/options/knowledge/infrastructure-paths';
import { declaredOption } from '../../src/options/schemas/declared';

const INFRASTRUCTURE_FILES = declaredOption('InfrastructureOptions', 'files').default as string[];

test('a folder stands for everything below it, a file for itself, and each once', () => {
  expect(infrastructurePaths(['infra/', 'package.json', './cdk.json', 'infra/*.ts', 'package.json'])).toEqual([
    'infra/**', 'package.json', 'cdk.json', 'infra/*.ts',
  ]);
});

test('as many as a trigger takes stay as they are', () => {
  const files = ['infra/', 'a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(triggerPatterns(files)).toEqual(['infra/**', 'a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('of the files of an app, which are one too many, those without a wildcard are put together', () => {
  expect(INFRASTRUCTURE_FILES).toHaveLength(9);
  expect(triggerPatterns(INFRASTRUCTURE_FILES)).toEqual([
    'infra/**',
    '{package.json,package-lock.json,cdk.json,tsconfig.json,config/delivery.json,pyproject.toml,uv.lock,'
      + '.python-version}',
  ]);
});

test('patterns that have been made already stay the same', () => {
  expect(triggerPatterns(infrastructurePaths(INFRASTRUCTURE_FILES))).toEqual(triggerPatterns(INFRASTRUCTURE_FILES));
});

test('a path with a comma, which separates the parts of a group, stays outside of groups', () => {
  const files = ['docs/**', 'a,b.md', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  expect(triggerPatterns(files)).toEqual(['docs/**', 'a,b.md', '{c,d,e,f,g,h,i}']);
});

test('a commit that changes only documents starts no training, and a trigger takes these paths one by one', () => {
  const ignored = declaredOption('SourceOptions', 'ignoredPaths').default as string[];
  expect(ignored).toEqual(expect.arrayContaining(['docs/**', 'README.md', 'CHANGELOG.md', 'AGENTS.md']));
  expect(triggerPatterns(ignored)).toEqual(ignored);
});

/** The paths that a list of patterns names, groups taken apart. */
const named = (patterns: readonly string[]): string[] =>
  patterns.flatMap(pattern => (pattern.startsWith('{') ? pattern.slice(1, -1).split(',') : [pattern])).sort();

test('whatever the files are, nothing is lost or added, no pattern is too long, and groups are only made where they '
  + 'are needed', () => {
  const file = fc.stringMatching(/^[\w@][\w.@-]{0,40}(\/[\w@][\w.@-]{0,40}){0,3}\/?$/);
  fc.assert(fc.property(fc.uniqueArray(file, { minLength: 1, maxLength: 40 }), files => {
    const [all, patterns] = [infrastructurePaths(files), triggerPatterns(files)];
    expect(named(patterns)).toEqual([...all].sort());
    expect(patterns.filter(pattern => pattern.length > 255)).toEqual([]);
    expect(patterns.some(pattern => pattern.startsWith('{'))).toBe(all.length > 8 && patterns.length < all.length);
  }));
});
