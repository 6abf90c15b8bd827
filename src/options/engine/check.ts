import type { JsonSchema, JsonType } from './json-schema';
import { nearest } from './nearest';
import { type OptionProblem, showValue } from './option-error';
import { fieldPath } from './option-path';

type MakeProblem = (allowed: string, fix?: string) => OptionProblem[];

/** Stands for the whole when it is not even an object. */
const ROOT = 'options';

/**
 * Checks a value against a schema and returns every problem, in the order of the schema.
 *
 * Written for the messages: a general validator says which keyword failed, a user needs to know what would be right.
 * Values that are `undefined` count as not given, as in TypeScript options.
 */
export function checkAgainst(schema: JsonSchema, value: unknown, path: string): OptionProblem[] {
  const problem: MakeProblem = (allowed, fix) => [
    {
      path: path || ROOT, value: showValue(value), allowed: schema['x-allowed'] ?? allowed,
      fix: fix ?? schema['x-fix'] ?? `Change ${path || ROOT}.`,
    },
  ];
  if (schema.anyOf) {
    const attempts = schema.anyOf.map(s => checkAgainst(s, value, path));
    if (attempts.some(found => found.length === 0)) { return []; }
    const sameType = schema.anyOf.findIndex(s => s.type !== undefined && hasType(value, s.type));
    return sameType >= 0 ? attempts[sameType] : problem(schema.anyOf.map(describe).join(' or '), nullFix(value, path));
  }
  if (value === null && schema.type !== 'null') { return problem(describe(schema), nullFix(value, path)); }
  if (schema.type && !hasType(value, schema.type)) { return problem(describe(schema)); }
  if (schema.const !== undefined && value !== schema.const) { return problem(showValue(schema.const)); }
  if (schema.enum && !schema.enum.includes(value)) {
    const near = typeof value === 'string' ? nearest(value, schema.enum.map(String)) : undefined;
    return problem(describe(schema), near ? `Did you mean ${showValue(near)}?` : undefined);
  }
  if (typeof value === 'string' && !fitsText(schema, value)) { return problem(describe(schema)); }
  if (typeof value === 'number' && !fitsNumber(schema, value)) { return problem(describe(schema)); }
  if (Array.isArray(value)) { return checkArray(schema, value, path, problem); }
  if (typeof value === 'object' && value !== null) {
    return checkObject(schema, value as Record<string, unknown>, path, problem);
  }
  return [];
}

function nullFix(value: unknown, path: string): string | undefined {
  return value === null ? `null is not allowed: omit ${path || ROOT} instead.` : undefined;
}

function checkArray(schema: JsonSchema, value: unknown[], path: string, problem: MakeProblem): OptionProblem[] {
  const tooFew = value.length < (schema.minItems ?? 0);
  const tooMany = value.length > (schema.maxItems ?? Infinity);
  const repeated = schema.uniqueItems
    && new Set(value.map(v => (typeof v === 'object' ? showValue(v) : v))).size < value.length;
  const fix = tooFew
    ? 'Add an entry, or omit the list.'
    : tooMany
      ? 'Remove some entries.'
      : 'Remove the duplicate entry.';
  const own = tooFew || tooMany || repeated ? problem(describe(schema), fix) : [];
  const { items } = schema;
  // Array.from also visits the holes of a sparse list.
  return [...own, ...(items ? Array.from(value, (item, i) => checkAgainst(items, item, `${path}[${i}]`)).flat() : [])];
}

function checkObject(
  schema: JsonSchema, value: Record<string, unknown>, path: string, problem: MakeProblem,
): OptionProblem[] {
  const known = schema.properties ?? {};
  const names = Object.keys(known);
  const own = Object.keys(value).filter(name => value[name] !== undefined);
  const others = own.filter(name => !names.includes(name)).flatMap(name => checkOther(schema, name, value[name], path));
  const meant = others.map(p => p.meant);
  const listed = names.flatMap(name => {
    const at = fieldPath(path, name);
    if (own.includes(name)) { return checkAgainst(known[name], value[name], at); }
    // A required option under a name with a typo is one mistake, not two.
    return schema.required?.includes(name) && !meant.includes(at) ? [missing(known[name], at)] : [];
  });
  return [...(own.length > (schema.maxProperties
    ?? Infinity) ? problem(describe(schema), 'Remove some of them.') : []), ...listed, ...others];
}

