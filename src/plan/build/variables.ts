import { arn } from '../arn';
import type { DeliveryPlan, PlannedGroup } from '../model';

/** What the buildspec and the pipeline's code learn about their surroundings; texts with the plan's placeholders. */
export function buildVariables(plan: DeliveryPlan, group: PlannedGroup): { readonly [name: string]: string } {
  const { build, roles } = group;
  const { network } = build;
  const { name } = plan.delivery;
  return {
    AWS_REGION: build.place.region ?? '{region}',
    ASSUME_ROLE_ARN: roles.build.arn,
    ENV_TYPE: build.type,
    PROJECT_NAME: name,
    MODEL_PACKAGE_GROUP_NAME: build.modelPackageGroup,
    SAGEMAKER_PIPELINE_NAME: build.pipelineName,
    SAGEMAKER_PIPELINE_DESCRIPTION: `Builds and registers the model of ${name}, group ${group.name}`,
    SAGEMAKER_PIPELINE_ROLE_ARN: roles.pipeline.arn,
    SAGEMAKER_PROCESSING_ROLE_ARN: roles.processing.arn,
    SAGEMAKER_TRAINING_ROLE_ARN: roles.training.arn,
    ARTIFACT_BUCKET: build.artifactBucket,
    ARTIFACT_BUCKET_KMS_KEY: arn(build.place, 'kms', `alias/${build.keyAlias}`),
    ...(network ? {
      SAGEMAKER_SUBNET_IDS: network.subnetIds.join(','),
      SAGEMAKER_SECURITY_GROUP_IDS: network.securityGroupIds.join(','),
    } : {}),
  };
}
