import { artifacts, build, BUILD_ROLE, fetchSource, PIPELINE_ROLE, startBuilds } from './pipelines';
import { commitSteps } from './tooling';
import { calls, type Step, type World } from './world';
import { bootstrapRoleArn, placesOf } from '../../../../src/plan/infrastructure/bootstrap';

/** What the roles of the pipeline that deploys the infrastructure call. */
export function infrastructureSteps(world: World): Step[] {
  const { infrastructure, delivery } = world.plan;
  const { pipeline, place, roles } = infrastructure;
  if (!pipeline || !roles.pipeline || !roles.synth || !roles.deployer) { return []; }
  const { source } = delivery.infrastructure;
  const bucket = world.bucket(infrastructure.bucket, place);
  return [
    {
      principal: world.role(roles.pipeline), name: 'infrastructure pipeline', source: PIPELINE_ROLE,
      calls: [
        ...fetchSource(world, source, place, bucket),
        ...startBuilds(world, place, [pipeline.synthProject, pipeline.deployProject]),
        ...artifacts(world, bucket),
        ...calls(world.fill(infrastructure.topicArn, place), ['sns:Publish']),
      ],
    },
    {
      principal: world.role(roles.synth), name: 'synth', source: BUILD_ROLE,
      calls: build(world, place, bucket, [pipeline.synthProject], delivery.network),
    },
    {
      principal: world.role(roles.deployer), name: 'cdk deploy',
      source: `${BUILD_ROLE}; CDK guide, "Bootstrapping template contract"`,
      calls: [
        ...build(world, place, bucket, [pipeline.deployProject], delivery.network),
        ...placesOf(delivery).flatMap(where => ['deploy', 'file-publishing', 'lookup'].flatMap(kind => calls(
          world.fill(bootstrapRoleArn(delivery, kind, where), where), ['sts:AssumeRole', 'sts:TagSession'],
        ))),
      ],
    },
    ...commitSteps(world, {
      place, source, pipeline: pipeline.name, gate: pipeline.commitGate, trigger: roles.trigger,
      gateRole: roles.commitGate,
    }),
  ];
}
