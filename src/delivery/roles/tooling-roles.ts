import { readPackages } from './build-roles';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from './grants';
import type { Grant, PlannedRole } from './role-model';
import type { NetworkOptions } from '../../options/network';
import { SourceType } from '../../options/source';
import { arn, bucketArn, roleArn } from '../arn';
import type { DeliverySource } from '../delivery';
import { nameOf } from '../names';
import type { PlannedBuild, PlannedPipelines } from '../plan';

/** The roles of a group's pipelines, in the tooling account. */
export interface ToolingRoles {
  /** CodePipeline's for the build pipeline. */
  readonly buildPipeline: PlannedRole;
  /** EventBridge's, starts the build pipeline after a commit. */
  readonly buildTrigger: PlannedRole;
  /** CodeBuild's for the build project. */
  readonly buildRunner: PlannedRole;
  /** EventBridge's, hands registry events to the approval gate. */
  readonly gateTrigger: PlannedRole;
  /** The approval gate's own. */
  readonly gate: PlannedRole;
  /** CodePipeline's for the deploy pipeline. */
  readonly deployPipeline: PlannedRole;
  /** CodeBuild's for preparing, checking and testing deployments. */
  readonly deployRunner: PlannedRole;
}

/** How the tooling roles are called. */
export type ToolingRoleIds = { readonly [R in keyof ToolingRoles]: { readonly name: string; readonly arn: string } };

/** Names and ARNs of the tooling roles, which other roles' trust and grants refer to. */
export function toolingRoleArns(words: readonly [string, string], pipelines: PlannedPipelines): ToolingRoleIds {
  const named = (purpose: string) => {
    const name = nameOf('role', ...words, purpose);
    return { name, arn: roleArn(pipelines.place, name) };
  };
  return {
    buildPipeline: named('buildpipeline'),
    buildTrigger: named('buildtrigger'),
    buildRunner: named('buildrunner'),
    gateTrigger: named('gatetrigger'),
    gate: named('gate'),
    deployPipeline: named('deploypipeline'),
    deployRunner: named('deployrunner'),
  };
}

/** What the tooling roles work on. */
export interface ToolingScope {
  readonly words: readonly [string, string];
  readonly source: DeliverySource;
  readonly pipelines: PlannedPipelines;
  readonly build: PlannedBuild;
  readonly buildRoleArn: string;
  readonly deployRoleArns: readonly string[];
  readonly verifyRoleArns: readonly string[];
  readonly network?: NetworkOptions;
}

