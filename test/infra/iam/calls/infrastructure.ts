import { artifacts, build, BUILD_ROLE, fetchSource, PIPELINE_ROLE, startBuilds } from './pipelines';
import { approvalsOf, commitSteps } from './tooling';
import { type Call, calls, type Step, type World } from './world';
import { bootstrapRoleArn } from '../../../../src/plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../../../../src/plan/infrastructure/deployers';
import type { Place } from '../../../../src/plan/place';

/** What the roles of the pipeline that deploys the infrastructure call. */
export function infrastructureSteps(world: World): Step[] {
  const { infrastructure, delivery } = world.plan;
  const { pipeline, place, roles } = infrastructure;
  if (!pipeline || !roles.pipeline || !roles.synth) { return []; }
  const { source } = delivery.infrastructure;
  const asks = [pipeline.self, ...pipeline.tiers].some(tier => tier.manualApproval);
  const bucket = world.bucket(pipeline.bucket, place);
  return [
    {
      principal: world.role(roles.pipeline), name: 'infrastructure pipeline', source: PIPELINE_ROLE,
      calls: [
        ...fetchSource(world, source, place, bucket),
        ...startBuilds(world, place, [
          pipeline.synthProject, ...pipeline.deployers.map(deployer => deployer.project),
        ]),
        ...artifacts(world, bucket),
        ...(asks ? calls(world.fill(infrastructure.topicArn, place), ['sns:Publish']) : []),
      ],
    },
    {
      principal: world.role(roles.synth), name: 'synth', source: BUILD_ROLE,
      calls: build(world, place, bucket, [pipeline.synthProject], delivery.network),
    },
    ...pipeline.deployers.map(({ type, project, places }) => ({
      principal: world.role(roles[DEPLOYER_ROLES[type]]!), name: `diff and execution, ${type}`,
      source: `${BUILD_ROLE}; tools/infrastructure; CDK guide, "Bootstrapping template contract"`,
      calls: [
        ...build(world, place, bucket, [project], delivery.network),
        ...toolsOf(world, place, project),
        ...places.flatMap(where => ['deploy', 'file-publishing'].flatMap(kind => calls(
          world.fill(bootstrapRoleArn(delivery, kind, where), where), ['sts:AssumeRole'],
        ))),
      ],
    })),
    ...(roles.approver ? [{
      principal: world.role(roles.approver), name: 'approving changes of the infrastructure',
      source: 'CodePipeline user guide, "Manage approval actions"; CloudWatch Logs API reference',
      calls: [
        ...approvalsOf(world, world.arn(place, 'codepipeline', pipeline.name)),
        ...shownBy(world).flatMap(project => {
          const log = world.arn(place, 'logs', `log-group:/aws/codebuild/${project}`);
          return [
            ...calls(log, ['logs:DescribeLogStreams', 'logs:FilterLogEvents']),
            ...calls(`${log}:log-stream:0123`, ['logs:GetLogEvents']),
          ];
        }),
      ],
    }] : []),
    ...commitSteps(world, {
      place, source, pipeline: pipeline.name, gate: pipeline.commitGate, trigger: roles.trigger,
      gateRole: roles.commitGate,
    }),
  ];
}

/** Projects whose logs show what somebody approves. */
function shownBy({ plan: { infrastructure: { pipeline } } }: World): string[] {
  const asking = [pipeline!.self, ...pipeline!.tiers].filter(tier => tier.manualApproval);
  return pipeline!.deployers.filter(({ type }) => asking.some(tier => tier.type === type))
    .map(({ project }) => project);
}

/** The object with the tools, as the project names it. */
function toolsOf(world: World, place: Place, project: string): Call[] {
  const found = world.policies.resources.get(world.arn(place, 'codebuild', `project/${project}`));
  if (!found) { throw new Error(`no template has the project ${project}`); }
  const variables = found.properties.Environment.EnvironmentVariables as { Name: string; Value: string }[];
  const value = (name: string) => variables.find(variable => variable.Name === name)!.Value;
  return calls(`arn:aws:s3:::${value('TOOLS_BUCKET')}/${value('TOOLS_KEY')}`, ['s3:GetObject']);
}
