import * as declarations from './declared.json';
import type { JsonSchema } from '../engine/json-schema';

const DECLARED = declarations as unknown as { readonly [name: string]: JsonSchema };
const resolved = new Map<string, JsonSchema>();

/**
 * The schema of a struct of options, or of a text or a number with limits, as its declaration in `src/options` says it.
 */
export function declared(name: string): JsonSchema {
  const known = resolved.get(name);
  if (known) { return known; }
  if (!(name in DECLARED)) { throw new Error(`${name} is not declared; run "npx projen options".`); }
  const schema = resolve(DECLARED[name]);
  resolved.set(name, schema);
  return schema;
}

/** What a schema refers to comes first, and what is said where it is used goes before it. */
function resolve({ $ref, ...own }: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, anyOf } = own;
  return {
    ...($ref === undefined ? {} : referred($ref)),
    ...own,
    ...(properties === undefined ? {} : {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, resolve(field)])),
    }),
    ...(items === undefined ? {} : { items: resolve(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: resolve(additionalProperties) } : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(resolve) }),
  };
}

function referred(name: string): JsonSchema {
  const schema = declared(name);
  return schema.properties ? { ...schema, 'x-struct': name } : schema;
}

/** The schema of one option of a struct. */
export function declaredOption(struct: string, option: string): JsonSchema {
  const schema = declared(struct).properties?.[option];
  if (!schema) { throw new Error(`${struct} declares no option ${option}.`); }
  return schema;
}
