import { assumedBy, defaultBranchOf } from './assumed-by';
import { STARTED } from './gitlab-trust';
import {
  askForDeployments, readAsset, readParameter, startReturn, tellFromJob, tellOnly, useRequests, useTableKey,
} from './grants';
import { type NamedWorkflows, type PipelineSource, WORKFLOW_FAILED } from './model';
import { releaser } from './releaser';
import type { PipelineRoles } from '../deploy/model';
import { gateGrants, gateTrigger, recordTrigger } from '../deploy/roles';
import {
  keepRecords, readBuild, takeOnFinish, takeOnRollBack, takeOnSupply, takeOnVerify, tellOfDeployments,
} from '../deploy/runner-grants';
import type { NamedEnvironment } from '../endpoint/model';
import { LAMBDA, QUEUE } from '../govern/approval-functions';
import { readRecords } from '../govern/evidence-grants';
import type { NamedGovernance } from '../govern/model';
import { asksInAws } from '../infrastructure/approver';
import type { NamedInfrastructure } from '../infrastructure/model';
import { buildLog, functionLog } from '../logs';
import type { NamedGroup } from '../model';
import { joinNetwork, KMS_READ_WRITE, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';
import { readTools } from '../roles/tools-grants';
import type { DeliverySettings } from '../settings';

/** The roles of a group that workflows build and deploy. */
export interface WorkflowRoles {
  readonly ofGroup: PipelineRoles;
  ofEnvironment(environment: NamedEnvironment): { readonly shipper?: PlannedRole };
}

/** The roles of a group's workflows, and of what stays in AWS beside them; nothing where CodePipeline runs it. */
export function workflowRoles(
  delivery: DeliverySettings, group: NamedGroup, infrastructure: NamedInfrastructure, governance: NamedGovernance,
): WorkflowRoles | undefined {
  const { workflows, roles } = group;
  if (!workflows) { return undefined; }
  const all = { delivery, group, workflows, infrastructure, governance };
  return {
    ofGroup: {
      buildRunner: buildRunner(all),
      assembler: assembler(all),
      preparer: preparer(all),
      ...(roles.starter && workflows.starter ? { starter: starter(all) } : {}),
      gateTrigger: gateTrigger(group),
      gate: gate(all),
      deployRunner: deployRunner(all),
      recordTrigger: recordTrigger(group),
      releaser: releaser(delivery, group, workflows, infrastructure),
    },
    ofEnvironment: environment => (environment.roles.shipper ? { shipper: shipper(all, environment) } : {}),
  };
}

interface All {
  readonly delivery: DeliverySettings;
  readonly group: NamedGroup;
  readonly workflows: NamedWorkflows;
  readonly infrastructure: NamedInfrastructure;
  readonly governance: NamedGovernance;
}

/** What builds of CodeBuild keep is encrypted with the key of the group's stack, and so are requests and records. */
const OWN_KEY = useOwnKey(KMS_READ_WRITE, 'Encrypts requests and records.');

function buildRunner({ delivery, group, workflows, infrastructure }: All): PlannedRole {
  const { roles, pipelines, sourceBranch } = group;
  return {
    ...roles.buildRunner,
    purpose: 'Role of the workflow that builds; it reaches the build account only through the build role, and runs '
      + 'code of the repository.',
    assumedBy: assumedBy(delivery, roles.buildRunner, {
      workflow: workflows.build, branch: sourceBranch, sources: ['push', ...STARTED],
    }),
    grants: [
      {
        sid: 'BuildRole', actions: ['sts:AssumeRole'], resources: [roles.build.arn],
        why: 'Assumes the role for the build account.',
      },
      useRequests(
        'Requests', pipelines.place, workflows, 'work', ['build'], 'Takes the retraining that the run was started for.',
      ),
      tellOnly(infrastructure.busArn, WORKFLOW_FAILED, 'Tells people of a build that failed.'),
      useTableKey('Encrypts requests.'),
      ...fetchTools(pipelines.place, workflows),
    ],
  };
}

function assembler({ delivery, group: { roles, pipelines }, workflows }: All): PlannedRole {
  return {
    ...roles.assembler!,
    purpose: "Role of the deploy workflow's job that synthesizes: it runs code of the repository, and may only fetch it.",
    assumedBy: deployJob(delivery, roles.assembler!, workflows),
    grants: [
      readParameter('WhereCode', pipelines.place, workflows.codeParameter, 'Finds the code that was deployed last.'),
      readAsset('Code', '{infrastructureObject}', 'Fetches the code that was deployed last.'),
    ],
  };
}

function preparer({ delivery, group, workflows, infrastructure, governance }: All): PlannedRole {
  const { roles, pipelines, build, environments } = group;
  return {
    ...roles.preparer!,
    purpose: "Role of the deploy workflow's jobs that decide what is deployed where, check and tell; it changes no "
      + 'endpoint.',
    assumedBy: deployJob(delivery, roles.preparer!, workflows, ['schedule', ...STARTED]),
    grants: [
      ...readBuild(build, environments),
      takeOnVerify(environments),
      takeOnSupply(environments),
      ...keepRecords(pipelines),
      useRequests(
        'Requests', pipelines.place, workflows, 'work', ['deploy', 'build'],
        'Takes what waits, and says what became of it.',
      ),
      useTableKey('Encrypts requests and records.', 's3'),
      ...fetchTools(pipelines.place, workflows),
      ...readRecords(governance, [group.chain]),
      tellFromJob(infrastructure.busArn),
    ],
  };
}

/** Everything that one environment's deployment needs, and nothing of any other environment. */
function shipper(
  { delivery, group, workflows, infrastructure, governance }: All, environment: NamedEnvironment,
): PlannedRole {
  const { pipelines, build } = group;
  return {
    ...environment.roles.shipper!,
    purpose: `Role of the deploy workflow's job that deploys to ${environment.name}, which is in the environment `
      + `${environment.hostEnvironment} of the repository.`,
    assumedBy: deployJob(delivery, environment.roles.shipper!, workflows, STARTED, [environment.hostEnvironment!]),
    grants: [
      {
        sid: 'DeployRole', actions: ['sts:AssumeRole'], resources: [environment.roles.deploy.arn],
        why: "Assumes the environment's deploy role for change sets.",
      },
      ...readBuild(build, [environment]),
      takeOnVerify([environment]),
      ...takeOnFinish(group, [environment]),
      ...keepRecords(pipelines),
      useRequests(
        'Requests', pipelines.place, workflows, 'read',
        ['deploy', ...(asksInAws(delivery) && !workflows.decisions ? ['approval' as const] : [])],
        'Reads who asked for the deployment, and who approved it.',
      ),
      useTableKey('Encrypts requests and records.', 's3'),
      ...fetchTools(pipelines.place, workflows),
      ...readRecords(governance, [group.chain]),
      tellFromJob(infrastructure.busArn),
    ],
  };
}

/** What records failures and returns endpoints never waits for the repository's host, so CodeBuild runs it. */
function deployRunner({ delivery, group, workflows, infrastructure, governance }: All): PlannedRole {
  const { roles, pipelines, build, environments } = group;
  const { place } = pipelines;
  return {
    ...roles.deployRunner,
    purpose: 'Service role of the builds that record failed deployments and return endpoints.',
    assumedBy: { service: 'codebuild.amazonaws.com' },
    grants: [
      writeLogs(place, [pipelines.rollBackProject, pipelines.recordProject].map(buildLog), "Writes the build's log."),
      ...joinNetwork(place, delivery.network, 'codebuild'),
      ...readBuild(build, environments),
      takeOnVerify(environments),
      ...takeOnFinish(group, environments),
      ...takeOnRollBack(environments),
      ...keepRecords(pipelines),
      askForDeployments(pipelines.place, workflows, 'Has an endpoint that was returned brought in line with its stack.'),
      useRequests('Requests', place, workflows, 'read', ['deploy'], 'Reads who asked for a deployment.'),
      OWN_KEY,
      ...readTools('Reads the tools that record failed deployments.'),
      ...readRecords(governance, [group.chain]),
      tellOfDeployments(infrastructure.busArn),
      startReturn(pipelines, 'Returns an endpoint to the version before when an alarm fires soon after a deployment.'),
    ],
  };
}

function gate({ group, workflows, infrastructure }: All): PlannedRole {
  const { roles, pipelines, build } = group;
  return {
    ...roles.gate,
    purpose: 'Approval gate: verifies approvals and rejections, and asks for deployments.',
    assumedBy: { service: 'states.amazonaws.com' },
    grants: gateGrants(pipelines, build, [
      askForDeployments(pipelines.place, workflows, 'Asks for a deployment after an approval or a rejection.'),
      useRequests(
        'Look', pipelines.place, workflows, 'settle', ['deploy', 'build'],
        'Looks whether a run has taken what was asked for, and says so where a run never ended.',
      ),
      tellOfDeployments(infrastructure.busArn),
    ]),
  };
}

function starter({ delivery, group, workflows, infrastructure }: All): PlannedRole {
  const { pipelines, roles } = group;
  const { app } = delivery.engine.github!;
  return {
    ...roles.starter!,
    purpose: 'Starts workflows through the GitHub App; it can neither approve nor deploy.',
    assumedBy: LAMBDA,
    grants: [
      writeLogs(pipelines.place, [functionLog(workflows.starter!.function)], "Writes the function's log."),
      useTableKey('Decrypts requests, and messages of the queue.', 'sqs'),
      QUEUE,
      {
        sid: 'LayAside', actions: ['sqs:SendMessage'], resources: ['{deadLetters}'],
        why: 'Lays aside what GitHub refuses for good.',
      },
      useRequests(
        'Requests', pipelines.place, workflows, 'lookAt', ['deploy', 'build'], 'Looks whether it still waits.',
      ),
      {
        sid: 'Sign', actions: ['kms:Sign'], resources: [app!.keyArn],
        conditions: { StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256' } },
        why: 'Signs as the GitHub App, whose private key leaves KMS for nobody.',
      },
      tellOfDeployments(infrastructure.busArn),
    ],
  };
}

function fetchTools(place: All['group']['pipelines']['place'], workflows: NamedWorkflows): Grant[] {
  return [
    readParameter('WhereTools', place, workflows.toolsParameter, 'Finds the tools that were deployed last.'),
    readAsset('Tools', '{toolsObject}', 'Fetches the tools that were deployed last, not those of a commit.'),
  ];
}

function deployJob(
  delivery: DeliverySettings, role: RoleId, { deploy: workflow }: NamedWorkflows,
  sources: readonly PipelineSource[] = STARTED,
  environments?: readonly string[],
) {
  return assumedBy(delivery, role, { workflow, branch: defaultBranchOf(delivery), sources, environments });
}
