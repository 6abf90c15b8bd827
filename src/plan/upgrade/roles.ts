import type { NamedUpgrade, UpgradeRoles } from './model';
import { UPGRADE_BRANCH } from './schedule';
import { arn, bucketArn } from '../arn';
import type { NamedPipelines } from '../deploy/model';
import { buildLog } from '../logs';
import type { Place } from '../place';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import type { DeliverySettings, DeliverySource } from '../settings';
import { readSource } from '../source/grants';

/** Object keys of upgrades in the artifact bucket begin with this. */
export const UPGRADE_PREFIX = 'upgrades';

export function upgradeRoles(
  { source, network }: DeliverySettings, upgrade: NamedUpgrade, pipelines: NamedPipelines,
): UpgradeRoles {
  const { place, bucket } = pipelines;
  const { roles, project, pipeline } = upgrade;
  return {
    trigger: {
      ...roles.trigger,
      purpose: 'Starts the build that looks for newer versions, on schedule.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Start',
        actions: [pipeline ? 'codepipeline:StartPipelineExecution' : 'codebuild:StartBuild'],
        resources: [upgrade.targetArn],
        why: 'The schedule starts it.',
      }],
    },
    runner: {
      ...roles.runner,
      purpose: 'Upgrades the repository in a copy and offers the result; it can neither merge nor deploy it.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        writeLogs(place, [buildLog(project)], 'The build\'s output is logged.'),
        ...(pipeline ? keepUpgrade(bucket) : offerUpgrade(source, place)),
        useOwnKey(KMS_READ_WRITE, 'The build and its results are encrypted.'),
        ...joinNetwork(place, network, 'codebuild'),
      ],
    },
    ...(roles.pipeline ? {
      pipeline: {
        ...roles.pipeline,
        purpose: 'Fetches the commit that is upgraded.',
        assumedBy: { service: 'codepipeline.amazonaws.com' },
        grants: [
          ...readSource(source, pipelines),
          {
            sid: 'Builds',
            actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
            resources: [arn(place, 'codebuild', `project/${project}`)],
            why: 'The pipeline\'s action is a build.',
          },
          ...objects('Artifact', bucket, 'pipeline', 'The commit goes from action to action.'),
          useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
        ],
      },
    } : {}),
  };
}

/** A build cannot open a pull request through a connection, so it keeps a patch. */
function keepUpgrade(bucket: string): Grant[] {
  return [
    {
      sid: 'Commit',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [bucketArn(bucket, '/*')],
      why: 'The commit comes from the pipeline.',
      wildcard: 'CodePipeline makes up the keys of its artifacts; the bucket belongs to this deployment group alone.',
    },
    {
      sid: 'Upgrades',
      actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
      resources: [bucketArn(bucket, `/${UPGRADE_PREFIX}/*`)],
      why: 'The patch and the report are kept for whoever applies them.',
      wildcard: 'Each build keeps its results below a key of its own.',
    },
    {
      sid: 'Bucket',
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resources: [bucketArn(bucket)],
      why: 'The commit is looked up, the patch is uploaded.',
    },
  ];
}

/**
 * Pushing is limited to one branch. The first call of a push names no branch yet, hence IfExists (CodeCommit user
 * guide, "Limit pushes and merges").
 */
function offerUpgrade(source: DeliverySource, place: Place): Grant[] {
  const resources = [arn(place, 'codecommit', source.repository)];
  return [
    { sid: 'Pull', actions: ['codecommit:GitPull'], resources, why: 'The newest commit is upgraded.' },
    {
      sid: 'Push',
      actions: ['codecommit:GitPush'],
      resources,
      conditions: { StringEqualsIfExists: { 'codecommit:References': `refs/heads/${UPGRADE_BRANCH}` } },
      why: 'The upgrade is offered on a branch of its own.',
    },
    {
      sid: 'PullRequest',
      actions: [
        'CreatePullRequest',
        'GetPullRequest',
        'ListPullRequests',
        'UpdatePullRequestDescription',
        'UpdatePullRequestTitle',
      ].map(a => `codecommit:${a}`),
      resources,
      why: 'The upgrade is offered as a pull request.',
    },
  ];
}
