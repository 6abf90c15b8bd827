import type { JsonSchema } from '../../options/engine/json-schema';
import { NO_PACKAGE } from '../shared/sentinel';

export const text = (description: string, limits: JsonSchema): JsonSchema => ({
  type: 'string', description, ...limits,
});

export const ARN = '^arn:aws[a-z-]*:';

export const ROLE = text('A role.', { 'pattern': `${ARN}iam::\\d{12}:role/\\S+$`, 'x-allowed': 'the ARN of a role' });

export const KEY = text('The key.', {
  'pattern': `${ARN}kms:[a-z0-9-]+:\\d{12}:(key|alias)/\\S+$`, 'x-allowed': 'the ARN of a KMS key or of an alias',
});

/** What every construct takes that serves a model or scores with it (SageMaker API reference, CreateModel). */
export const OF_MODEL: { readonly [name: string]: JsonSchema } = {
  modelPackageArn: text('The package.', {
    'pattern': `^${NO_PACKAGE}$|${ARN}sagemaker:[a-z0-9-]+:\\d{12}:model-package/\\S+$`,
    'x-allowed': `the ARN of a model package, or "${NO_PACKAGE}"`,
  }),
  inferenceSpecificationName: text('The specification.', {
    'pattern': '^[a-zA-Z0-9]([-a-zA-Z0-9]{0,62})$', 'x-allowed': '1 to 63 letters, digits and hyphens',
  }),
  executionRoleArn: ROLE,
};

/** The number of the attempt to deploy the same. */
export const ATTEMPT: JsonSchema = { type: 'integer', minimum: 1, description: 'Number of the attempt.', default: 1 };
