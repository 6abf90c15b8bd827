import type { PlannedEnvironment } from '../../../src/plan/endpoint/model';
import type { PlannedRole } from '../../../src/plan/roles/role-model';
import { codeOf, JOB } from '../iam/calls/monitors';
import type { World } from '../iam/calls/world';

/** Who and what is in the table, of the delivery with monitors of each source. */
export function castOf(world: World) {
  const [group] = world.plan.groups;
  const [scores, staging, prod] = group.environments;
  const role = (planned: PlannedRole | undefined): string => {
    if (!planned) { throw new Error('the delivery has no such role'); }
    return world.role(planned);
  };
  const of = (e: PlannedEnvironment) => {
    const monitoring = e.monitoring!;
    const here = (service: string, resource: string) => world.arn(e.place, service, resource);
    const [code] = codeOf(world, e);
    return {
      name: e.name, namespace: `sagemaker-cicd/${e.endpointName}`, code: code.resource,
      assets: code.resource.replace(/\/.*/, ''),
      kept: world.bucket(monitoring.bucket, e.place),
      deployments: world.bucket(e.deploymentBucket, e.place),
      captured: world.bucket(e.captureBucket, e.place),
      predictions: e.api?.predictions && world.bucket(e.api.predictions.bucket, e.place),
      data: e.batch && world.bucket(e.batch.bucket, e.place),
      key: world.environmentKey(e),
      endpoint: here('sagemaker', `endpoint/${e.endpointName}`),
      jobs: here('sagemaker', `processing-job/${monitoring.jobs}-${JOB}`),
      processing: (name: string) => here('sagemaker', `processing-job/${name}`),
      machineArn: here('states', `stateMachine:${monitoring.stateMachine}`),
      undelivered: here('sqs', monitoring.undelivered),
      defaultBus: here('events', 'event-bus/default'),
      endOfJobs: here('events', 'rule/StepFunctionsGetEventsForSageMakerProcessingJobsRule'),
      rule: here('events', `rule/${monitoring.forwardRule}`),
      schedule: here('scheduler', `schedule/default/${monitoring.schedules.dataQuality}`),
      alarm: here('cloudwatch', `alarm:${monitoring.schedules.dataQuality}-violations`),
      table: here('glue', `table/${monitoring.database}/predictions`),
      workgroup: here('athena', `workgroup/${monitoring.workgroup}`),
      stream: here('logs', `log-group:/aws/sagemaker/ProcessingJobs:log-stream:${monitoring.jobs}-${JOB}/algo-1-1`),
      otherStream: here('logs', 'log-group:/aws/sagemaker/ProcessingJobs:log-stream:train-7/algo-1-1'),
      job: role(e.roles.monitorJob), machine: role(e.roles.monitorMachine), scheduleRole: role(e.roles.monitorSchedule),
      model: role(e.roles.model), deploy: role(e.roles.deploy), cloudFormation: role(e.roles.cloudFormation),
      verify: role(e.roles.verify), retire: role(e.roles.retire), publish: role(e.roles.publish),
    };
  };
  const all = [...world.policies.roles.keys()];
  const each = [scores, staging, prod].map(of);
  return {
    group, role, all, each, scores: of(scores), staging: of(staging), prod: of(prod),
    allBut: (...but: readonly string[]) => all.filter(arn => !but.includes(arn)),
    monitors: each.flatMap(({ job, machine, scheduleRole }) => [job, machine, scheduleRole]),
    bus: world.fill(world.plan.infrastructure.busArn, world.plan.infrastructure.place),
    packages: world.arn(group.build.place, 'sagemaker', `model-package/${group.build.modelPackageGroup}/7`),
    artifacts: world.bucket(group.build.artifactBucket, group.build.place),
    pipelines: [group.pipelines.buildPipeline, group.pipelines.deployPipeline].map(name => (
      world.arn(group.pipelines.place, 'codepipeline', name))),
    training: world.arn(group.build.place, 'sagemaker', `pipeline/${group.build.pipelineName}`),
    elsewhere: (arn: string) => arn.replace(/\d{12}/, '888888888888'),
  };
}

export type Cast = ReturnType<typeof castOf>;