/** A name that the schema does not list: one of the user's own, or none that there is. */
function checkOther(schema: JsonSchema, name: string, value: unknown, path: string): OptionProblem[] {
  const at = fieldPath(path, name);
  const more = schema.additionalProperties;
  if (more === false) { return [unknownName(path, name, value, Object.keys(schema.properties ?? {}))]; }
  const names = schema.propertyNames ? checkAgainst(schema.propertyNames, name, at) : [];
  return names.length === 0 && typeof more === 'object' ? checkAgainst(more, value, at) : names;
}

function missing(schema: JsonSchema, path: string): OptionProblem {
  return { path, value: showValue(undefined), allowed: describe(schema), fix: `Add ${path}.` };
}

/** The problem of an unknown option name, with the nearest known one. */
function unknownName(parent: string, name: string, value: unknown, known: readonly string[]): OptionProblem {
  const near = nearest(name, known);
  return {
    path: fieldPath(parent, name),
    value: showValue(value),
    allowed: `one of the names ${known.join(', ')}`,
    fix: near
      ? `Unknown option. Did you mean ${near}?`
      : 'Unknown option. Remove it.',
    ...(near ? { meant: fieldPath(parent, near) } : {}),
  };
}

function hasType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'null': return value === null;
    case 'array': return Array.isArray(value);
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer': return typeof value === 'number' && Number.isInteger(value);
    case 'number': return typeof value === 'number' && Number.isFinite(value);
    default: return typeof value === type;
  }
}

function fitsText(schema: JsonSchema, value: string): boolean {
  return value.length >= (schema.minLength ?? 0) && value.length <= (schema.maxLength ?? Infinity)
    && (schema.pattern === undefined || expression(schema.pattern).test(value));
}

const expressions = new Map<string, RegExp>();

/** A pattern as JSON Schema reads it; made once, because patterns of Unicode classes take long to make. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern, 'u');
  expressions.set(pattern, known);
  return known;
}

function fitsNumber(schema: JsonSchema, value: number): boolean {
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity)
    && value > (schema.exclusiveMinimum ?? -Infinity) && value < (schema.exclusiveMaximum ?? Infinity);
}

/** What a schema allows, in words. */
export function describe(schema: JsonSchema): string {
  if (schema['x-allowed']) { return schema['x-allowed']; }
  if (schema.anyOf) { return schema.anyOf.map(describe).join(' or '); }
  if (schema.const !== undefined) { return showValue(schema.const); }
  if (schema.enum) { return schema.enum.map(showValue).join(', '); }
  return [schema.type ? NAMES[schema.type] : 'any value', ...limits(schema)].join(', ');
}

/** What a schema allows of its type: bounds of a number, lengths, counts. */
export function limits(schema: JsonSchema): string[] {
  const parts = [];
  const range = describeRange(schema.minimum, schema.maximum, schema.exclusiveMinimum, schema.exclusiveMaximum);
  if (range) { parts.push(range); }
  if (schema.minLength || schema.maxLength) {
    parts.push(describeCount(schema.minLength, schema.maxLength, 'character', 'characters'));
  }
  if (schema.pattern) { parts.push(`matching ${schema.pattern}`); }
  if (schema.minItems !== undefined || schema.maxItems !== undefined) {
    parts.push(describeCount(schema.minItems, schema.maxItems, 'entry', 'entries'));
  }
  if (schema.uniqueItems) { parts.push('no duplicates'); }
  if (schema.maxProperties !== undefined) { parts.push(`at most ${schema.maxProperties} entries`); }
  return parts;
}

function describeCount(least = 0, most: number | undefined, one: string, many: string): string {
  if (most === undefined) { return `at least ${least} ${least === 1 ? one : many}`; }
  const range = least === 0 ? `at most ${most}` : `${least} to ${most}`;
  return `${range} ${most === 1 ? one : many}`;
}

function describeRange(min?: number, max?: number, above?: number, below?: number): string {
  return [
    min !== undefined ? `at least ${min}` : '', max !== undefined ? `at most ${max}` : '',
    above !== undefined ? `above ${above}` : '', below !== undefined ? `below ${below}` : '',
  ].filter(Boolean).join(' and ');
}

const NAMES: { readonly [T in JsonType]: string } = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object with named fields',
  array: 'a list',
  null: 'null',
};
