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
  const { place } = pipelines;
  const bucket = pipelines.bucket!;
  const { roles, project, pipeline } = upgrade;
  return {
    trigger: {
      ...roles.trigger,
      purpose: 'Starts the build that checks for new versions, on a schedule.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Start',
        actions: [pipeline ? 'codepipeline:StartPipelineExecution' : 'codebuild:StartBuild'],
        resources: [upgrade.targetArn],
        why: 'Starts the build on a schedule.',
      }],
    },
    runner: {
      ...roles.runner,
      purpose: 'Upgrades a copy of the repository and proposes the result; it can neither merge nor deploy it.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        writeLogs(place, [buildLog(project)], "Writes the build's log."),
        ...(pipeline ? keepUpgrade(bucket) : offerUpgrade(source, place)),
        useOwnKey(KMS_READ_WRITE, 'Encrypts the build and its results.'),
        ...joinNetwork(place, network, 'codebuild'),
      ],
    },
    ...(roles.pipeline ? {
      pipeline: {
        ...roles.pipeline,
        purpose: 'Fetches the commit that is upgraded.',
        assumedBy: { service: 'codepipeline.amazonaws.com' },
        grants: [
          ...readSource(source, { place, bucket }),
          {
            sid: 'Builds',
            actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
            resources: [arn(place, 'codebuild', `project/${project}`)],
            why: "Runs the pipeline's action as a build.",
          },
          ...objects('Artifact', bucket, 'pipeline', 'Passes the commit between actions.'),
          useOwnKey(KMS_READ_WRITE, "Encrypts the pipeline's artifacts."),
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
      why: 'Reads the commit from the pipeline.',
      wildcard: 'CodePipeline generates the keys of its artifacts; the bucket belongs to this deployment group '
        + 'alone.',
    },
    {
      sid: 'Upgrades',
      actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
      resources: [bucketArn(bucket, `/${UPGRADE_PREFIX}/*`)],
      why: 'Stores the patch and the report.',
      wildcard: 'Each build stores its results under its own key.',
    },
    {
      sid: 'Bucket',
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resources: [bucketArn(bucket)],
      why: 'Finds the commit and uploads the patch.',
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
    { sid: 'Pull', actions: ['codecommit:GitPull'], resources, why: 'Fetches the newest commit.' },
    {
      sid: 'Push',
      actions: ['codecommit:GitPush'],
      resources,
      conditions: { StringEqualsIfExists: { 'codecommit:References': `refs/heads/${UPGRADE_BRANCH}` } },
      why: 'Pushes the upgrade to its own branch.',
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
      why: "Opens the upgrade's pull request.",
    },
  ];
}
