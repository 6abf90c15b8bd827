import { EnvironmentType } from '../deployment-group';
import { existingModelPackageGroup, kmsKeyArn, network, place, s3AccessLogsBucketArn, text } from './schema-parts';
import type { JsonSchema } from '../engine/json-schema';
import { BRANCH_PATTERN } from '../knowledge/branch';

const environmentName = text('Name of the environment.', {
  'pattern': '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$',
  'x-allowed': '1 to 63 letters, digits, ".", "_" and "-", the first a letter or digit',
});

const environmentType: JsonSchema = {
  type: 'string', enum: Object.values(EnvironmentType), description: 'What the environment is for.',
  default: EnvironmentType.DEV,
};

/** What is there already in an environment's account and region. */
const existingResources: { readonly [name: string]: JsonSchema } = {
  network: { ...network, description: 'Existing VPC of this environment\'s account and region.' },
  s3AccessLogsBucketArn: {
    ...s3AccessLogsBucketArn,
    description: 'Existing bucket for S3 access logs in this environment\'s account and region.',
  },
  existingModelPackageGroup,
};

/** The part of an endpoint's options that may differ from environment to environment, but for the key. */
export const endpointSize: { readonly [name: string]: JsonSchema } = {
  instanceType: text('Instance type of the endpoint.', {
    'pattern': '^ml\\.[a-z][a-z0-9-]*\\.(nano|micro|small|medium|large|xlarge|[0-9]{1,3}xlarge|metal)$',
    'x-allowed': 'an instance type, for example "ml.m5.large"', 'default': 'ml.m5.large',
  }),
  instanceCount: { type: 'integer', minimum: 1, maximum: 1000, description: 'Number of instances.', default: 1 },
  dataCapturePercentage: {
    type: 'integer', minimum: 0, maximum: 100, description: 'Share of the requests that is captured, in percent.',
    default: 0,
  },
  dataCaptureRetentionDays: {
    type: 'integer', minimum: 1, maximum: 3650, description: 'Days after which captured data is removed.', default: 30,
  },
};

const deployEnvironment: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: environmentName,
    ...place,
    type: environmentType,
    manualApproval: {
      type: 'boolean', description: 'Whether a person approves each deployment; true for type prod unless given.',
    },
    parallelWithPrevious: {
      type: 'boolean', description: 'Whether models come here at the same time as to the environment before it.',
      default: false,
    },
    endpoint: {
      type: 'object', description: 'What is different about this endpoint.', additionalProperties: false,
      properties: { ...endpointSize, kmsKeyArn },
    },
    ...existingResources,
  },
};

/** Schema of a deployment group. */
export const deploymentGroupSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text('Name of the group.', {
      'pattern': '^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$',
      'x-allowed': '1 to 100 letters, digits, ".", "_", "/" and "-", the first a letter or digit',
    }),
    sourceBranch: text('Branch whose commits are built; the group\'s name unless given.', {
      'pattern': BRANCH_PATTERN, 'x-allowed': 'the name of a git branch',
    }),
    parameters: {
      type: 'object', description: 'Values of pipeline parameters for this group.',
      additionalProperties: {
        'anyOf': [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
        'x-allowed': 'a text, a number, true or false', 'x-fix': 'Pipeline parameters are single values.',
      },
    },
    buildEnvironment: {
      type: 'object', description: 'Where the model is built and registered.', additionalProperties: false,
      properties: {
        name: environmentName, ...place, type: environmentType, ...existingResources,
        kmsKeyArn: { ...kmsKeyArn, description: 'Existing KMS key that encrypts code, data and models.' },
        inputDataKeyArns: {
          type: 'array', maxItems: 10, uniqueItems: true,
          description: 'KMS keys that the group\'s training data on S3 is encrypted with.',
          items: { ...kmsKeyArn, description: 'Existing KMS key of training data, in the environment\'s region.' },
        },
      },
    },
    deployEnvironments: {
      type: 'array',
      description: 'Where approved models are deployed to, in this order; the build environment unless given.',
      items: deployEnvironment,
    },
  },
};
