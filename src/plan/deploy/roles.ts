import { arn, bucketArn } from '../arn';
import type { NamedInfrastructure } from '../infrastructure/model';
import { notify } from '../infrastructure/notify';
import type { NamedGroup } from '../model';
import type { PipelineRoles, NamedReplica, NamedPipelines } from './model';
import type { NamedBuild } from '../build/model';
import { below } from '../build/prefixes';
import { readPackages } from '../build/registry';
import { buildLog } from '../logs';
import { joinNetwork, KMS_GET, KMS_READ_WRITE, objects, useKeyByAlias, useOwnKey, writeLogs } from '../roles/grants';
import { lookAtPipeline } from '../roles/look-at-pipeline';
import type { Grant } from '../roles/role-model';
import type { DeliverySettings } from '../settings';
import { gateCommits, logExecutions, readSource } from '../source/grants';

/** The roles of a group's pipelines and gates. */
export function pipelineRoles(
  { source, network, approvers }: DeliverySettings, group: NamedGroup, infrastructure: NamedInfrastructure,
): PipelineRoles {
  const { pipelines, build, environments, waves, replicas, roles } = group;
  const { place } = pipelines;
  const project = (name: string) => arn(place, 'codebuild', `project/${name}`);
  const startBuild = (names: readonly string[]): Grant => ({
    sid: 'Builds',
    actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
    resources: names.map(project),
    why: 'The pipeline\'s actions are builds.',
  });
  const artifacts = [
    ...objects('Artifact', pipelines.bucket, 'pipeline', 'Artifacts go from action to action.'),
    useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
  ];
  const approved = waves.filter(wave => wave.environments.some(e => e.manualApproval));
  const runner = (projects: readonly string[]): Grant[] => [
    ...artifacts,
    writeLogs(place, projects.map(buildLog), 'The build\'s output is logged.'),
    ...joinNetwork(place, network, 'codebuild'),
  ];
  return {
    buildPipeline: {
      ...roles.buildPipeline,
      purpose: 'Carries out the build pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [...readSource(source, pipelines), startBuild([pipelines.buildProject]), ...artifacts],
    },
    ...(roles.buildTrigger && roles.commitGate ? {
      buildTrigger: {
        ...roles.buildTrigger,
        purpose: 'Hands commits to the commit gate.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [arn(place, 'states', `stateMachine:${pipelines.commitGate}`)],
          why: 'Each commit is looked at.',
        }],
      },
      commitGate: {
        ...roles.commitGate,
        purpose: 'Starts the build pipeline for commits that can change the model.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: gateCommits(source, place, pipelines.buildPipeline),
      },
    } : {}),
    buildRunner: {
      ...roles.buildRunner,
      purpose: 'Runs the repository\'s buildspec.yml; everything in the build account goes through the build role.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([pipelines.buildProject]),
        {
          sid: 'BuildRole',
          actions: ['sts:AssumeRole'],
          resources: [roles.build.arn],
          why: 'The buildspec works in the build account.',
        },
      ],
    },
    gateTrigger: {
      ...roles.gateTrigger,
      purpose: 'Hands events of the model package group to the approval gate.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Start',
        actions: ['states:StartExecution'],
        resources: [arn(place, 'states', `stateMachine:${pipelines.stateMachine}`)],
        why: 'Each event is looked at by the gate.',
      }],
    },
    gate: {
      ...roles.gate,
      purpose: 'Checks approvals and rejections and starts the deploy pipeline.',
      assumedBy: { service: 'states.amazonaws.com' },
      grants: gateGrants(pipelines, build),
    },
    deployPipeline: {
      ...roles.deployPipeline,
      purpose: 'Carries out the deploy pipeline; everything in a deploy environment goes through its deploy role.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        {
          sid: 'SourceObjects',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: ['{infrastructureObject}', '{toolsObject}'],
          why: 'The pipeline starts from the infrastructure code that it was deployed with.',
        },
        {
          sid: 'SourceBucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: ['{assetBucket}'],
          why: 'The source action looks for the current version.',
        },
        startBuild([pipelines.prepareProject, pipelines.verifyProject]),
        {
          sid: 'DeployRoles',
          actions: ['sts:AssumeRole'],
          resources: environments.map(e => e.roles.deploy.arn),
          why: 'Change sets are made with the environment\'s deploy role.',
        },
        ...artifacts,
        ...replicas.flatMap(replica => useReplica(replica)),
        ...(approved.length > 0 ? notify(infrastructure) : []),
      ],
    },
    deployRunner: {
      ...roles.deployRunner,
      purpose: 'Makes the templates, checks approvals, tests endpoints; everything in an environment goes through its '
        + 'roles.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([pipelines.prepareProject, pipelines.verifyProject]),
        readPackages(
          build,
          'Packages',
          ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
          'The package\'s approval is checked, the newest approved one is found.',
        ),
        {
          sid: 'Reports',
          actions: ['s3:GetObject'],
          resources: [
            bucketArn(build.artifactBucket, '/*/evaluation.json'),
            bucketArn(build.artifactBucket, '/*/golden.json'),
          ],
          why: 'Approvers are shown the model\'s metrics; the endpoint has to give the golden answers.',
          wildcard: 'Each execution of the SageMaker pipeline keeps its evaluation in a place of its own.',
        },
        {
          sid: 'Sealed',
          actions: ['s3:GetObject'],
          resources: below(build, 'sealer'),
          why: 'What is deployed is compared with what was recorded when it was registered.',
          wildcard: 'Sealed artifacts are kept by the version of the model.',
        },
        useKeyByAlias(
          'ReportKey',
          build.place,
          build.keyAlias,
          KMS_GET,
          's3',
          'The report and sealed artifacts are encrypted with the build environment\'s key.',
        ),
        {
          sid: 'VerifyRoles',
          actions: ['sts:AssumeRole'],
          resources: environments.map(e => e.roles.verify.arn),
          why: 'Endpoint stacks are read and endpoints invoked with the environment\'s verify role.',
        },
        {
          sid: 'RetireRoles',
          actions: ['sts:AssumeRole'],
          resources: environments.map(e => e.roles.retire.arn),
          why: 'What a proven deployment replaced is removed with the environment\'s retire role.',
        },
        {
          sid: 'SupplyRoles',
          actions: ['sts:AssumeRole'],
          resources: environments.flatMap(e => [
            e.roles.publish.arn,
            ...(e.roles.replicate ? [e.roles.replicate.arn] : []),
          ]),
          why: 'Assets and copies of models are brought to each environment with roles of its own.',
        },
        {
          sid: 'Tell',
          actions: ['events:PutEvents'],
          resources: [infrastructure.busArn],
          why: 'A rejected model that nothing can replace, an endpoint that went back and what is left over are told '
            + 'of.',
        },
      ],
    },
    ...(roles.releaser ? {
      releaser: {
        ...roles.releaser,
        purpose: 'Taken on by people who approve or stop deployments by hand.',
        assumedBy: { account: place.account, named: approvers?.deployments },
        grants: [
          {
            sid: 'Approve',
            actions: ['codepipeline:PutApprovalResult'],
            resources: approved.flatMap(wave => wave.environments.filter(e => e.manualApproval).map(e => arn(
              place,
              'codepipeline',
              `${pipelines.deployPipeline}/${wave.stage}/${e.actions.approve}`,
            ))),
            why: 'A person answers for the deployment.',
          },
          lookAtPipeline(place, pipelines.deployPipeline),
        ],
      },
    } : {}),
  };
}

