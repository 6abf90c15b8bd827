import { BRANCH_PATTERN } from './branch';
import { EnvironmentType } from './deployment-group';
import { EndpointKind } from './endpoint';
import type { JsonSchema } from './json-schema';
import { upgradeSchema } from './model-schema';
import { SourceType } from './source';

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more });

const MEDIA_TYPE: JsonSchema = { 'pattern': '^[\\w.+-]+/[\\w.+-]+(;.*)?$', 'x-allowed': 'a media type, for example "text/csv"' };

const place: { readonly [name: string]: JsonSchema } = {
  account: text('Account id; when it is not given, the build environment\'s, else the tooling account, else the one that the infrastructure is deployed to.', {
    'pattern': '^\\d{12}$', 'x-allowed': 'a text of twelve digits', 'x-fix': 'Give the account id in quotation marks, leading zeros included.',
  }),
  region: text('Region; when it is not given, the build environment\'s, else the tooling region, else the one that the infrastructure is deployed to.', {
    'pattern': '^[a-z]{2,4}(-[a-z]+)+-\\d$', 'x-allowed': 'the name of a region, for example "eu-west-1"',
  }),
};

const environmentName = text('Name of the environment.', {
  'pattern': '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$', 'x-allowed': '1 to 63 letters, digits, ".", "_" and "-", the first a letter or digit',
});

const environmentType: JsonSchema = { type: 'string', enum: Object.values(EnvironmentType), description: 'What the environment is for.', default: EnvironmentType.DEV };

const endpointSize: { readonly [name: string]: JsonSchema } = {
  instanceType: text('Instance type of the endpoint.', {
    'pattern': '^ml\\.[a-z][a-z0-9-]*\\.(nano|micro|small|medium|large|xlarge|[0-9]{1,3}xlarge|metal)$', 'x-allowed': 'an instance type, for example "ml.m5.large"', 'default': 'ml.m5.large',
  }),
  instanceCount: { type: 'integer', minimum: 1, maximum: 1000, description: 'Number of instances.', default: 1 },
  dataCapturePercentage: { type: 'integer', minimum: 0, maximum: 100, description: 'Share of the requests that is captured, in percent.', default: 100 },
};

const source: JsonSchema = {
  type: 'object',
  description: 'The repository whose commits are built.',
  additionalProperties: false,
  properties: {
    type: { type: 'string', enum: Object.values(SourceType), description: 'Where it is hosted.', default: SourceType.CODECOMMIT },
    repository: text('Its name for CodeCommit, owner/name otherwise.', { minLength: 1, maxLength: 255 }),
    create: { type: 'boolean', description: 'Whether the CodeCommit repository is created.', default: true },
    connectionArn: text('The CodeConnections connection.', {
      'pattern': '^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\\d{12}:connection/[a-f0-9-]+$',
      'x-allowed': 'the ARN of a CodeConnections connection (arn:aws:codeconnections:<region>:<account>:connection/<id>)',
    }),
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
    manualApproval: { type: 'boolean', description: 'Whether a person approves each deployment; true for type prod unless given.' },
    endpoint: { type: 'object', description: 'What is different about this endpoint.', additionalProperties: false, properties: endpointSize },
  },
};

const deploymentGroup: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text('Name of the group.', { 'pattern': '^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$', 'x-allowed': '1 to 100 letters, digits, ".", "_", "/" and "-", the first a letter or digit' }),
    sourceBranch: text('Branch whose commits are built; the group\'s name unless given.', { 'pattern': BRANCH_PATTERN, 'x-allowed': 'the name of a git branch' }),
    parameters: {
      type: 'object', description: 'Values of pipeline parameters for this group.',
      additionalProperties: { 'anyOf': [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }], 'x-allowed': 'a text, a number, true or false', 'x-fix': 'Pipeline parameters are single values.' },
    },
    buildEnvironment: {
      type: 'object', description: 'Where the model is built and registered.', additionalProperties: false, properties: { name: environmentName, ...place, type: environmentType },
    },
    deployEnvironments: { type: 'array', description: 'Where approved models are deployed to, in this order; the build environment unless given.', items: deployEnvironment },
  },
};

