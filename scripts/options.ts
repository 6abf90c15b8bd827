/**
 * Reads the options' declarations, the interfaces of src/options with their tags, into
 * src/options/schemas/declared.json, from which options are checked and filled in.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createGenerator, type Schema } from 'ts-json-schema-generator';
import type { JsonSchema } from '../src/options/engine/json-schema';

const ROOT = path.resolve(__dirname, '..');
const DECLARED = path.join(ROOT, 'src/options/schemas/declared.json');

/** Tags of ours, beside those of JSON Schema, and the words that they become. */
const TAGS: { readonly [tag: string]: string } = {
  allowed: 'x-allowed', fix: 'x-fix', values: 'enum', decides: 'x-decides',
};

/** What a struct of ours is, and what a limit of a text or a number is. */
function declarations(): { readonly [name: string]: JsonSchema } {
  const generator = createGenerator({
    path: path.join(ROOT, 'src/options/index.ts'), tsconfig: path.join(ROOT, 'tsconfig.dev.json'), type: '*',
    expose: 'all', topRef: true, sortProps: false, jsDoc: 'extended', skipTypeCheck: true,
    extraTags: Object.keys(TAGS),
  });
  const { definitions = {} } = generator.createSchema('*');
  const common = Object.keys((definitions.CommonDeliveryOptions as Schema).properties ?? {});
  return Object.fromEntries(Object.entries(definitions)
    .filter(([name, schema]) => typeof schema === 'object' && /^\w+$/.test(name))
    .map(([name, schema]): [string, JsonSchema] => [name, ownFirst(ours(schema as Schema), common)])
    .sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In reading order: what a struct has of its own comes before what it shares. */
function ownFirst({ properties, ...schema }: JsonSchema, common: readonly string[]): JsonSchema {
  if (properties === undefined) { return schema; }
  const names = Object.keys(properties);
  if (!common.every(option => names.includes(option))) { return { ...schema, properties }; }
  const sorted = [...names.filter(option => !common.includes(option)), ...common];
  return { ...schema, properties: Object.fromEntries(sorted.map(option => [option, properties[option]])) };
}

/**
 * A schema in our words: descriptions of one paragraph, defaults in prose apart from values; JSON leaves the rest out.
 */
function ours(schema: Schema): JsonSchema {
  const {
    type, default: value, description, properties, items, additionalProperties, anyOf, const: only, $ref, ...rest
  } = schema;
  const words = Object.fromEntries(Object.entries(rest)
    .filter(([word]) => !['featured', 'asType'].includes(word))
    .map(([word, given]): [string, unknown] => [TAGS[word] ?? word, plain(given)]));
  const types = Array.isArray(type) ? type.map(one => ({ type: one })) : undefined;
  return {
    $ref: $ref?.replace('#/definitions/', ''),
    anyOf: types ?? anyOf?.map(one => ours(one as Schema)),
    type: types ? undefined : type,
    description: description && line(description.split('\n\n')[0]),
    // An enum of one value.
    enum: only === undefined ? undefined : [only],
    ...words,
    ...defaultOf(value),
    properties: properties && Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, ours(field as Schema)]),
    ),
    items: items && ours(items as Schema),
    additionalProperties: typeof additionalProperties === 'object' ? ours(additionalProperties) : additionalProperties,
  } as JsonSchema;
}

/** A default that is a value, or words about where it comes from. */
function defaultOf(value: unknown): Pick<JsonSchema, 'default' | 'x-default'> {
  return typeof value === 'string' && value.startsWith('- ') ? { 'x-default': line(value.slice(2)) }
    : { default: plain(value) };
}

/** On one line; what would end the comment is written with a backslash there. */
function line(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('\\/', '/').trim();
}

/** A value whose texts are plain ones. */
function plain(value: unknown): unknown {
  return typeof value === 'string' ? line(value) : Array.isArray(value) ? value.map(plain) : value;
}

fs.writeFileSync(DECLARED, `${JSON.stringify(declarations(), undefined, 1)}\n`);
