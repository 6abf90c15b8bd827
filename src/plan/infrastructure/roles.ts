import { placesOf, bootstrapRoleArn } from './bootstrap';
import { arn } from '../arn';
import type { Delivery } from '../delivery';
import type { NamedInfrastructure, InfrastructureRoles } from './model';
import { joinNetwork, KMS_READ_WRITE, objects, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import { gateCommits, readSource } from '../source/grants';

export function infrastructureRoles(delivery: Delivery, infrastructure: NamedInfrastructure): InfrastructureRoles {
  const { pipeline, place, bucket, roles } = infrastructure;
  if (!pipeline || !roles.pipeline || !roles.synth || !roles.deployer) { return {}; }
  const { source } = delivery.infrastructure;
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
        {
          sid: 'Notify',
          actions: ['sns:Publish'],
          resources: [infrastructure.topicArn],
          why: 'Whoever has to approve is told.',
        },
        ...artifacts,
      ],
    },
    synth: {
      ...roles.synth,
      purpose: 'Makes the templates of the infrastructure; it can change nothing.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: build(pipeline.synthProject),
    },
    deployer: {
      ...roles.deployer,
      purpose: 'Deploys the infrastructure with the roles of the CDK bootstrap; it has no rights of its own.',
      assumedBy: { service: 'codebuild.amazonaws.com' },
      grants: [
        ...build(pipeline.deployProject),
        {
          sid: 'Bootstrap',
          actions: ['sts:AssumeRole', 'sts:TagSession'],
          resources: placesOf(delivery).flatMap(where => [
            'deploy',
            'file-publishing',
            'lookup',
          ].map(kind => bootstrapRoleArn(delivery, kind, where))),
          why: 'Stacks and their assets are deployed with the roles that the bootstrap of each account and region '
            + 'made.',
        },
      ],
    },
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
  };
}
