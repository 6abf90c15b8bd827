/**
 * Promotion of model packages from a group of another account, or another region, to the account and region that the
 * promotion is deployed to.
 */
export interface PromotionOptions {
  /**
   * ARN of the model package group whose newest approved version is promoted:
   * `arn:aws:sagemaker:<region>:<account>:model-package-group/<name>`.
   */
  readonly sourceModelPackageGroupArn: string;

  /**
   * Name of an existing bucket in the target account and region; artifacts are copied to it, below `model-packages/`.
   */
  readonly targetBucketName: string;

  /**
   * Name of an existing event bus in the target account and region that gets the source account's events "SageMaker
   * Model Package State Change".
   *
   * Each approval and each rejection in the source group then starts the promotion.
   *
   * @default - there is no rule, and the pipeline is started by hand
   */
  readonly eventBusName?: string;

  /**
   * Name of the model package group that copies are registered in; it is created.
   *
   * @default - the name of the source group
   */
  readonly targetModelPackageGroupName?: string;

  /**
   * Id of the SageMaker project that the promotion belongs to, for example `p-abc123def456`; it becomes a tag and is
   * noted in each copy.
   *
   * @default - no project
   */
  readonly sagemakerProjectId?: string;

  /**
   * Name of the SageMaker project that the promotion belongs to; it becomes a tag.
   *
   * @default - no project
   */
  readonly sagemakerProjectName?: string;

  /**
   * ARN of an existing KMS key, in the target region, that copies are encrypted with.
   *
   * @default - the target bucket's own encryption
   */
  readonly kmsKeyArn?: string;

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
