import type { JsonSchema } from './json-schema';
import { text } from './schema-parts';

/** Schema of who hears about failures and approvals. */
export const notificationsSchema: JsonSchema = {
  type: 'object',
  description: 'Who hears about failures and about deployments that wait for an approval.',
  additionalProperties: false,
  properties: {
    emailAddresses: {
      type: 'array', maxItems: 20, uniqueItems: true, description: 'E-mail addresses that are subscribed to the topic.',
      // One "@", no blanks, a domain with a dot, 320 characters (RFC 3696 with errata 1690: 64 before the "@", 255 behind it).
      items: text('An e-mail address.', {
        'pattern': '^[^@\\s\\p{Cc}"(),:;<>\\[\\]\\\\]{1,64}@(?=.{4,255}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$',
        'x-allowed': 'an e-mail address (name@example.org)',
      }),
    },
    // SNS API reference, CreateTopic: 1 to 256 letters, digits, "_" and "-". A FIFO topic delivers no e-mail and is no target of an alarm.
    topicArn: text('Existing SNS topic.', {
      'pattern': '^arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256}$', 'x-allowed': 'the ARN of a standard SNS topic (arn:aws:sns:<region>:<account>:<name>)',
    }),
  },
};

/** Schema of the repositories for images of the user's own. */
export const containerRepositoriesSchema: JsonSchema = {
  type: 'array',
  description: 'ECR repositories for images of your own, in the build environment of every deployment group.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      // ECR API reference, CreateRepository, repositoryName.
      name: text('Name of the repository.', {
        'pattern': '^(?=.{2,100}$)[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$',
        'x-allowed': '2 to 100 lower-case letters and digits, with single ".", "_", "-" and "/" between them',
      }),
      pullThroughCache: {
        type: 'object',
        description: 'Fetches images from another registry when they are asked for.',
        additionalProperties: false,
        required: ['upstreamRegistryUrl'],
        properties: {
          upstreamRegistryUrl: text('Host of the registry.', {
            'pattern': '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$', 'maxLength': 253,
            'x-allowed': 'the host of a registry without scheme and path, for example "public.ecr.aws"',
          }),
          // ECR API reference, CreatePullThroughCacheRule, credentialArn.
          credentialArn: text('Secret with the registry\'s credentials.', {
            'pattern': '^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\\d{12}:secret:ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+$', 'minLength': 50, 'maxLength': 612,
            'x-allowed': 'the ARN of a Secrets Manager secret whose name begins with ecr-pullthroughcache/ (arn:aws:secretsmanager:<region>:<account>:secret:ecr-pullthroughcache/<name>)',
          }),
        },
      },
    },
  },
};
