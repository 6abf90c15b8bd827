import { text } from './schema-parts';
import type { JsonSchema } from '../engine/json-schema';

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
            'pattern':
              '^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\\d{12}:secret:ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+$',
            'minLength': 50, 'maxLength': 612,
            'x-allowed': 'the ARN of a Secrets Manager secret whose name begins with ecr-pullthroughcache/ '
              + '(arn:aws:secretsmanager:<region>:<account>:secret:ecr-pullthroughcache/<name>)',
          }),
        },
      },
    },
  },
};
