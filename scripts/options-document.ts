/** Writes docs/options.md from the declarations of the options. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { limits } from '../src/options/engine/check';
import type { JsonSchema } from '../src/options/engine/json-schema';
import { declared } from '../src/options/schemas/declared';
import { projectName } from '../src/options/schemas/project-schema';

const INTRODUCTION = [
  '# Options',
  '',
  'This page is generated from the declarations in `src/options`. TypeScript and JSON use the names as listed here. '
    + 'Python uses underscores',
  '(`deploymentGroups` becomes `deployment_groups`) and writes a struct as `DeploymentGroupOptions(...)`. An unknown '
    + 'name or a value that is not',
  'allowed stops `npx projen` before anything is written.',
  '',
  `\`SageMakerCicdProject\` takes \`name\` (${projectName['x-allowed']}; the directory's name unless given),`,
  '`RepositoryOptions` and the options of every projen project (`outdir`, `gitOptions` and so on). '
    + '`config/delivery.json` contains',
  '`DeliveryOptions`, as does the argument of `Delivery.of`.',
  '',
].join('\n');

/** The document of all options, each struct once, in the order in which they are come to. */
function optionsDocument(): string {
  const structs = inReadingOrder(['RepositoryOptions', 'DeliveryOptions']);
  return [INTRODUCTION, ...structs.map(name => section(name, structs))].join('\n');
}

/** The structs that options are made of, those that are named first before those that they name. */
function inReadingOrder(roots: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of roots) {
    const next = structsOf(declared(name));
    found.push(...[name, ...inReadingOrder(next)].filter((struct, i, all) =>
      !found.includes(struct) && all.indexOf(struct) === i));
  }
  return found;
}

function structsOf(schema: JsonSchema): string[] {
  const { properties = {} } = schema;
  return Object.values(properties).map(field => field['x-struct'] ?? field.items?.['x-struct'])
    .filter((name): name is string => name !== undefined);
}

function section(name: string, structs: readonly string[]): string {
  const { description = '', properties = {}, required = [] } = declared(name);
  const rows = Object.entries(properties).map(([option, schema]) => [
    `\`${option}\``, typeOf(schema, structs), required.includes(option) ? '**required**' : defaultOf(schema),
    limitsOf(schema), (schema.examples ?? schema.items?.examples ?? []).slice(0, 1).map(code).join(''),
    schema.description ?? '',
  ]);
  return [
    `## ${name}`, '', description, '',
    '| option | type | default | allowed | example | what |',
    '|---|---|---|---|---|---|',
    ...rows.map(row => `| ${row.map(cell).join(' | ')} |`), '',
  ].join('\n');
}

/** A cell of a table: a bar would end it, and a placeholder such as <region> would vanish as a tag. */
const cell = (text: string): string => text.replaceAll('|', '\\|')
  .split('`').map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part)).join('`');
const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function typeOf(schema: JsonSchema, structs: readonly string[]): string {
  const struct = schema['x-struct'];
  if (struct !== undefined && structs.includes(struct)) { return `[${struct}](#${struct.toLowerCase()})`; }
  if (schema.type === 'array') { return `list of ${typeOf(schema.items ?? {}, structs)}`; }
  if (typeof schema.additionalProperties === 'object') {
    return `map of ${typeOf(schema.additionalProperties, structs)}`;
  }
  if (schema.anyOf) { return schema.anyOf.map(one => typeOf(one, structs)).join(' or '); }
  return { string: 'string', integer: 'whole number' }[String(schema.type)] ?? String(schema.type);
}

function defaultOf(schema: JsonSchema): string {
  return 'default' in schema ? code(schema.default) : schema['x-default'] ?? '';
}

/** What is allowed, where the type does not say it. */
function limitsOf(schema: JsonSchema): string {
  const { type, items, enum: values } = schema;
  if (values) { return values.map(code).join(', '); }
  if (type === 'array') {
    const { minItems, maxItems, uniqueItems } = schema;
    const count = limits({ minItems, maxItems, uniqueItems }).join(', ');
    return [count, items ? limitsOf(items) : ''].filter(Boolean).join('; each ');
  }
  if (type === 'boolean' || schema.properties || schema.anyOf) { return ''; }
  return schema['x-allowed'] ?? limits(schema).join(', ');
}

fs.writeFileSync(path.resolve(__dirname, '..', 'docs/options.md'), optionsDocument());
