import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { checkAgainst } from '../../src/options/engine/check';
import type { JsonSchema } from '../../src/options/engine/json-schema';
import { FRAMEWORKS, PROBLEM_TYPES } from '../../src/options/knowledge/frameworks';
import { declared, declaredOption } from '../../src/options/schemas/declared';
import * as declarations from '../../src/options/schemas/declared.json';
import { projenSchemas } from '../../src/options/schemas/projen-schema';

const ROOT = path.resolve(__dirname, '..', '..');
const names = Object.keys(declarations).filter(name => name !== 'default');

/** Every option of every struct, with its place. */
const options = names.flatMap(name => {
  const { properties = {}, required = [] } = declared(name);
  return Object.entries(properties).map(([option, schema]) => ({
    at: `${name}.${option}`, schema, isRequired: required.includes(option),
  }));
});

/** The keywords of a schema that is written beside each other, at any depth but below the fields of a struct. */
function texts(schema: JsonSchema): JsonSchema[] {
  const { items, additionalProperties, propertyNames, anyOf = [] } = schema;
  const below = [items, additionalProperties, propertyNames, ...anyOf]
    .filter((part): part is JsonSchema => typeof part === 'object');
  return [schema, ...below.flatMap(texts)];
}

test('there are the structs that people know, and every option of them', () => {
  expect(names.length).toBeGreaterThan(50);
  expect(options.length).toBeGreaterThan(110);
  expect(Object.keys(declared('DeliveryOptions').properties ?? {})).toEqual(expect.arrayContaining([
    'name', 'endpoint', 'deploymentGroups', 'promotion',
  ]));
});

test.each(options)('$at is documented; it is required or has a default, not both', ({ schema, isRequired }) => {
  expect(schema.description).toMatch(/^[A-Z].{8,}[.:]?$/);
  expect('default' in schema || 'x-default' in schema).toBe(!isRequired);
});

test('every default and every example is a value that the option takes', () => {
  const wrong = options.flatMap(({ at, schema }) => [
    ...('default' in schema ? [schema.default] : []), ...schema.examples ?? [],
  ].flatMap(value => checkAgainst(schema, value, at)));
  expect(wrong).toEqual([]);
});

test('what has a pattern says in words what it takes, and the pattern is one', () => {
  const all = [...names.map(declared), ...options.map(({ schema }) => schema)].flatMap(texts);
  expect(all.filter(schema => schema.pattern !== undefined).length).toBeGreaterThan(40);
  const silent = all.filter(schema => schema.pattern !== undefined && schema['x-allowed'] === undefined);
  expect(silent.map(schema => schema.pattern)).toEqual([]);
  for (const { pattern } of all) { expect(() => new RegExp(pattern ?? '', 'u')).not.toThrow(); }
});

test('a text of any struct has limits, values, or a rule that looks at it', () => {
  const free = options.filter(({ schema }) => schema.type === 'string'
    && [schema.pattern, schema.enum, schema.minLength, schema.maxLength].every(limit => limit === undefined));
  // The metrics depend on the problem type: gate-rules.ts.
  expect(free.map(({ at }) => at)).toEqual(['QualityGateOptions.metric']);
});

test.each(['repository', 'common-delivery'])('a default of %s.ts that is a value stands on one line', file => {
  // `projen new` writes it, as it stands, behind `//` into the rc file.
  const text = fs.readFileSync(path.join(ROOT, 'src/options', `${file}.ts`), 'utf8');
  expect(text.match(/@default (?!- )[^\n]*\n\s*\* [^@]/g)).toBeNull();
  expect(text.match(/@default (?!- )[^\n]*\n\s*(\*\/|\* @)/g)?.length).toBeGreaterThan(5);
});

test('the frameworks and problem types are those that are known', () => {
  expect(declaredOption('RepositoryOptions', 'framework').enum).toEqual(Object.keys(FRAMEWORKS));
  expect(declaredOption('RepositoryOptions', 'problemType').enum).toEqual(Object.keys(PROBLEM_TYPES));
});

test('a name that is not declared is told', () => {
  expect(() => declared('NoSuchOptions')).toThrow('NoSuchOptions is not declared');
  expect(() => declaredOption('SourceOptions', 'no')).toThrow('SourceOptions declares no option no');
});

test('projen\'s own options are those that this version of projen has, each of its kind', () => {
  const file = path.join(ROOT, 'src/project/project-options.ts');
  const program = ts.createProgram([file], {
    strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true, types: [],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
  const [struct] = checker.getExportsOfModule(module);
  const projen = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(struct))
    .filter(p => p.declarations?.[0].getSourceFile().fileName.includes('/node_modules/projen/') && p.name !== 'name');
  const kinds = projen.map(p => [p.name, kindOf(checker.getNonNullableType(checker.getTypeOfSymbol(p)))]);
  expect(Object.fromEntries(kinds)).toEqual(Object.fromEntries(
    Object.entries(projenSchemas).map(([name, { type }]) => [name, type]),
  ));
});

function kindOf({ flags }: ts.Type): string {
  const kinds = [
    [ts.TypeFlags.StringLike, 'string'], [ts.TypeFlags.NumberLike, 'number'], [ts.TypeFlags.BooleanLike, 'boolean'],
  ] as const;
  return kinds.find(([flag]) => (flags & flag) !== 0)?.[1] ?? 'object';
}
