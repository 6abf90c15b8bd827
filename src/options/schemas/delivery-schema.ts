import { EndpointKind } from '../endpoint';
import { containerRepositoriesSchema } from './container-repositories-schema';
import { deploymentGroupSchema, endpointSize } from './group-schema';
import { upgradeSchema } from './model-schema';
import { notificationsSchema } from './notifications-schema';
import { promotionSchema } from './promotion-schema';
import { kmsKeyArn, MEDIA_TYPE, network, place, s3AccessLogsBucketArn, text } from './schema-parts';
import { infrastructureSchema, sourceSchema } from './source-schema';
import type { JsonSchema } from '../engine/json-schema';

/** Schema of the option `endpoint` of a project, which knows a smoke test for its own data. */
export const endpointSchema: JsonSchema = {
  type: 'object',
  description: 'How models are served.',
  additionalProperties: false,
  properties: {
    kind: {
      type: 'string', enum: Object.values(EndpointKind), description: 'How the model is served.',
      default: EndpointKind.REALTIME,
    },
    ...endpointSize,
    kmsKeyArn,
    smokeTest: {
      'type': 'object',
      'description': 'The request that is sent after each deployment.',
      'additionalProperties': false,
      'required': ['body'],
      'x-allowed': 'an object with the body of a request that the model can answer',
      'properties': {
        body: text('Payload of the request.', { minLength: 1, maxLength: 60000 }),
        contentType: text('Media type of the payload.', { ...MEDIA_TYPE, default: 'text/csv' }),
        accept: text('Media type of the answer.', { ...MEDIA_TYPE, default: 'application/json' }),
        maxLatencySeconds: {
          type: 'number', exclusiveMinimum: 0, maximum: 60,
          description: 'Longest time that an answer may take, in seconds.', default: 30,
        },
      },
    },
  },
};

/**
 * What IAM takes in a tag (IAM user guide, "Tags for IAM resources"); of the services that are tagged it takes the
 * fewest characters.
 */
const TAG = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

const tags: JsonSchema = {
  'type': 'object',
  'description': 'Tags on everything.',
  // 50 in all for a resource (AWS general reference, "Tag naming limits"); CloudFormation and this package add some of
  // their own.
  'maxProperties': 40,
  'propertyNames': {
    'type': 'string', 'pattern': `^(?![aA][wW][sS]:)${TAG}{1,128}$`,
    'x-allowed': 'a key of 1 to 128 letters, digits, blanks and _ . : / = + - @, not beginning with "aws:"',
    'x-fix': 'Rename the tag.',
  },
  'additionalProperties': text('The tag\'s value.', {
    'pattern': `^${TAG}{0,256}$`, 'x-allowed': 'a text of at most 256 letters, digits, blanks and _ . : / = + - @',
  }),
  'x-allowed': 'an object with at most 40 keys and their values',
};

/** JSON Schema of `config/delivery.json`, and of the options that it is made from. */
export const deliverySchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Delivery of a SageMaker model',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'endpoint'],
  properties: {
    $schema: text('This schema.'),
    name: text('The project\'s name: the first part of every name in AWS.', {
      'pattern': '^[A-Za-z@][A-Za-z0-9@._/-]{0,127}$',
      'x-allowed': '1 to 128 letters, digits, ".", "_", "-", "/" and "@", the first a letter or "@"',
    }),
    source: sourceSchema,
    tooling: {
      type: 'object', description: 'Where the pipelines run.', additionalProperties: false, properties: place,
    },
    deploymentGroups: {
      type: 'array', minItems: 1, description: 'The lines of delivery.', items: deploymentGroupSchema,
    },
    endpoint: { ...endpointSchema, required: ['smokeTest'] },
    infrastructure: infrastructureSchema,
    network,
    permissionsBoundaryName: text('Existing IAM policy that limits every role.', {
      // IAM API reference, CreatePolicy: a path has slashes at both ends, a name up to 128 characters and none.
      'pattern': '^([\\w+=,.@-]+/)*[\\w+=,.@-]{1,128}$', 'maxLength': 600,
      'x-allowed': 'the name of an IAM policy, with its path but not its ARN, and single slashes only in between',
    }),
    s3AccessLogsBucketArn,
    tags,
    upgrade: { ...upgradeSchema, description: 'How newer versions are brought in.' },
    notifications: notificationsSchema,
    containerRepositories: containerRepositoriesSchema,
    promotion: promotionSchema,
  },
};
