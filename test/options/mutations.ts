import type { JsonSchema } from '../../src/options/engine/json-schema';
import { fieldPath } from '../../src/options/engine/option-path';
import { projectSchema } from '../../src/options/schemas/project-schema';

/** Options that somebody might write, and the path of what is wrong with them. */
export interface Mutation {
  readonly name: string;
  readonly options: object;
  readonly path: string;
}

type Edit = (parent: Record<string, unknown> | unknown[], key: string) => void;

/** A place in some options: how to get there, what the schema says about it, and what is there. */
interface Place {
  readonly keys: readonly string[];
  readonly path: string;
  readonly schema: JsonSchema;
  readonly value: unknown;
}

/** Every way to get one option wrong by itself, for every option that is given. */
export function wrongFields(example: string, options: object, schema: JsonSchema = projectSchema): Mutation[] {
  return places(options, schema, [], '').flatMap(place => [
    ...wrongValues(place).map(([what, value]) => mutation(example, options, place, what, place.path, (parent, key) => {
      set(parent, key, value);
    })),
    ...wrongNames(example, options, place),
  ]);
}

function wrongValues({ schema, value, keys }: Place): Array<readonly [string, unknown]> {
  if (keys.length === 0) { return []; }
  const values: Array<readonly [string, unknown]> = [['null', null]];
  const types = (schema.anyOf ?? [schema]).map(s => s.type ?? 'string');
  if (!types.includes('string')) { values.push(['a text', 'text']); }
  if (!types.some(t => t === 'number' || t === 'integer')) { values.push(['a number', 7.5]); }
  if (!types.includes('boolean')) { values.push(['true', true]); }
  if (!types.includes('array')) { values.push(['a list', [[]]]); }
  if (!types.includes('object')) { values.push(['an object', { a: 1 }]); }
  if (schema.enum) { values.push(['none of the words', 'zzz']); }
  if (schema.pattern || schema.minLength) { values.push(['an empty text', '']); }
  if (schema.pattern) { values.push(['a line end', 'a\nb\u0007']); }
  if (schema.maxLength) { values.push(['a long text', 'x'.repeat(schema.maxLength + 1)]); }
  if (schema.type === 'number' || schema.type === 'integer') {
    values.push(['no number', NaN], ['infinity', Infinity]);
  }
  if (schema.type === 'integer') { values.push(['a fraction', 1.5]); }
  if (schema.minimum !== undefined) { values.push(['too little', schema.minimum - 1]); }
  if (schema.maximum !== undefined) { values.push(['too much', schema.maximum + 1]); }
  if (schema.exclusiveMinimum !== undefined) { values.push(['the lower end', schema.exclusiveMinimum]); }
  if (schema.exclusiveMaximum !== undefined) { values.push(['the upper end', schema.exclusiveMaximum]); }
  if (schema.minItems) { values.push(['nothing in it', []]); }
  if (schema.uniqueItems && Array.isArray(value)) {
    values.push(['an entry twice', [...value as unknown[], value[0]]]);
  }
  return values.filter(([, wrong]) => !(wrong === '' && schema.pattern && new RegExp(schema.pattern, 'u').test('')));
}

/** Names that are no option, and names that are missing. */
function wrongNames(example: string, options: object, place: Place): Mutation[] {
  if (place.schema.additionalProperties !== false || typeof place.value !== 'object' || place.value === null) {
    return [];
  }
  const at = (name: string): string => fieldPath(place.path, name);
  const inside = (what: string, path: string, edit: (struct: Record<string, unknown>) => void): Mutation =>
    mutation(example, options, place, what, path, (parent, key) => {
      edit(key === '' ? parent as Record<string, unknown> : get(parent, key) as Record<string, unknown>);
    });
  const names = Object.keys(place.value);
  return [
    inside('with an unknown name', at('zzzUnknown'), struct => { struct.zzzUnknown = 1; }),
    ...names.filter(name => name.length > 3).map(name => {
      const typo = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}x`;
      return inside(`with ${typo}`, at(typo), struct => {
        struct[typo] = struct[name];
        delete struct[name];
      });
    }),
    ...names.filter(name => place.schema.required?.includes(name)).map(name =>
      inside(`without ${name}`, at(name), struct => { delete struct[name]; })),
  ];
}

function mutation(example: string, options: object, place: Place, what: string, path: string, edit: Edit): Mutation {
  const copy = structuredClone(options);
  if (place.keys.length === 0) { edit(copy as Record<string, unknown>, ''); } else {
    const parent = place.keys.slice(0, -1).reduce<unknown>((value, key) => get(value, key), copy);
    edit(parent as Record<string, unknown>, place.keys[place.keys.length - 1]);
  }
  return { name: `${example}: ${place.path || 'the options'} ${what}`, options: copy, path };
}

function places(value: unknown, schema: JsonSchema, keys: readonly string[], path: string): Place[] {
  const here = { keys, path, schema, value };
  if (Array.isArray(value)) {
    return [here, ...value.flatMap((item, i) => places(item, schema.items
    ?? {}, [...keys, String(i)], `${path}[${i}]`))];
  }
  if (typeof value !== 'object' || value === null) { return [here]; }
  return [here, ...Object.entries(value).flatMap(([name, field]) => {
    const more = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    const known = schema.properties?.[name] ?? more;
    return known ? places(field, known, [...keys, name], fieldPath(path, name)) : [];
  })];
}

function get(value: unknown, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}

function set(parent: Record<string, unknown> | unknown[], key: string, value: unknown): void {
  (parent as Record<string, unknown>)[key] = value;
}
