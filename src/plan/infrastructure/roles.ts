import { bootstrapRoleArn } from './bootstrap';
import { EnvironmentType } from '../../options/deployment-group';
import { arn } from '../arn';
import type { DeliverySettings } from '../settings';
import { approverRole, asksAnybody } from './approver';
import { DEPLOYER_ROLES } from './deployers';
import type { InfrastructureRoles, NamedDeployer, NamedInfrastructure } from './model';
import { notify } from './notify';
import { buildLog } from '../logs';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';
import { gateCommits, readSource } from '../source/grants';
import type { Tiers } from '../stacks/tiers';

export function infrastructureRoles(
  delivery: DeliverySettings, infrastructure: NamedInfrastructure, tiers: Tiers,
): InfrastructureRoles {
  const { pipeline, place, roles } = infrastructure;
  if (!pipeline || !roles.pipeline || !roles.synth) { return {}; }
  const { bucket } = pipeline;
  const { source } = delivery.infrastructure;
  const artifacts = [
    ...objects('Artifact', bucket, 'pipeline', 'Code and templates go from action to action.'),
    useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
  ];
  const projects = [pipeline.synthProject, ...pipeline.deployers.map(deployer => deployer.project)];
  const build = (project: string): Grant[] => [
    ...artifacts,
    writeLogs(place, [buildLog(project)], 'The build\'s output is logged.'),
    ...joinNetwork(place, delivery.network, 'codebuild'),
  ];
  const deployerRole = ({ type, places, project }: NamedDeployer): PlannedRole => ({
    ...roles[DEPLOYER_ROLES[type]]!,
    purpose: `Shows and deploys what changes in accounts of the type ${type}${type === EnvironmentType.PROD
      ? ', and in the tooling account' : ''}, with the roles of the CDK bootstrap; it has no rights of its own.`,
    assumedBy: { service: 'codebuild.amazonaws.com' },
    grants: [
      ...build(project),
      {
        sid: 'Tools',
        actions: ['s3:GetObject'],
        resources: ['{toolsObject}'],
        why: 'The tools come from the last approved deployment, not from the commit or an artifact that its code could '
          + 'replace.',
      },
      {
        sid: 'Bootstrap',
        actions: ['sts:AssumeRole'],
        resources: places.flatMap(where => ['deploy', 'file-publishing'].map(kind =>
          bootstrapRoleArn(delivery, kind, where))),
        why: 'Change sets and files are made with the roles that the bootstrap of each of these accounts and regions '
          + 'made.',
      },
    ],
  });
  return {
    pipeline: {
      ...roles.pipeline,
      purpose: 'Carries out the infrastructure pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        ...readSource(source, { place, bucket }),
        {
          sid: 'Builds',
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
          resources: projects.map(name => arn(place, 'codebuild', `project/${name}`)),
          why: 'The pipeline\'s actions are builds.',
        },
        ...(asksAnybody(delivery) ? notify(infrastructure) : []),
        ...artifacts,
      ],
    },
    synth: {
      ...roles.synth,
      purpose: 'Makes the templates of the infrastructure; it can change nothing.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: build(pipeline.synthProject),
    },
    ...Object.fromEntries(pipeline.deployers.map(deployer => [DEPLOYER_ROLES[deployer.type], deployerRole(deployer)])),
    ...(roles.trigger && roles.commitGate ? {
      trigger: {
        ...roles.trigger,
        purpose: 'Hands commits to the commit gate of the infrastructure.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [arn(place, 'states', `stateMachine:${pipeline.commitGate}`)],
          why: 'Each commit is looked at.',
        }],
      },
      commitGate: {
        ...roles.commitGate,
        purpose: 'Starts the infrastructure pipeline for commits that change the infrastructure.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: gateCommits(source, place, pipeline.name),
      },
    } : {}),
    ...(roles.approver ? { approver: approverRole(delivery, roles.approver, pipeline, tiers) } : {}),
  };
}
