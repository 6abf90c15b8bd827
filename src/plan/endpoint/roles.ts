import type { NamedGroup } from '../model';
import type { NamedEnvironment, EnvironmentRoles } from './model';
import { arn, bucketArn } from '../arn';
import { cloudFormationRole } from './cloudformation-role';
import { replicateRole, modelRole } from './model-roles';
import { retireRole, verifyRole } from './proof-roles';
import { passRole, objects, useKeyByAlias, KMS_READ, useOwnKey, KMS_PUT } from '../roles/grants';
import type { PlannedRole } from '../roles/role-model';
/** The roles of an environment, which the deploy pipeline of its group takes on. */
export function environmentRoles(group: NamedGroup, environment: NamedEnvironment): EnvironmentRoles {
  const { build, pipelines, replicas } = group;
  const { place, roles } = environment;
  const runner = group.roles.deployRunner.arn;
  const templates = [pipelines, ...replicas].find(t => t.place.region === place.region) ?? pipelines;
  const stack = arn(place, 'cloudformation', `stack/${environment.endpointStack}/*`);
  const stackId = 'CloudFormation appends an id that it makes up; the stack\'s name is exact.';
  const deploy: PlannedRole = {
    ...roles.deploy,
    purpose: 'Taken on by the deploy pipeline: makes and executes change sets of the endpoint stack.',
    assumedBy: { role: group.roles.deployPipeline.arn },
    grants: [
      {
        sid: 'ChangeSets',
        actions: [
          'CreateChangeSet',
          'DeleteChangeSet',
          'DescribeChangeSet',
          'DescribeStackEvents',
          'DescribeStacks',
          'ExecuteChangeSet',
        ].map(a => `cloudformation:${a}`),
        resources: [stack],
        why: 'The endpoint stack is changed by change sets; why one failed is read from its events.',
        wildcard: stackId,
      },
      passRole(
        'PassCloudFormationRole',
        [roles.cloudFormation.arn],
        'cloudformation.amazonaws.com',
        'CloudFormation works with the environment\'s own role.',
      ),
      ...objects('Template', templates.bucket, 'read', 'Template and configuration are read.'),
      useKeyByAlias(
        'TemplateKey',
        templates.place,
        templates.keyAlias,
        KMS_READ,
        's3',
        'Template and configuration are encrypted.',
      ),
    ],
  };
  const publish: PlannedRole = {
    ...roles.publish,
    purpose: 'Taken on by the preparation of a deployment: publishes the assets of the endpoint stack.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'Assets',
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucketArn(environment.deploymentBucket, '/assets/*')],
        why: 'Assets are uploaded unless they are there.',
        wildcard: 'Assets are named by the hash of their content.',
      },
      {
        sid: 'AssetBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [bucketArn(environment.deploymentBucket)],
        why: 'It is looked whether they are there.',
      },
      useOwnKey(KMS_PUT, 'Assets are encrypted.'),
    ],
  };
  return {
    deploy,
    cloudFormation: cloudFormationRole(environment, build),
    verify: verifyRole(environment, runner),
    retire: retireRole(environment, runner),
    publish,
    ...(roles.replicate ? { replicate: replicateRole(roles.replicate, environment, group) } : {}),
    model: modelRole(environment, build),
  };
}

/** The key that encrypts what is in an environment. */
export function environmentKey(
  { endpoint, place, keyAlias }: Pick<NamedEnvironment, 'endpoint' | 'place' | 'keyAlias'>,
): string {
  return endpoint.kmsKeyArn ?? arn(place, 'kms', `alias/${keyAlias}`);
}
