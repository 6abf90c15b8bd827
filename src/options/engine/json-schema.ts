/** The part of JSON Schema 2020-12 that our checks understand; `x-` words carry what a message says. */
export interface JsonSchema {
  readonly '$schema'?: string;
  readonly '$id'?: string;
  /** Name of a declaration, in declared.json alone. */
  readonly '$ref'?: string;
  readonly 'title'?: string;
  readonly 'description'?: string;
  readonly 'default'?: unknown;
  readonly 'examples'?: readonly unknown[];
  readonly 'type'?: JsonType;
  readonly 'enum'?: readonly unknown[];
  readonly 'const'?: unknown;
  readonly 'anyOf'?: readonly JsonSchema[];
  readonly 'pattern'?: string;
  readonly 'minLength'?: number;
  readonly 'maxLength'?: number;
  readonly 'minimum'?: number;
  readonly 'maximum'?: number;
  readonly 'exclusiveMinimum'?: number;
  readonly 'exclusiveMaximum'?: number;
  readonly 'properties'?: { readonly [name: string]: JsonSchema };
  readonly 'required'?: readonly string[];
  readonly 'additionalProperties'?: boolean | JsonSchema;
  readonly 'maxProperties'?: number;
  readonly 'propertyNames'?: JsonSchema;
  readonly 'items'?: JsonSchema;
  readonly 'minItems'?: number;
  readonly 'maxItems'?: number;
  readonly 'uniqueItems'?: boolean;
  /** What is allowed, in words; otherwise derived from the other keywords. */
  readonly 'x-allowed'?: string;
  /** Where the default comes from, in words, if it is not a fixed value. */
  readonly 'x-default'?: string;
  /** Name of the struct that it is, where it is an option. */
  readonly 'x-struct'?: string;
  /** Beyond its own: `names`, where it decides about the names and roles of others in AWS. */
  readonly 'x-decides'?: string;
  /** What to do when the value is wrong. */
  readonly 'x-fix'?: string;
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';