/** Schema of the option `endpoint` of a project, which knows a smoke test for its own data. */
export const endpointSchema: JsonSchema = {
  type: 'object',
  description: 'How models are served.',
  additionalProperties: false,
  properties: {
    kind: { type: 'string', enum: Object.values(EndpointKind), description: 'How the model is served.', default: EndpointKind.REALTIME },
    ...endpointSize,
    kmsKeyArn: text('Existing KMS key for volumes and captured data.', {
      'pattern': '^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+$', 'x-allowed': 'the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)',
    }),
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
        maxLatencySeconds: { type: 'number', exclusiveMinimum: 0, maximum: 60, description: 'Longest time that an answer may take, in seconds.', default: 30 },
      },
    },
  },
};

const network: JsonSchema = {
  type: 'object',
  description: 'Existing VPC in which builds, jobs and endpoints run.',
  additionalProperties: false,
  required: ['vpcId', 'subnetIds', 'securityGroupIds'],
  properties: {
    vpcId: text('Id of the VPC.', { 'pattern': '^vpc-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a VPC (vpc-...)' }),
    subnetIds: { type: 'array', minItems: 1, maxItems: 16, uniqueItems: true, items: text('Id of a subnet.', { 'pattern': '^subnet-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a subnet (subnet-...)' }) },
    securityGroupIds: { type: 'array', minItems: 1, maxItems: 5, uniqueItems: true, items: text('Id of a security group.', { 'pattern': '^sg-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a security group (sg-...)' }) },
  },
};

const infrastructure: JsonSchema = {
  type: 'object',
  description: 'How the deploy pipeline makes the templates.',
  additionalProperties: false,
  properties: {
    installCommands: { type: 'array', items: text('A command.', { minLength: 1 }), description: 'Commands that install what the CDK app needs.' },
    synthCommand: text('Command that synthesizes the CDK app into cdk.out.', { minLength: 1 }),
    files: {
      type: 'array', minItems: 1, uniqueItems: true, description: 'Files and folders (with a "/" at the end) that the CDK app is made of.',
      items: text('A path.', { 'pattern': '^(?!/)(?!.*\\.\\.)[\\w.@/*-]+$', 'x-allowed': 'a path below the repository\'s root, folders with a "/" at the end' }),
    },
  },
};

/** What IAM takes in a tag (IAM user guide, "Tags for IAM resources"); of the services that are tagged it takes the fewest characters. */
const TAG = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

const tags: JsonSchema = {
  'type': 'object',
  'description': 'Tags on everything.',
  // 50 in all for a resource (AWS general reference, "Tag naming limits"); CloudFormation and this package add some of their own.
  'maxProperties': 40,
  'propertyNames': {
    'type': 'string', 'pattern': `^(?![aA][wW][sS]:)${TAG}{1,128}$`,
    'x-allowed': 'a key of 1 to 128 letters, digits, blanks and _ . : / = + - @, not beginning with "aws:"', 'x-fix': 'Rename the tag.',
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
      'pattern': '^[A-Za-z@][A-Za-z0-9@._/-]{0,127}$', 'x-allowed': '1 to 128 letters, digits, ".", "_", "-", "/" and "@", the first a letter or "@"',
    }),
    source,
    tooling: { type: 'object', description: 'Where the pipelines run.', additionalProperties: false, properties: place },
    deploymentGroups: { type: 'array', minItems: 1, description: 'The lines of delivery.', items: deploymentGroup },
    endpoint: { ...endpointSchema, required: ['smokeTest'] },
    infrastructure,
    network,
    permissionsBoundaryName: text('Existing IAM policy that limits every role.', { 'pattern': '^[\\w+=,.@/-]{1,128}$', 'x-allowed': 'the name of an IAM policy, with its path but not its ARN' }),
    s3AccessLogsBucketArn: text('Existing bucket for S3 access logs.', { 'pattern': '^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$', 'x-allowed': 'the ARN of a bucket (arn:aws:s3:::<name>)' }),
    tags,
    upgrade: { ...upgradeSchema, description: 'How newer versions are brought in.' },
  },
};
