import { EnvironmentType } from '../../options/deployment-group';
import { arn } from '../arn';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';
import type { DeliverySettings } from '../settings';
import { approverRole, asksAnybody } from './approver';
import { bootstrapRoleArn } from './bootstrap';
import { DEPLOYER_ROLES } from './deployers';
import type { InfrastructureRoles, NamedDeployer, NamedInfrastructure } from './model';
import { notify } from './notify';
import { keepPushes } from '../govern/evidence-grants';
import type { NamedGovernance } from '../govern/model';
import { buildLog } from '../logs';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import { gateCommits, readSource } from '../source/grants';
import type { Tiers } from '../stacks/tiers';
import { infrastructureWorkflowRoles } from '../workflows/infrastructure-roles';

export function infrastructureRoles(
  delivery: DeliverySettings, infrastructure: NamedInfrastructure, tiers: Tiers,
  governance: NamedGovernance,
): InfrastructureRoles {
  const { pipeline, workflow, place, roles } = infrastructure;
  const channels = roles.chat ? { chat: chatRole(roles.chat) } : {};
  if (workflow) { return { ...channels, ...infrastructureWorkflowRoles(delivery, infrastructure, workflow, governance) }; }
  if (!pipeline || !roles.pipeline || !roles.synth) { return channels; }
  const { bucket } = pipeline;
  const { source } = delivery.infrastructure;
  const artifacts = [
    ...objects('Artifact', bucket, 'pipeline', 'Passes code and templates between actions.'),
    useOwnKey(KMS_READ_WRITE, "Encrypts the pipeline's artifacts."),
  ];
  const projects = [pipeline.synthProject, ...pipeline.deployers.map(deployer => deployer.project)];
  const build = (project: string): Grant[] => [
    ...artifacts,
    writeLogs(place, [buildLog(project)], "Writes the build's log."),
    ...joinNetwork(place, delivery.network, 'codebuild'),
  ];
  const deployerRole = ({ type, places, project }: NamedDeployer): PlannedRole => ({
    ...roles[DEPLOYER_ROLES[type]]!,
    purpose: `Shows and deploys changes in accounts of the type ${type}${type === EnvironmentType.PROD
      ? ', and in the tooling account' : ''}, with the roles of the CDK bootstrap; it has no permissions of its own.`,
    assumedBy: { service: 'codebuild.amazonaws.com' },
    grants: [
      ...build(project),
      {
        sid: 'Tools',
        actions: ['s3:GetObject'],
        resources: ['{toolsObject}'],
        why: 'Reads the tools of the last approved deployment, not those of the commit or of an artifact that its '
          + 'code could replace.',
      },
      {
        sid: 'Bootstrap',
        actions: ['sts:AssumeRole'],
        resources: places.flatMap(where => ['deploy', 'file-publishing'].map(kind =>
          bootstrapRoleArn(delivery, kind, where))),
        why: 'Assumes the bootstrap roles of each of these accounts and regions to create change sets and publish '
          + 'files.',
      },
    ],
  });
  return {
    ...channels,
    pipeline: {
      ...roles.pipeline,
      purpose: 'Service role of the infrastructure pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        ...readSource(source, { place, bucket }),
        {
          sid: 'Builds',
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
          resources: projects.map(name => arn(place, 'codebuild', `project/${name}`)),
          why: "Runs the pipeline's actions as builds.",
        },
        ...(asksAnybody(delivery) ? notify(infrastructure) : []),
        ...artifacts,
      ],
    },
    synth: {
      ...roles.synth,
      purpose: "Synthesizes the infrastructure's templates; it cannot change anything.",
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: build(pipeline.synthProject),
    },
    ...Object.fromEntries(pipeline.deployers.map(deployer => [DEPLOYER_ROLES[deployer.type], deployerRole(deployer)])),
    ...(roles.trigger && roles.commitGate ? {
      trigger: {
        ...roles.trigger,
        purpose: 'Sends commits to the commit gate of the infrastructure.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [arn(place, 'states', `stateMachine:${pipeline.commitGate}`)],
          why: 'Starts the commit gate for each commit.',
        }],
      },
      commitGate: {
        ...roles.commitGate,
        purpose: 'Commit gate: starts the infrastructure pipeline for commits that change the infrastructure.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: [
          ...gateCommits(source, place, pipeline.name),
          ...(delivery.governance.separationOfDuties ? keepPushes(governance, source) : []),
        ],
      },
    } : {}),
    ...(roles.approver ? { approver: approverRole(delivery, roles.approver, pipeline, tiers) } : {}),
  };
}

/** Who speaks in a channel could otherwise act with it: without a guardrail a channel has one that allows everything. */
function chatRole(id: RoleId): PlannedRole {
  return {
    ...id,
    purpose: 'Role of the channels in chat applications, which only show messages.',
    assumedBy: {
      service: 'chatbot.amazonaws.com',
      anyAccount: 'The guide does not say that the service names the account; the role may do nothing.',
    },
    grants: [{
      sid: 'Nothing', effect: 'Deny', actions: ['*'], resources: ['*'], why: 'Nobody acts in the account from a channel.',
    }],
  };
}
