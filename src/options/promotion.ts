import type { KmsKeyArn } from './limits';

/**
 * Names are those of the SageMaker API reference, CreateModelPackageGroup, ModelPackageGroupName.
 *
 * @pattern ^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package-group/[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$
 * @allowed the ARN of a model package group (arn:aws:sagemaker:<region>:<account>:model-package-group/<name>), without
 * wildcards
 * @fix Copy it from the source account: aws sagemaker describe-model-package-group --model-package-group-name <name>.
 * @examples ["arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/churn"]
 */
type GroupArn = string;

/**
 * @pattern ^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$
 * @allowed 1 to 63 letters, digits and "-", beginning and ending with a letter or digit
 * @examples ["churn-promoted"]
 */
type GroupName = string;

/**
 * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
 * @allowed the name of a bucket: 3 to 63 lower-case letters, digits, "." and "-"
 * @fix Give the name of an existing bucket of the target account, not its ARN or address.
 * @examples ["acme-models"]
 */
type BucketName = string;

/**
 * @pattern ^(?!aws\.)[.\-_A-Za-z0-9]{1,256}$
 * @allowed the name of an event bus: 1 to 256 letters, digits, ".", "-" and "_"
 * @fix Give the name of the bus, not its ARN.
 * @examples ["models"]
 */
type EventBusName = string;

/**
 * @pattern ^[A-Za-z0-9](-*[A-Za-z0-9]){0,19}$
 * @allowed the ID of a SageMaker project, for example "p-abc123def456"
 * @examples ["p-abc123def456"]
 */
type SageMakerProjectId = string;

/**
 * @pattern ^[A-Za-z0-9](-*[A-Za-z0-9]){0,31}$
 * @allowed the name of a SageMaker project: 1 to 32 letters, digits and "-"
 * @examples ["churn"]
 */
type SageMakerProjectName = string;

/**
 * Promotion of model packages from a group in another account or region to the account and region of the promotion.
 *
 * @fix Write it as an object with sourceModelPackageGroupArn and targetBucketName.
 */
export interface PromotionOptions {
  /**
   * ARN of the model package group whose newest approved version is promoted.
   */
  readonly sourceModelPackageGroupArn: GroupArn;

  /**
   * Name of an existing bucket in the target account and region; artifacts are copied to `model-packages/` in it.
   */
  readonly targetBucketName: BucketName;

  /**
   * Name of an existing event bus in the target account and region that gets the source account's events "SageMaker
   * Model Package State Change".
   *
   * Each approval and each rejection in the source group then starts the promotion.
   *
   * @default - no rule; start the pipeline manually
   */
  readonly eventBusName?: EventBusName;

  /**
   * Name of the model package group that copies are registered in; it is created.
   *
   * @default - the name of the source group
   */
  readonly targetModelPackageGroupName?: GroupName;

  /**
   * ID of the SageMaker project that the promotion belongs to; it becomes a tag and is recorded in each copy.
   *
   * @default - no project
   */
  readonly sagemakerProjectId?: SageMakerProjectId;

  /**
   * Name of the SageMaker project that the promotion belongs to; it becomes a tag.
   *
   * @default - no project
   */
  readonly sagemakerProjectName?: SageMakerProjectName;

  /**
   * ARN of an existing KMS key, in the target region, that copies are encrypted with.
   *
   * @default - the target bucket's own encryption
   */
  readonly kmsKeyArn?: KmsKeyArn;

  /**
   * Whether unsealed versions are promoted.
   *
   * A sealed version records the SHA-256 of its artifact, and exactly these bytes are promoted. Deliveries of this
   * package seal their versions. An unsealed version is promoted only if its artifact has not changed since
   * registration: its ETag must match the recorded one or, if none was recorded, it must be older. Set this for
   * versions that other tools register, and for models that are not one `model.tar.gz`.
   *
   * @default false
   */
  readonly acceptUnsealed?: boolean;

  /**
   * Whether the target's model package group is kept when the stack is deleted. SageMaker refuses to delete a group
   * that has versions.
   *
   * @default true
   */
  readonly retainOnDelete?: boolean;

  /**
   * Whether the target's model package group already exists, because its stack was deleted. It is used unchanged, with
   * its versions and resource policy.
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;
}
