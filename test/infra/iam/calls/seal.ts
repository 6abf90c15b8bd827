import { registeredImages } from './containers';
import { moved } from './stages';
import { calls, log, type Step, type World } from './world';
import { REGISTERED } from '../../../../src/plan/govern/stages';
import type { PlannedGroup } from '../../../../src/plan/model';

/** What a write says that must replace nothing; the parts of an upload are told apart from its completion. */
export const ONCE = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };
export const PART = { 's3:ObjectCreationOperation': 'false' };

/** What the roles of sealing call. */
export function sealSteps(world: World, { build, roles }: PlannedGroup): Step[] {
  const { place } = build;
  const bucket = world.bucket(build.artifactBucket, place);
  const below = `${bucket}/${build.pipelineName}`;
  const sealed = `${below}/sealed/${build.modelPackageGroup}/1/model.tar.gz`;
  const version = world.arn(place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`);
  const project = world.policies.resources.get(world.arn(place, 'codebuild', `project/${build.sealProject}`));
  const tools = project?.properties.Source.Location as string;
  return [
    {
      principal: world.role(roles.sealer),
      name: 'sealing',
      source: 'tools/deploy/sealer.py; CodeBuild guide, "Allow CodeBuild to interact with other AWS services"; S3 '
        + 'guide, "Multipart upload API and permissions"',
      calls: [
        ...calls(`arn:aws:s3:::${tools}`, ['s3:GetObject', 's3:GetObjectVersion']),
        ...calls(`arn:aws:s3:::${tools.split('/')[0]}`, ['s3:GetBucketAcl', 's3:GetBucketLocation']),
        ...calls(bucket, ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketLocation']),
        ...calls(`${below}/models/pipelines-1/output/model.tar.gz`, ['s3:GetObject', 's3:GetObjectVersion']),
        ...calls(`${below}/checkpoints/1`, ['s3:GetObject', 's3:GetObjectVersion']),
        ...calls(`${below}/runs/1/model.tar.gz`, ['s3:GetObject', 's3:GetObjectVersion']),
        ...calls(sealed, ['s3:PutObject'], PART),
        ...calls(sealed, ['s3:PutObject'], ONCE),
        ...calls(sealed, ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion']),
        ...calls(world.key(build.keyAlias, place), ['kms:Decrypt', 'kms:GenerateDataKey']),
        ...calls(version, ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage']),
        ...(world.plan.delivery.governance.lifeCycleStages ? [moved(version, REGISTERED)] : []),
        ...registeredImages(world, build),
        ...log(world, place, `/aws/codebuild/${build.sealProject}`),
      ],
    },
    {
      principal: world.role(roles.sealTrigger),
      name: 'sealing rule',
      source: 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets',
      calls: calls(world.arn(place, 'codebuild', `project/${build.sealProject}`), ['codebuild:StartBuild']),
    },
  ];
}
