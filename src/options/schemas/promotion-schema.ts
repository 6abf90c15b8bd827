import { existingModelPackageGroup, kmsKeyArn, text } from './schema-parts';
import type { JsonSchema } from '../engine/json-schema';

/** SageMaker API reference, CreateModelPackageGroup, ModelPackageGroupName. */
const GROUP_NAME = '[A-Za-z0-9](-*[A-Za-z0-9]){0,62}';

/** Schema of the option `promotion`. */
export const promotionSchema: JsonSchema = {
  'type': 'object',
  'description': 'Promotion of model packages from another account or region.',
  'additionalProperties': false,
  'required': ['sourceModelPackageGroupArn', 'targetBucketName'],
  'x-fix': 'Write it as an object with sourceModelPackageGroupArn and targetBucketName.',
  'properties': {
    sourceModelPackageGroupArn: text('Group whose newest approved version is promoted.', {
      'pattern': `^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\\d{12}:model-package-group/${GROUP_NAME}$`,
      'x-allowed': 'the ARN of a model package group '
        + '(arn:aws:sagemaker:<region>:<account>:model-package-group/<name>), written out',
      'x-fix': 'Copy it from the source account: aws sagemaker describe-model-package-group --model-package-group-name '
        + '<name>.',
    }),
    targetBucketName: text('Existing bucket that artifacts are copied to.', {
      'pattern': '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
      'x-allowed': 'the name of a bucket: 3 to 63 lower-case letters, digits, "." and "-"',
      'x-fix': 'Give the name of an existing bucket of the target account, not its ARN or address.',
    }),
    eventBusName: text('Existing event bus that gets the source account\'s events.', {
      'pattern': '^(?!aws\\.)[.\\-_A-Za-z0-9]{1,256}$',
      'x-allowed': 'the name of an event bus: 1 to 256 letters, digits, ".", "-" and "_"',
      'x-fix': 'Give the name of the bus, not its ARN.',
    }),
    targetModelPackageGroupName: text('Group that copies are registered in; the source\'s name unless given.', {
      'pattern': `^${GROUP_NAME}$`,
      'x-allowed': '1 to 63 letters, digits and "-", beginning and ending with a letter or digit, written out',
    }),
    sagemakerProjectId: text('Id of a SageMaker project.', {
      'pattern': '^[A-Za-z0-9](-*[A-Za-z0-9]){0,19}$',
      'x-allowed': 'the id of a SageMaker project, for example "p-abc123def456"',
    }),
    sagemakerProjectName: text('Name of a SageMaker project.', {
      'pattern': '^[A-Za-z0-9](-*[A-Za-z0-9]){0,31}$',
      'x-allowed': 'the name of a SageMaker project: 1 to 32 letters, digits and "-"',
    }),
    kmsKeyArn: { ...kmsKeyArn, description: 'Existing KMS key of the target region that copies are encrypted with.' },
    retainOnDelete: {
      type: 'boolean', description: 'Whether the target group is kept when the stack is deleted.', default: true,
    },
    existingModelPackageGroup,
  },
};