export function toolingRoles(scope: ToolingScope): ToolingRoles {
  const { pipelines, source, build, network } = scope;
  const { place } = pipelines;
  const ids = toolingRoleArns(scope.words, pipelines);
  const project = (name: string) => arn(place, 'codebuild', `project/${name}`);
  const startBuild = (names: readonly string[]): Grant => ({
    sid: 'Builds', actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'], resources: names.map(project), why: 'The pipeline\'s actions are builds.',
  });
  const artifacts = [
    ...objects('Artifact', pipelines.bucket, 'read-write', 'Artifacts go from action to action.'),
    useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
  ];
  const runner = (projects: readonly string[]): Grant[] => [
    ...artifacts,
    writeLogs(place, projects.map(name => `/aws/codebuild/${name}`), 'The build\'s output is logged.'),
    ...joinNetwork(place, network, 'codebuild'),
  ];
  return {
    buildPipeline: {
      ...ids.buildPipeline, place,
      purpose: 'Carries out the build pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [...readSource(source, pipelines), startBuild([pipelines.buildProject]), ...artifacts],
    },
    buildTrigger: {
      ...ids.buildTrigger, place,
      purpose: 'Starts the build pipeline after a commit.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{ sid: 'Start', actions: ['codepipeline:StartPipelineExecution'], resources: [arn(place, 'codepipeline', pipelines.buildPipeline)], why: 'A commit starts the pipeline.' }],
    },
    buildRunner: {
      ...ids.buildRunner, place,
      purpose: 'Runs the repository\'s buildspec.yml; everything in the build account goes through the build role.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([pipelines.buildProject]),
        { sid: 'BuildRole', actions: ['sts:AssumeRole'], resources: [scope.buildRoleArn], why: 'The buildspec works in the build account.' },
      ],
    },
    gateTrigger: {
      ...ids.gateTrigger, place,
      purpose: 'Hands events of the model package group to the approval gate.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{ sid: 'Start', actions: ['states:StartExecution'], resources: [arn(place, 'states', `stateMachine:${pipelines.stateMachine}`)], why: 'Each event is looked at by the gate.' }],
    },
    gate: { ...ids.gate, place, purpose: 'Checks approvals and rejections and starts the deploy pipeline.', assumedBy: { service: 'states.amazonaws.com' }, grants: gateGrants(pipelines, build) },
    deployPipeline: {
      ...ids.deployPipeline, place,
      purpose: 'Carries out the deploy pipeline; everything in a deploy environment goes through its deploy role.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        { sid: 'SourceObjects', actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: ['{infrastructureObject}', '{toolsObject}'], why: 'The pipeline starts from the infrastructure code that it was deployed with.' },
        { sid: 'SourceBucket', actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'], resources: ['{assetBucket}'], why: 'The source action looks for the current version.' },
        startBuild([pipelines.prepareProject, pipelines.verifyProject]),
        { sid: 'DeployRoles', actions: ['sts:AssumeRole'], resources: scope.deployRoleArns, why: 'Change sets are made with the environment\'s deploy role.' },
        ...artifacts,
      ],
    },
    deployRunner: {
      ...ids.deployRunner, place,
      purpose: 'Makes the templates, checks approvals, tests endpoints; it can change nothing.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([pipelines.prepareProject, pipelines.verifyProject]),
        readPackages(build, 'Packages', ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'], 'The package\'s approval is checked, the newest approved one is found.'),
        { sid: 'VerifyRoles', actions: ['sts:AssumeRole'], resources: scope.verifyRoleArns, why: 'Endpoint stacks are read and endpoints invoked with the environment\'s verify role.' },
      ],
    },
  };
}

/** Fetching a commit as the source action of a pipeline. */
export function readSource(source: DeliverySource, { place, bucket }: PlannedPipelines): Grant[] {
  if (source.type === SourceType.CODECOMMIT) {
    return [{
      sid: 'Source',
      actions: ['CancelUploadArchive', 'GetBranch', 'GetCommit', 'GetRepository', 'GetUploadArchiveStatus', 'UploadArchive'].map(a => `codecommit:${a}`),
      resources: [arn(place, 'codecommit', source.repository)],
      why: 'The commit is fetched.',
    }];
  }
  return [
    {
      sid: 'Source',
      actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      resources: [source.connectionArn ?? ''],
      why: 'The commit is fetched through the connection (its older service prefix is still checked).',
    },
    {
      sid: 'SourceUpload',
      actions: ['s3:PutObjectAcl'],
      resources: [bucketArn(bucket, '/*')],
      why: 'Connections upload the commit with an ACL; without this right the source action is denied.',
      wildcard: 'Object keys are made at run time; the bucket belongs to this deployment group alone.',
    },
  ];
}

function gateGrants(pipelines: PlannedPipelines, build: PlannedBuild): Grant[] {
  return [
    readPackages(build, 'Package', ['sagemaker:DescribeModelPackage'], 'The event is compared with the registry.'),
    { sid: 'Memory', actions: ['dynamodb:DeleteItem', 'dynamodb:PutItem'], resources: ['{table}'], why: 'The gate remembers what it has acted upon.' },
    useOwnKey(KMS_READ_WRITE, 'The gate\'s memory is encrypted.'),
    { sid: 'Start', actions: ['codepipeline:StartPipelineExecution'], resources: [arn(pipelines.place, 'codepipeline', pipelines.deployPipeline)], why: 'An approval or rejection starts the deploy pipeline.' },
    {
      sid: 'LogDelivery',
      actions: ['CreateLogDelivery', 'DeleteLogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies', 'GetLogDelivery', 'ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery'].map(a => `logs:${a}`),
      resources: ['*'],
      why: 'Executions are logged.',
      wildcard: 'Log delivery calls know no resources (Step Functions guide, logging to CloudWatch Logs).',
    },
    {
      sid: 'Traces',
      actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      resources: ['*'],
      why: 'Executions are traced.',
      wildcard: 'Tracing calls know no resources.',
    },
  ];
}
