import type { JsonSchema } from './json-schema';

/**
 * A value with every default filled in that its schema gives, at any depth. What has none and is not given stays away,
 * and so do the fields of a struct that its schema does not know: options are checked before.
 */
export function fill(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map(item => fill(items, item)) : value;
  }
  const { properties } = schema;
  if (!properties || typeof value !== 'object' || value === null) { return value; }
  const given = value as { readonly [name: string]: unknown };
  return Object.fromEntries(Object.entries(properties).flatMap(([name, field]) => {
    // What a prototype brings, like a RegExp's `source`, was not given.
    const said = Object.prototype.hasOwnProperty.call(given, name) ? given[name] : undefined;
    const own = said === undefined ? field.default : said;
    return own === undefined ? [] : [[name, fill(field, own)]];
  }));
}
