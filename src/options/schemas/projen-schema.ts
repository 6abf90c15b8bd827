import type { JsonSchema } from '../engine/json-schema';

const FLAG: JsonSchema = { 'type': 'boolean', 'x-fix': 'This is an option of projen itself.' };
const STRUCT: JsonSchema = {
  'type': 'object', 'x-fix': 'This is an option of projen itself. Write it as an object in the rc file.',
};

/**
 * The options that projen itself takes for every project, but for `name`; what is in their structs is projen's to say.
 */
export const projenSchemas: { readonly [name: string]: JsonSchema } = {
  parent: { 'type': 'object', 'x-allowed': 'a project', 'x-fix': 'Set the project that contains this one.' },
  outdir: {
    'type': 'string', 'default': '.', 'minLength': 1, 'pattern': '^[^\\0]+$', 'x-allowed': 'the path of a directory',
    'x-fix': 'Omit it to use the working directory.',
  },
  logging: STRUCT,
  projenrcJson: FLAG,
  projenrcJsonOptions: STRUCT,
  projenCommand: {
    'type': 'string', 'minLength': 1, 'x-allowed': 'a command', 'x-fix': 'Omit it to use "npx projen".',
  },
  renovatebot: FLAG,
  renovatebotOptions: STRUCT,
  commitGenerated: FLAG,
  gitOptions: {
    ...STRUCT,
    additionalProperties: false,
    properties: {
      lfsPatterns: { type: 'array', items: { type: 'string', minLength: 1 } }, endOfLine: {
        enum: ['auto', 'crlf', 'lf', 'none'],
      },
    },
  },
  gitIgnoreOptions: STRUCT,
  projectTree: FLAG,
};
