import { SourceType } from '../../options/source';
import { arn, roleArn } from '../arn';
import type { Delivery } from '../delivery';
import { nameOf } from '../names/name-of';
import { samePlace } from '../place';
import type { Place } from '../place';
import type { InfrastructureRoles, PlannedInfrastructure } from './model';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import { gateCommits, readSource } from '../source/grants';

/** What the roles work on. */
export type InfrastructureScope = Omit<PlannedInfrastructure, 'roles'>;

export function infrastructureRoles(delivery: Delivery, scope: InfrastructureScope): InfrastructureRoles {
  const { pipeline, place, bucket } = scope;
  if (!pipeline) { return {}; }
  const { source } = delivery.infrastructure;
  const named = (purpose: string) => {
    const name = nameOf('role', delivery.name, purpose);
    return { name, arn: roleArn(place, name), place };
  };
  const artifacts = [
    ...objects('Artifact', bucket, 'pipeline', 'Code and templates go from action to action.'),
    useOwnKey(KMS_READ_WRITE, 'The pipeline\'s artifacts are encrypted.'),
  ];
  const projects = [pipeline.synthProject, pipeline.deployProject];
  const build = (project: string): Grant[] => [
    ...artifacts,
    writeLogs(place, [`/aws/codebuild/${project}`], 'The build\'s output is logged.'),
    ...joinNetwork(place, delivery.network, 'codebuild'),
  ];
  return {
    pipeline: {
      ...named('infrastructurepipeline'),
      purpose: 'Carries out the infrastructure pipeline.',
      assumedBy: { service: 'codepipeline.amazonaws.com' },
      grants: [
        ...readSource(source, { place, bucket }),
        { sid: 'Builds', actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'], resources: projects.map(name => arn(place, 'codebuild', `project/${name}`)), why: 'The pipeline\'s actions are builds.' },
        { sid: 'Notify', actions: ['sns:Publish'], resources: [scope.topicArn], why: 'Whoever has to approve is told.' },
        ...artifacts,
      ],
    },
    synth: {
      ...named('infrastructuresynth'),
      purpose: 'Makes the templates of the infrastructure; it can change nothing.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: build(pipeline.synthProject),
    },
    deployer: {
      ...named('infrastructuredeployer'),
      purpose: 'Deploys the infrastructure with the roles of the CDK bootstrap; it has no rights of its own.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...build(pipeline.deployProject),
        {
          sid: 'Bootstrap',
          actions: ['sts:AssumeRole', 'sts:TagSession'],
          resources: placesOf(delivery).flatMap(where => ['deploy', 'file-publishing', 'lookup'].map(kind => bootstrapRoleArn(delivery, kind, where))),
          why: 'Stacks and their assets are deployed with the roles that the bootstrap of each account and region made.',
        },
      ],
    },
    ...(source.type === SourceType.CODECOMMIT ? {
      trigger: {
        ...named('infrastructuretrigger'),
        purpose: 'Hands commits to the commit gate of the infrastructure.',
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [{ sid: 'Start', actions: ['states:StartExecution'], resources: [arn(place, 'states', `stateMachine:${pipeline.commitGate}`)], why: 'Each commit is looked at.' }],
      },
      commitGate: {
        ...named('infrastructuregate'),
        purpose: 'Starts the infrastructure pipeline for commits that change the infrastructure.',
        assumedBy: { service: 'states.amazonaws.com' },
        grants: gateCommits(source, place, pipeline.name),
      },
    } : {}),
  };
}

/** A role of the CDK bootstrap (CDK guide, "Bootstrapping template contract"). */
export function bootstrapRoleArn(delivery: Delivery, kind: string, where: Place): string {
  return roleArn(where, `cdk-${delivery.infrastructure.bootstrapQualifier}-${kind}-role-${where.account ?? '{account}'}-${where.region ?? '{region}'}`);
}

/** Every account and region of a delivery, the tooling's first, each once. */
export function placesOf(delivery: Delivery): Place[] {
  const { tooling, deploymentGroups } = delivery;
  const environments = deploymentGroups.flatMap(group => [group.buildEnvironment, ...group.deployEnvironments]);
  // The deploy pipelines keep a bucket and a key in every region that they deploy to.
  const replicas = environments.map(e => ({ account: tooling.account, region: e.region }));
  const all = [tooling, ...environments, ...replicas].map(({ account, region }): Place => ({ account, region }));
  return all.filter((where, i) => all.findIndex(other => samePlace(other, where)) === i);
}
