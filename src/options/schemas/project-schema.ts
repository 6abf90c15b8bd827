import { declared } from './declared';
import { projenSchemas } from './projen-schema';
import type { JsonSchema } from '../engine/json-schema';

/** Schema of the name of a project, which is narrower than that of a delivery: it also names packages. */
export const projectName: JsonSchema = {
  'type': 'string',
  'pattern': '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
  'maxLength': 48,
  'x-allowed': 'at most 48 lower-case letters, digits and single hyphens, starting with a letter',
  'x-fix': 'It names the npm package, the Python project and the AWS resources. Set it with --name, for example '
    + '--name churn-model.',
};

/** What an option that is a struct says to somebody who gave it as a flag, unless it has advice of its own. */
function inRcFile(schema: JsonSchema): JsonSchema {
  const isList = schema.items?.type === 'object';
  return schema.type !== 'object' && !isList ? schema : {
    'x-fix': `Write it as ${isList ? 'a list of objects' : 'an object'} in the rc file; it cannot be a command-line `
      + 'flag.',
    ...schema,
  };
}

const { properties = {}, ...repository } = declared('RepositoryOptions');

/** Schema of the options of `SageMakerCicdProject`, in the order in which problems are listed. */
export const projectSchema: JsonSchema = {
  ...repository,
  required: ['name'],
  properties: {
    name: projectName,
    ...Object.fromEntries(Object.entries(properties).map(([option, schema]) => [option, inRcFile(schema)])),
    ...projenSchemas,
  },
};
