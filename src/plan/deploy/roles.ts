import { arn } from '../arn';
import { keepPushes, readRecords } from '../govern/evidence-grants';
import type { NamedGovernance } from '../govern/model';
import type { NamedInfrastructure } from '../infrastructure/model';
import { notify } from '../infrastructure/notify';
import type { NamedGroup } from '../model';
import type { PipelineRoles, NamedReplica, NamedPipelines } from './model';
import {
  keepRecords, readBuild, takeOnFinish, takeOnRollBack, takeOnSupply, takeOnVerify, tellOfDeployments,
} from './runner-grants';
import type { NamedBuild } from '../build/model';
import { readPackages } from '../build/registry';
import { watchOf } from '../endpoint/shift';
import { buildLog } from '../logs';
import { joinNetwork, KMS_READ_WRITE, objects, useKeyByAlias, useOwnKey, writeLogs } from '../roles/grants';
import { lookAtPipeline } from '../roles/look-at-pipeline';
import type { Grant, PlannedRole } from '../roles/role-model';
import { readTools } from '../roles/tools-grants';
import type { DeliverySettings } from '../settings';
import { gateCommits, logExecutions, readSource } from '../source/grants';

/** The roles of a group's pipelines and gates. */
export function pipelineRoles(
  { source, network, approvers, governance: { separationOfDuties, boundIdentities } }: DeliverySettings,
  group: NamedGroup, infrastructure: NamedInfrastructure, governance: NamedGovernance,
): PipelineRoles {
  const { pipelines, build, environments, waves, replicas } = group;
  const roles = group.roles as Required<typeof group.roles>;
  const { place } = pipelines;
  const project = (name: string) => arn(place, 'codebuild', `project/${name}`);
  const startBuild = (names: readonly string[]): Grant => ({
    sid: 'Builds',
    actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
    resources: names.map(project),
    why: "Runs the pipeline's actions as builds.",
  });
  const artifacts = [
    ...objects('Artifact', pipelines.bucket!, 'pipeline', 'Passes artifacts between actions.'),
    useOwnKey(KMS_READ_WRITE, "Encrypts the pipeline's artifacts."),
  ];
  const approved = waves.filter(wave => wave.environments.some(e => e.manualApproval));
  const runner = (projects: readonly string[]): Grant[] => [
    ...artifacts,
    writeLogs(place, projects.map(buildLog), "Writes the build's log."),
    ...joinNetwork(place, network, 'codebuild'),
  ];
  return {
    buildPipeline: {
      ...roles.buildPipeline,
      purpose: 'Service role of the build pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        ...readSource(source, { place, bucket: pipelines.bucket! }), startBuild([pipelines.buildProject!]), ...artifacts,
      ],
    },
    ...(roles.buildTrigger && roles.commitGate ? {
      buildTrigger: {
        ...roles.buildTrigger,
        purpose: 'Sends commits to the commit gate.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [arn(place, 'states', `stateMachine:${pipelines.commitGate!}`)],
          why: 'Starts the commit gate for each commit.',
        }],
      },
      commitGate: {
        ...roles.commitGate,
        purpose: 'Commit gate: starts the build pipeline for commits that can change the model.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: [
          ...gateCommits(source, place, pipelines.buildPipeline),
          ...(separationOfDuties ? keepPushes(governance, source) : []),
        ],
      },
    } : {}),
    buildRunner: {
      ...roles.buildRunner,
      purpose: 'Service role of the build project: runs buildspec.yml; it reaches the build account only through the '
        + 'build role.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([pipelines.buildProject!]),
        {
          sid: 'BuildRole',
          actions: ['sts:AssumeRole'],
          resources: [roles.build.arn],
          why: 'Assumes the role for the build account.',
        },
      ],
    },
    gateTrigger: gateTrigger(group),
    gate: {
      ...roles.gate,
      purpose: 'Approval gate: verifies approvals and rejections and starts the deploy pipeline.',
      assumedBy: { service: 'states.amazonaws.com' },
      grants: gateGrants(pipelines, build, [{
        sid: 'Start',
        actions: ['codepipeline:StartPipelineExecution'],
        resources: [arn(place, 'codepipeline', pipelines.deployPipeline)],
        why: 'Starts the deploy pipeline after an approval or a rejection.',
      }]),
    },
    deployPipeline: {
      ...roles.deployPipeline,
      purpose: "Service role of the deploy pipeline; it reaches an environment only through the environment's deploy "
        + 'role.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        {
          sid: 'SourceObjects',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: ['{infrastructureObject}', '{toolsObject}'],
          why: 'Reads the infrastructure code that the pipeline was deployed with.',
        },
        {
          sid: 'SourceBucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: ['{assetBucket}'],
          why: 'The source action finds the current version.',
        },
        startBuild([pipelines.prepareProject!, pipelines.verifyProject!, pipelines.rollBackProject]),
        {
          sid: 'DeployRoles',
          actions: ['sts:AssumeRole'],
          resources: environments.map(e => e.roles.deploy.arn),
          why: "Assumes the environment's deploy role for change sets.",
        },
        ...artifacts,
        ...replicas.flatMap(replica => useReplica(replica)),
        ...(approved.length > 0 ? notify(infrastructure) : []),
      ],
    },
    deployRunner: {
      ...roles.deployRunner,
      purpose: 'Service role of the deploy builds: prepare templates, check approvals, test endpoints, roll back; '
        + 'it reaches an environment only through its roles.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...runner([
          pipelines.prepareProject!, pipelines.verifyProject!, pipelines.rollBackProject, pipelines.recordProject,
        ]),
        ...readBuild(build, environments),
        takeOnVerify(environments),
        ...takeOnFinish(group, environments),
        ...takeOnRollBack(environments),
        ...keepRecords(pipelines),
        {
          sid: 'Starter',
          actions: ['codepipeline:GetPipelineExecution'],
          resources: [arn(place, 'codepipeline', pipelines.deployPipeline)],
          why: 'Records who started the execution.',
        },
        ...(environments.some(watchOf) ? [{
          sid: 'Return',
          actions: ['codepipeline:StartPipelineExecution'],
          resources: [arn(place, 'codepipeline', pipelines.deployPipeline)],
          why: 'Returns an endpoint to the version before when an alarm fires soon after a deployment; the pipeline '
            + 'still deploys only approved versions.',
        }] : []),
        ...readRecords(governance, [group.chain]),
        ...(governance.decisions && approved.length > 0 ? [{
          sid: 'Approvals',
          actions: ['codepipeline:ListActionExecutions'],
          resources: [arn(place, 'codepipeline', pipelines.deployPipeline)],
          why: 'Finds the manual approval whose record it waits for.',
        }] : []),
        ...readTools('Reads the tools that record failed deployments; no pipeline passes them on there.'),
        takeOnSupply(environments),
        tellOfDeployments(infrastructure.busArn),
      ],
    },
    recordTrigger: recordTrigger(group),
    releaser: {
      ...roles.releaser,
      purpose: 'Assumed by people who approve or stop deployments, roll back, or try a version again.',
      assumedBy: { account: place.account, named: approvers?.deployments, bound: boundIdentities },
      grants: [
        ...(approved.length > 0 ? [{
          sid: 'Approve',
          actions: ['codepipeline:PutApprovalResult'],
          resources: approved.flatMap(wave => wave.environments.filter(e => e.manualApproval).map(e => arn(
            place,
            'codepipeline',
            `${pipelines.deployPipeline}/${wave.stage}/${e.actions.approve}`,
          ))),
          why: "Records a person's decision about a deployment.",
        }] : []),
        {
          sid: 'Start',
          actions: ['codepipeline:StartPipelineExecution'],
          resources: [arn(place, 'codepipeline', pipelines.deployPipeline)],
          why: 'Rolls back, or tries a version again; the pipeline still deploys only approved versions.',
        },
        lookAtPipeline(place, pipelines.deployPipeline),
      ],
    },
  };
}

