import type { KmsKeyArn } from './limits';

/**
 * Names are those of the SageMaker API reference, CreateModelPackageGroup, ModelPackageGroupName.
 *
 * @pattern ^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package-group/[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$
 * @allowed the ARN of a model package group (arn:aws:sagemaker:<region>:<account>:model-package-group/<name>), written
 * out
 * @fix Copy it from the source account: aws sagemaker describe-model-package-group --model-package-group-name <name>.
 * @examples ["arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/churn"]
 */
type GroupArn = string;

/**
 * @pattern ^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$
 * @allowed 1 to 63 letters, digits and "-", beginning and ending with a letter or digit, written out
 * @examples ["churn-promoted"]
 */
type GroupName = string;

/**
 * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
 * @allowed the name of a bucket: 3 to 63 lower-case letters, digits, "." and "-"
 * @fix Give the name of an existing bucket of the target account, not its ARN or address.
 * @examples ["models-of-ours"]
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
 * @allowed the id of a SageMaker project, for example "p-abc123def456"
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
 * Promotion of model packages from a group of another account, or another region, to the account and region that the
 * promotion is deployed to.
 *
 * @fix Write it as an object with sourceModelPackageGroupArn and targetBucketName.
 */
export interface PromotionOptions {
  /**
   * ARN of the model package group whose newest approved version is promoted.
   */
  readonly sourceModelPackageGroupArn: GroupArn;

  /**
   * Name of an existing bucket in the target account and region; artifacts are copied to it, below `model-packages/`.
   */
  readonly targetBucketName: BucketName;

  /**
   * Name of an existing event bus in the target account and region that gets the source account's events "SageMaker
   * Model Package State Change".
   *
   * Each approval and each rejection in the source group then starts the promotion.
   *
   * @default - there is no rule, and the pipeline is started by hand
   */
  readonly eventBusName?: EventBusName;

  /**
   * Name of the model package group that copies are registered in; it is created.
   *
   * @default - the name of the source group
   */
  readonly targetModelPackageGroupName?: GroupName;

  /**
   * Id of the SageMaker project that the promotion belongs to; it becomes a tag and is noted in each copy.
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
   * Whether versions are promoted that nobody has sealed.
   *
   * A sealed version records the SHA-256 of its artifact, and exactly these bytes are promoted; deliveries of this
   * package seal their versions by themselves. Of one without a seal the bytes that are found are promoted, as far as
   * they were not written after the version was registered: the ETag that SageMaker noted is compared, for lack of one
   * the time. A group whose versions others register, or models that are not one `model.tar.gz`, need this.
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
   * Whether the target's model package group is there already, because the stack that made it was deleted. It is used
   * as it is, with its versions and its resource policy.
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;
}
