import { applyRules } from '../../../src/options/engine/rule';
import { projectSchema } from '../../../src/options/schemas/project-schema';
import { switchRules } from '../../../src/project/checks/switch-check';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();

function write(files: { readonly [name: string]: string }): void {
  for (const [name, content] of Object.entries(files)) { directory.write(name, content); }
}

const paths = (options: object): string[] =>
  applyRules([switchRules], projectSchema, { name: 'a', outdir: directory.path, ...options }, []).map(p => p.path);
const MODEL = JSON.stringify({ model: { framework: 'xgboost', problemType: 'binary' } });
const SCHEMA = { 'config/delivery.schema.json': '{}' };

test('all that would make another kind of repository is named at once', () => {
  write({ 'config/parameters.json': MODEL, '.projenrc.ts': '', 'infra/app.ts': '' });
  expect(paths({})).toEqual([]);
  expect(paths({ framework: 'sklearn', problemType: 'regression', projenrcPython: true })).toEqual([
    'framework', 'problemType', 'projenrcPython',
  ]);
});

test.each([
  ['the app was deleted', { '.projenrc.ts': '' }, ['projenrcPython']],
  ['the rc file was deleted', { 'infra/app.ts': '' }, ['projenrcPython']],
  ['the app was replaced by one in Python', { '.projenrc.ts': '', 'infra/app.py': '' }, ['projenrcPython']],
  ['there are both apps', { '.projenrc.ts': '', 'infra/app.py': '', 'infra/app.ts': '' }, ['projenrcPython']],
  ['nothing tells the language', {}, []],
  ['rc files in both languages', { '.projenrc.ts': '', '.projenrc.py': '' }, []],
])('a switch to Python when %s', (_, files, expected) => {
  write({ ...SCHEMA, ...files });
  expect(paths({ projenrcPython: true })).toEqual(expected);
});

test('a switch to TypeScript is refused the same way', () => {
  write({ ...SCHEMA, '.projenrc.py': '' });
  expect(paths({})).toEqual(['projenrcPython']);
  expect(paths({ projenrcPython: true })).toEqual([]);
});

test.each([
  '', '{', '[]', 'null', '"x"', '{"model":null}', '{"model":"x"}', '{"model":{"framework":7}}', '\uFEFF{}',
])('settings that the user has made %p of are no obstacle', content => {
  write({ 'config/parameters.json': content, '.projenrc.ts': '' });
  expect(paths({ framework: 'sklearn', problemType: 'regression' })).toEqual([]);
  expect(paths({ projenrcPython: true })).toEqual(['projenrcPython']);
});

test('settings that were deleted, or replaced by a directory, tell nothing', () => {
  write({ ...SCHEMA, 'infra/app.ts': '', 'config/parameters.json/mine': '' });
  expect(paths({ framework: 'sklearn' })).toEqual([]);
});

test('a CDK app and an rc file of another project are no obstacle', () => {
  write({ '.projenrc.ts': '', 'infra/app.ts': '' });
  expect(paths({ projenrcPython: true })).toEqual([]);
});

test('an option that is wrong by itself is not a switch', () => {
  write({ 'config/parameters.json': MODEL });
  expect(applyRules([switchRules], projectSchema, {
    name: 'a', outdir: directory.path, framework: 'x',
  }, [{ path: 'framework', value: '', allowed: '', fix: '' }])).toEqual([]);
});