/** Bucket and key of the pipeline in another region. */
function useReplica({ place, bucket, keyAlias }: NamedReplica): Grant[] {
  const id = (place.region ?? '').replace(/[^a-z0-9]/g, '');
  return [
    ...objects(`Replica${id}`, bucket, 'pipeline', 'Artifacts are copied to the region of the action.'),
    useKeyByAlias(`ReplicaKey${id}`, place, keyAlias, KMS_READ_WRITE, 's3', 'The copies are encrypted.'),
  ];
}

function gateGrants(pipelines: NamedPipelines, build: NamedBuild): Grant[] {
  return [
    ...(pipelines.asksRegistry
      ? [readPackages(build, 'Package', ['sagemaker:DescribeModelPackage'], 'The event is compared with the registry.')]
      : []),
    {
      sid: 'Memory',
      actions: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
      resources: ['{table}'],
      why: 'The gate remembers what it has acted upon.',
    },
    useOwnKey(KMS_READ_WRITE, 'The gate\'s memory is encrypted.'),
    {
      sid: 'Start',
      actions: ['codepipeline:StartPipelineExecution'],
      resources: [arn(pipelines.place, 'codepipeline', pipelines.deployPipeline)],
      why: 'An approval or rejection starts the deploy pipeline.',
    },
    ...logExecutions(),
  ];
}
