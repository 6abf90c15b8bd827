import type { JsonSchema, JsonType } from './json-schema';
import { nearest } from './nearest';
import { type OptionProblem, showValue } from './option-error';

/**
 * Checks a value against a schema and returns every problem, in the order of the value.
 *
 * Written for the messages: a general validator says which keyword failed, a user needs to know what would be right.
 * Values that are `undefined` count as not given, as in TypeScript options.
 */
export function checkAgainst(schema: JsonSchema, value: unknown, path: string): OptionProblem[] {
  const problem = (allowed: string, fix?: string): OptionProblem[] => [
    { path, value: showValue(value), allowed: schema['x-allowed'] ?? allowed, fix: fix ?? schema['x-fix'] ?? `Change ${path}.` },
  ];
  if (schema.anyOf) {
    const attempts = schema.anyOf.map(s => checkAgainst(s, value, path));
    if (attempts.some(found => found.length === 0)) { return []; }
    const sameType = schema.anyOf.findIndex(s => s.type !== undefined && hasType(value, s.type));
    return sameType >= 0 ? attempts[sameType] : problem(schema.anyOf.map(describe).join(' or '));
  }
  if (schema.type && !hasType(value, schema.type)) { return problem(describe(schema)); }
  if (schema.const !== undefined && value !== schema.const) { return problem(showValue(schema.const)); }
  if (schema.enum && !schema.enum.includes(value)) {
    const near = typeof value === 'string' ? nearest(value, schema.enum.map(String)) : undefined;
    return problem(describe(schema), near ? `Did you mean ${showValue(near)}?` : undefined);
  }
  if (typeof value === 'string' && !fitsText(schema, value)) { return problem(describe(schema)); }
  if (typeof value === 'number' && !fitsNumber(schema, value)) { return problem(describe(schema)); }
  if (Array.isArray(value)) { return checkArray(schema, value, path, problem); }
  if (typeof value === 'object' && value !== null) { return checkObject(schema, value as Record<string, unknown>, path); }
  return [];
}

function checkArray(schema: JsonSchema, value: unknown[], path: string, problem: (allowed: string) => OptionProblem[]): OptionProblem[] {
  const tooFew = value.length < (schema.minItems ?? 0);
  const tooMany = value.length > (schema.maxItems ?? Infinity);
  const repeated = schema.uniqueItems && new Set(value.map(v => JSON.stringify(v))).size < value.length;
  const own = tooFew || tooMany || repeated ? problem(describe(schema)) : [];
  const items = schema.items;
  return [...own, ...(items ? value.flatMap((item, i) => checkAgainst(items, item, `${path}[${i}]`)) : [])];
}

function checkObject(schema: JsonSchema, value: Record<string, unknown>, path: string): OptionProblem[] {
  const known = schema.properties ?? {};
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const missing = (schema.required ?? []).filter(name => value[name] === undefined).map(name => ({
    path: at(name), value: 'nothing', allowed: describe(known[name] ?? {}), fix: `Add ${at(name)}.`,
  }));
  const given = Object.entries(value).filter(([, v]) => v !== undefined).flatMap(([name, v]) => {
    if (Object.prototype.hasOwnProperty.call(known, name)) { return checkAgainst(known[name], v, at(name)); }
    if (typeof schema.additionalProperties === 'object') { return checkAgainst(schema.additionalProperties, v, at(name)); }
    return schema.additionalProperties === false ? [unknownName(at(name), name, v, Object.keys(known))] : [];
  });
  return [...missing, ...given];
}

/** The problem of a name that is no option, with the nearest one that is. */
export function unknownName(path: string, name: string, value: unknown, known: readonly string[]): OptionProblem {
  const near = nearest(name, known);
  return {
    path, value: showValue(value), allowed: `one of the names ${known.join(', ')}`,
    fix: near ? `There is no option of this name; did you mean ${near}?` : 'There is no option of this name; remove it.',
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
    && (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value));
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
  const parts = [schema.type ? NAMES[schema.type] : 'any value'];
  const range = describeRange(schema.minimum, schema.maximum, schema.exclusiveMinimum, schema.exclusiveMaximum);
  if (range) { parts.push(range); }
  if (schema.minLength || schema.maxLength) { parts.push(`${schema.minLength ?? 0} to ${schema.maxLength ?? 'any number of'} characters`); }
  if (schema.pattern) { parts.push(`matching ${schema.pattern}`); }
  if (schema.minItems !== undefined || schema.maxItems !== undefined) { parts.push(`${schema.minItems ?? 0} to ${schema.maxItems ?? 'any number of'} entries`); }
  if (schema.uniqueItems) { parts.push('no entry twice'); }
  return parts.join(', ');
}

function describeRange(min?: number, max?: number, above?: number, below?: number): string {
  return [
    min !== undefined ? `at least ${min}` : '', max !== undefined ? `at most ${max}` : '',
    above !== undefined ? `above ${above}` : '', below !== undefined ? `below ${below}` : '',
  ].filter(Boolean).join(' and ');
}

const NAMES: { readonly [T in JsonType]: string } = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object with named fields',
  array: 'a list',
  null: 'null',
};
