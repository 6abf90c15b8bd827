import * as path from 'node:path';
import * as ts from 'typescript';
import type { JsonSchema } from '../../src/options/engine/json-schema';
import { deliverySchema, endpointSchema } from '../../src/options/schemas/delivery-schema';
import { projectSchema } from '../../src/options/schemas/project-schema';
import { projenSchemas } from '../../src/options/schemas/projen-schema';

const ROOT = path.resolve(__dirname, '..', '..');
const OPTIONS = path.join(ROOT, 'src/options/index.ts');
const PROJECT = path.join(ROOT, 'src/project/project-options.ts');
const program = ts.createProgram([OPTIONS, PROJECT], {
  strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true, types: [],
});
const checker = program.getTypeChecker();

/** Structs that the comparison came to, and what it found. */
const visited = new Set<string>();
let differences: string[];
beforeEach(() => { differences = []; });

function exported(file: string, name: string): ts.Type {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find(s => s.name === name);
  if (!symbol) { throw new Error(`${file} exports no ${name}`); }
  return checker.getDeclaredTypeOfSymbol(symbol);
}


const has = ({ flags }: { readonly flags: number }, flag: number): boolean => (flags & flag) !== 0;

/** The kinds of value that a type or a schema takes, as sorted words. */
function kindsOf(type: ts.Type): string {
  const parts = type.isUnion() && !has(type, ts.TypeFlags.EnumLike) ? type.types : [type];
  const kinds = parts.filter(t => !has(t, ts.TypeFlags.Undefined)).map(t => {
    if (has(t, ts.TypeFlags.EnumLike) || has(t, ts.TypeFlags.StringLike)) { return 'string'; }
    if (has(t, ts.TypeFlags.NumberLike)) { return 'number'; }
    if (has(t, ts.TypeFlags.BooleanLike)) { return 'boolean'; }
    return checker.isArrayType(t) ? 'array' : 'object';
  });
  return [...new Set(kinds)].sort().join('|');
}

function kindsIn(schema: JsonSchema): string {
  const parts = schema.anyOf ?? [schema];
  return [...new Set(parts.map(s =>
    (s.enum ? typeof s.enum[0] : s.type === 'integer' ? 'number' : String(s.type))))].sort().join('|');
}

/** The values of a TypeScript enum, or undefined. */
function enumValues(type: ts.Type): unknown[] | undefined {
  const parts = type.isUnion() ? type.types.filter(t => !has(t, ts.TypeFlags.Undefined)) : [type];
  return parts.every(t => has(t, ts.TypeFlags.EnumLiteral)) ? parts.map(t => (t as ts.LiteralType).value) : undefined;
}

function compare(type: ts.Type, schema: JsonSchema, at: string): void {
  const present = checker.getNonNullableType(type);
  const kinds = kindsOf(present);
  if (kinds !== kindsIn(schema)) {
    differences.push(`${at}: ${kinds} in TypeScript, ${kindsIn(schema)} in the schema`);
    return;
  }
  const values = enumValues(present);
  if (values && JSON.stringify(values) !== JSON.stringify(schema.enum)) {
    differences.push(`${at}: enum ${values.join()} and ${schema.enum?.join()}`);
  }
  if (kinds === 'array') {
    compare(checker.getTypeArguments(present as ts.TypeReference)[0], schema.items ?? {}, `${at}[]`);
  }
  if (kinds !== 'object') { return; }
  const map = checker.getIndexTypeOfType(present, ts.IndexKind.String);
  if (map) {
    compare(map, schema.additionalProperties as JsonSchema, `${at}{}`);
  } else { compareStruct(present, schema, at); }
}

function compareStruct(type: ts.Type, schema: JsonSchema, at: string, known = checker.getPropertiesOfType(type)): void {
  visited.add(type.symbol.name);
  if (schema.additionalProperties !== false) { differences.push(`${at}: takes unknown names`); }
  const names = known.map(p => p.name).sort().join();
  const listed = Object.keys(schema.properties ?? {}).sort().join();
  if (names !== listed) { differences.push(`${at}: ${names} in TypeScript, ${listed} in the schema`); }
  const required = known.filter(p => !has(p, ts.SymbolFlags.Optional)).map(p => p.name).sort().join();
  if (required !== [...schema.required ?? []].sort().join()) {
    differences.push(`${at}: required ${required}, in the schema ${schema.required?.join()}`);
  }
  for (const property of known) {
    const field = schema.properties?.[property.name];
    if (field) { compare(checker.getTypeOfSymbol(property), field, `${at}.${property.name}`); }
    const isOwn = property.declarations?.[0].getSourceFile().fileName.startsWith(path.join(ROOT, 'src'));
    const isOptional = has(property, ts.SymbolFlags.Optional);
    const documented = property.getJsDocTags(checker).some(tag => tag.name === 'default'
      && ts.displayPartsToString(tag.text).trim() !== '');
    if (isOwn && isOptional !== documented) {
      differences.push(`${at}.${property.name}: @default belongs to what is optional`);
    }
    if (isOwn && property.getDocumentationComment(checker).length === 0) {
      differences.push(`${at}.${property.name}: is not documented`);
    }
  }
}

const ownSchema = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties
    ?? {}).filter(([name]) => !Object.keys(projenSchemas).includes(name))),
});

test('the options of a project and their schema say the same: names, required ones, kinds, enum values, and a '
  + 'documented default for each optional one', () => {
  const type = exported(PROJECT, 'SageMakerCicdProjectOptions');
  const own = checker.getPropertiesOfType(type).filter(p => !Object.keys(projenSchemas).includes(p.name));
  compareStruct(type, ownSchema(projectSchema), 'project', own);
  expect(differences).toEqual([]);
});

test('the options of a delivery and the schema of config/delivery.json say the same', () => {
  const { $schema, ...properties } = deliverySchema.properties ?? {};
  expect($schema.type).toBe('string');
  // The only difference: a project takes the smoke test from its data, constructs alone know no data.
  expect(properties.endpoint).toEqual({ ...endpointSchema, required: ['smokeTest'] });
  compareStruct(
    exported(OPTIONS, 'DeliveryOptions'),
    { ...deliverySchema, properties: { ...properties, endpoint: endpointSchema } }, 'delivery',
  );
  expect(differences).toEqual([]);
});

test('no struct of the options was left out', () => {
  const source = program.getSourceFile(OPTIONS);
  const module = source && checker.getSymbolAtLocation(source);
  const structs = (module ? checker.getExportsOfModule(module) : []).filter(s =>
    has(s, ts.SymbolFlags.Interface)).map(s => s.name);
  expect(structs.length).toBeGreaterThan(13);
  expect(structs.filter(name => !visited.has(name))).toEqual([]);
});

test('projen\'s own options are those that this version of projen has, each of its kind', () => {
  const options = checker.getPropertiesOfType(exported(PROJECT, 'SageMakerCicdProjectOptions'))
    .filter(p => p.declarations?.[0].getSourceFile().fileName.includes('/node_modules/projen/') && p.name !== 'name');
  expect(options.map(p => p.name).sort()).toEqual(Object.keys(projenSchemas).sort());
  const kinds = options.map(p => [p.name, kindsOf(checker.getNonNullableType(checker.getTypeOfSymbol(p)))]);
  expect(kinds).toEqual(options.map(p => [p.name, kindsIn(projenSchemas[p.name])]));
  const git = options.find(p => p.name === 'gitOptions');
  compare(checker.getTypeOfSymbol(git as ts.Symbol), projenSchemas.gitOptions, 'gitOptions');
  expect(differences).toEqual([]);
});
