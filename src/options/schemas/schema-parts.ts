import type { JsonSchema } from '../engine/json-schema';

/** A text with a description. */
export const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string', description, ...more,
});

/** A media type. */
export const MEDIA_TYPE: JsonSchema = {
  'pattern': '^[\\w.+-]+/[\\w.+-]+(;.*)?$', 'x-allowed': 'a media type, for example "text/csv"',
};

/** An account and a region, each of them optional. */
export const place: { readonly [name: string]: JsonSchema } = {
  account: text('Account id; when it is not given, the build environment\'s, else the tooling account, else the one '
    + 'that the infrastructure is deployed to.', {
    'pattern': '^\\d{12}$', 'x-allowed': 'a text of twelve digits',
    'x-fix': 'Give the account id in quotation marks, leading zeros included.',
  }),
  region: text('Region; when it is not given, the build environment\'s, else the tooling region, else the one that the '
    + 'infrastructure is deployed to.', {
    'pattern': '^[a-z]{2,4}(-[a-z]+)+-\\d$', 'x-allowed': 'the name of a region, for example "eu-west-1"',
  }),
};

/** An existing KMS key. */
export const kmsKeyArn: JsonSchema = text('Existing KMS key for volumes and captured data, in the environment\'s '
  + 'region.', {
  'pattern': '^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+$',
  'x-allowed': 'the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)',
});

/** A model package group that a deleted stack left behind. */
export const existingModelPackageGroup: JsonSchema = {
  type: 'boolean', default: false,
  description: 'Whether the model package group is there already, left behind by a stack that was deleted.',
};

/** An existing bucket for access logs. */
export const s3AccessLogsBucketArn: JsonSchema = text('Existing bucket for S3 access logs.', {
  'pattern': '^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  'x-allowed': 'the ARN of a bucket (arn:aws:s3:::<name>)',
});

/** An existing VPC; its limits are those of SageMaker jobs (API reference, VpcConfig). */
export const network: JsonSchema = {
  type: 'object',
  description: 'Existing VPC in which builds, jobs and endpoints run.',
  additionalProperties: false,
  required: ['vpcId', 'subnetIds', 'securityGroupIds'],
  properties: {
    vpcId: text('Id of the VPC.', { 'pattern': '^vpc-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a VPC (vpc-...)' }),
    subnetIds: {
      type: 'array', minItems: 1, maxItems: 16, uniqueItems: true, items: text('Id of a subnet.', {
        'pattern': '^subnet-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a subnet (subnet-...)',
      }),
    },
    securityGroupIds: {
      type: 'array', minItems: 1, maxItems: 5, uniqueItems: true, items: text(
        'Id of a security group.',
        { 'pattern': '^sg-[0-9a-f]{8,17}$', 'x-allowed': 'the id of a security group (sg-...)' },
      ),
    },
  },
};
