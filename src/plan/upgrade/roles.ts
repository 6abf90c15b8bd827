import type { UpgradeRoles } from './model';
import type { NetworkOptions } from '../../options/network';
import { arn, bucketArn, roleArn } from '../arn';
import type { DeliverySource } from '../delivery';
import type { PlannedPipelines } from '../deploy/model';
import { nameOf } from '../names/name-of';
import type { Place } from '../place';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import { readSource } from '../source/grants';

/** What the roles work on. */
export interface UpgradeScope {
  readonly words: readonly [string, string];
  readonly source: DeliverySource;
  readonly pipelines: PlannedPipelines;
  readonly project: string;
  readonly pipeline?: string;
  readonly targetArn: string;
  /** The only branch that is pushed to. */
  readonly branch: string;
  readonly network?: NetworkOptions;
}

/** Object keys of upgrades in the artifact bucket begin with this. */
export const UPGRADE_PREFIX = 'upgrades';

export function upgradeRoles(scope: UpgradeScope): UpgradeRoles {
  const { place, bucket } = scope.pipelines;
  const named = (purpose: string) => {
    const name = nameOf('role', ...scope.words, purpose);
    return { name, arn: roleArn(place, name), place };
  };
  return {
    trigger: {
      ...named('upgradetrigger'),
      purpose: 'Starts the build that looks for newer versions, on schedule.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{ sid: 'Start', actions: [scope.pipeline ? 'codepipeline:StartPipelineExecution' : 'codebuild:StartBuild'], resources: [scope.targetArn], why: 'The schedule starts it.' }],
    },
    runner: {
      ...named('upgraderunner'),
      purpose: 'Upgrades the repository in a copy and offers the result; it can neither merge nor deploy it.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        writeLogs(place, [`/aws/codebuild/${scope.project}`], 'The build\'s output is logged.'),
        ...(scope.pipeline ? keepUpgrade(bucket) : offerUpgrade(scope, place)),
        useOwnKey(KMS_READ_WRITE, 'The build and its results are encrypted.'),
        ...joinNetwork(place, scope.network, 'codebuild'),
      ],
    },
    ...(scope.pipeline ? {
      pipeline: {
        ...named('upgradepipeline'),
        purpose: 'Fetches the commit that is upgraded.',
        assumedBy: { service: 'codepipeline.amazonaws.com' },
        grants: [
          ...readSource(scope.source, scope.pipelines),
          { sid: 'Builds', actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'], resources: [arn(place, 'codebuild', `project/${scope.project}`)], why: 'The pipeline\'s action is a build.' },
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
    { sid: 'Bucket', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucketArn(bucket)], why: 'The commit is looked up, the patch is uploaded.' },
  ];
}

/** Pushing is limited to one branch. The first call of a push names no branch yet, hence IfExists (CodeCommit user guide, "Limit pushes and merges"). */
function offerUpgrade({ source, branch }: UpgradeScope, place: Place): Grant[] {
  const resources = [arn(place, 'codecommit', source.repository)];
  return [
    { sid: 'Pull', actions: ['codecommit:GitPull'], resources, why: 'The newest commit is upgraded.' },
    {
      sid: 'Push',
      actions: ['codecommit:GitPush'],
      resources,
      conditions: { StringEqualsIfExists: { 'codecommit:References': `refs/heads/${branch}` } },
      why: 'The upgrade is offered on a branch of its own.',
    },
    {
      sid: 'PullRequest',
      actions: ['CreatePullRequest', 'GetPullRequest', 'ListPullRequests', 'UpdatePullRequestDescription', 'UpdatePullRequestTitle'].map(a => `codecommit:${a}`),
      resources,
      why: 'The upgrade is offered as a pull request.',
    },
  ];
}
