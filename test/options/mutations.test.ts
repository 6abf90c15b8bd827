import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { AT_GITLAB, HOSTED } from './engine-mutations';
import { FULL } from './full-options';
import { wrongFields } from './mutations';
import { CROSSED } from './whole-mutations';
import { VALID } from './whole-valid';
import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { pathParts, related } from '../../src/options/engine/option-path';
import { checkDelivery } from '../../src/plan/check';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../src/project';

// An example names the package as its users do; here that is the source.
jest.mock('sagemaker-cicd-projen', () => jest.requireActual<object>('../../src/options'), { virtual: true });

const FORM = /^(?: {2}- )?option (\S+(?:\["[^\n]*"\])?): (?:[^\n]+ is not valid|a value is required); allowed: [^\n]+\. [^\n]+[.?]$/;
const LISTED = 'option (.+?): .* is not valid; allowed: ';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'mutations-'));
beforeAll(() => {
  fs.mkdirSync(path.join(directory, 'data'));
  fs.writeFileSync(path.join(directory, 'data', 'mine.csv'), 'a,target\n1,0\n');
  fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine', { mode: 0o640 });
  fs.writeFileSync(path.join(directory, 'package.json'), '{"name":"mine"}\n');
  fs.symlinkSync('notes.txt', path.join(directory, 'link'));
});
afterAll(() => { fs.rmSync(directory, { recursive: true }); });

/** Names, content, times and modes of everything in the directory. */
function state(): string {
  return JSON.stringify(fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort().map(name => {
    const file = path.join(directory, name);
    const { mode, mtimeMs, ctimeMs, size } = fs.lstatSync(file);
    return [name, mode, mtimeMs, ctimeMs, size, fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : ''];
  }));
}

const EXAMPLES = path.resolve(__dirname, '..', '..', 'examples');
const examples: ReadonlyArray<readonly [string, SageMakerCicdProjectOptions]> = [
  ['full', FULL], ['hosted', HOSTED], ['at GitLab', AT_GITLAB],
  ...fs.readdirSync(EXAMPLES).filter(file => file.endsWith('.ts')).map(file => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { options } = require(path.join(EXAMPLES, file)) as { options: SageMakerCicdProjectOptions };
    return [file.replace(/\.ts$/, ''), options] as const;
  }),
];

/** The error of constructing a project, which must be ours. */
function refusal(options: object): OptionError {
  try {
    new SageMakerCicdProject({ outdir: directory, ...options } as SageMakerCicdProjectOptions);
  } catch (error) {
    if (error instanceof OptionError) { return error; }
    throw error;
  }
  throw new Error('was not refused');
}

function expectRefusal(options: object, wanted: string): void {
  const { message, stack } = refusal(options);
  expect(stack).toBe(`OptionError: ${message}`);
  expect(stack).not.toMatch(/^ {4}at /m);
  const lines = message.split('\n').slice(message.startsWith('option ') ? 0 : 1);
  for (const line of lines) { expect(line).toMatch(FORM); }
  const paths = lines.map(line => new RegExp(LISTED).exec(line)?.[1] ?? '');
  expect(paths.filter(found => related(pathParts(found), pathParts(wanted)))).not.toEqual([]);
}

/** Each way to get a field wrong, in the first of the examples that has the field; list entries are alike. */
const seen = new Set<string>();
const fields = examples.flatMap(([name, options]) => wrongFields(name, options)).filter(({ name }) => {
  const what = name.replace(/^[^:]*: /, '').replace(/\[\d+\]/g, '[n]');
  return !seen.has(what) && seen.add(what);
});

test('there are enough wrong options to look at', () => {
  expect(fields.length).toBeGreaterThan(300);
  expect(new Set(fields.map(({ path: at }) => at.replace(/\d+/g, 'n'))).size).toBeGreaterThan(100);
});

describe('one field of an example that is wrong is refused in the form of an option error, and the directory stays as '
  + 'it is', () => {
  test.each(examples.map(([name]) => name))('in %s', name => {
    const before = state();
    for (const { name: what, options, path: at } of fields.filter(m => m.name.startsWith(`${name}: `))) {
      try {
        expectRefusal(options, at);
        expect(state()).toBe(before);
      } catch (error) {
        throw new Error(`${what}: ${(error as Error).message}`);
      }
    }
  });
});

describe('options that do not go together are refused in the same form', () => {
  test.each(CROSSED)('%s', (_, options, at) => {
    const before = state();
    expectRefusal(options, at);
    expect(state()).toBe(before);
  });
});

test.each(examples)('%s is right by itself', (_, options) => {
  expect(checkProject(options)).toEqual([]);
});

test('one mistake is one line', () => {
  const several = fields.filter(({ options }) => checkProject(options).length > 1).map(m => m.name);
  expect(several.filter(name => !/ (with|without|a list|nothing in it)/.test(name))).toEqual([]);
});

test('a hundred other options that are right are taken', () => {
  expect(VALID.length).toBeGreaterThanOrEqual(100);
  for (const [name, options] of VALID) {
    const empty = fs.mkdtempSync(path.join(directory, 'valid-'));
    try {
      new SageMakerCicdProject({ ...options, outdir: empty } as SageMakerCicdProjectOptions);
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
    fs.rmSync(empty, { recursive: true });
  }
});

test('whatever stands in the options, the answer is a list of problems and never another error', () => {
  const names = Object.keys(FULL);
  const value = fc.letrec(tie => ({
    any: fc.oneof({ depthSize: 'small' }, fc.anything({
      withBigInt: true, withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true,
    }),
    fc.constantFrom('dev', 'main', 'xgboost', '', () => 1, Symbol('s'), Infinity, /x/), tie('struct'),
    fc.array(tie('any'), { maxLength: 3 })),
    struct: fc.dictionary(fc.constantFrom(
      'name', 'type', 'deployEnvironments', 'buildEnvironment', 'parameters', 'region', 'smokeTest', 'hyperparameters',
      'constructor', '__proto__', 'a\nb', '[', '"',
    ), tie('any'), { maxKeys: 4 }),
  })).any;
  const mixed = fc.tuple(fc.subarray(names), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 })).map(([
    kept, wrong,
  ]) => ({
    ...Object.fromEntries(kept.map(name => [name, FULL[name as keyof typeof FULL]])), ...wrong,
  }));
  fc.assert(fc.property(fc.oneof(value, mixed), options => {
    for (const found of [checkProject(options), checkDelivery(options)]) {
      if (found.length > 0) {
        for (const line of new OptionError(found).message.split('\n').slice(found.length > 1 ? 1 : 0)) {
          expect(line).toMatch(/^( {2}- )?option .+: (?:.+ is not valid|a value is required); allowed: .+\. .+$/);
        }
      }
    }
  }), { numRuns: 500, seed: 4 });
});