/** Starting the recording of what failed; it is CodeBuild's with every engine. */
export function recordTrigger({ pipelines, roles }: NamedGroup): PlannedRole {
  return {
    ...roles.recordTrigger,
    purpose: 'Has failed deployments recorded, and endpoints looked at that have changed or whose alarms fire.',
    assumedBy: { service: 'events.amazonaws.com' },
    grants: [{
      sid: 'Start',
      actions: ['codebuild:StartBuild'],
      resources: [arn(pipelines.place, 'codebuild', `project/${pipelines.recordProject}`)],
      why: 'Starts the recording of each failed deployment, and a look at endpoints that have changed or whose '
        + 'alarms fire.',
    }],
  };
}

/** Handing events of the registry to the approval gate. */
export function gateTrigger({ pipelines, roles, workflows }: NamedGroup): PlannedRole {
  return {
    ...roles.gateTrigger,
    purpose: 'Sends events of the model package group to the approval gate.',
    assumedBy: { service: 'events.amazonaws.com' },
    grants: [{
      sid: 'Start',
      actions: ['states:StartExecution'],
      resources: [pipelines.stateMachine, ...(workflows ? [workflows.watch.machine] : [])].map(machine => (
        arn(pipelines.place, 'states', `stateMachine:${machine}`))),
      why: workflows ? 'Starts the approval gate for each event, and the watch for each request.'
        : 'Starts the approval gate for each event.',
    }],
  };
}

/** Bucket and key of the pipeline in another region. */
function useReplica({ place, bucket, keyAlias }: NamedReplica): Grant[] {
  const id = (place.region ?? '').replace(/[^a-z0-9]/g, '');
  return [
    ...objects(`Replica${id}`, bucket, 'pipeline', "Copies artifacts to the action's region."),
    useKeyByAlias(`ReplicaKey${id}`, place, keyAlias, KMS_READ_WRITE, 's3', 'Encrypts the copies.'),
  ];
}

/** What the approval gate does with every engine; `start` is how it has a version deployed. */
export function gateGrants(pipelines: NamedPipelines, build: NamedBuild, start: readonly Grant[]): Grant[] {
  return [
    ...(pipelines.asksRegistry
      ? [readPackages(build, 'Package', ['sagemaker:DescribeModelPackage'], 'Compares the event with the registry.')]
      : []),
    {
      sid: 'Memory',
      actions: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
      resources: ['{table}'],
      why: 'Records the events that the gate has handled.',
    },
    useOwnKey(KMS_READ_WRITE, 'Encrypts these records.'),
    ...start,
    ...logExecutions(),
  ];
}
