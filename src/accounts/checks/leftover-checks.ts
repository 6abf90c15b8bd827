import { apiLeftovers } from './api-checks';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { isPerRelease } from '../../plan/endpoint/served-names';
import { buildLog, functionLog, machineLog } from '../../plan/logs';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { Place } from '../../plan/place';
import type { PlannedStack } from '../../plan/stacks/stack';
import type { PreflightCheck } from '../preflight-check';

/** What a stack keeps under fixed names when it goes. */
interface Kept {
  readonly place: Place;
  readonly buckets?: readonly string[];
  readonly logs?: readonly string[];
  readonly repositories?: readonly string[];
  /** Key that the stack is given; it makes one otherwise. */
  readonly key?: string;
  /** Where a key can be given. */
  readonly option?: string;
  /** What to do, where it is neither to name a key nor to delete what is left. */
  readonly fix?: string;
}

/**
 * A stack that is made again imports what the one before it left (`--import-existing-resources`), with the key that it
 * is under; the roles of the new stack have rights to the new key alone.
 */
export function leftoverCheck(
  stack: string, { place, key, option, fix, buckets = [], logs = [], repositories = [] }: Kept,
): PreflightCheck {
  return {
    kind: 'leftover',
    title: `Leftovers of an earlier ${stack} have the stack's key`,
    place,
    wants: { stack, buckets, logs, repositories, ...(key ? { key } : {}) },
    fix: fix ?? (option
      ? `Set the key of the leftovers (${option}), so that the stack's roles can read them, or move them away.`
      : 'The leftovers are artifacts between pipeline actions. Empty and delete the buckets; keep the key for as '
        + 'long as you need the logs under it.'),
  };
}

export const buildLeftovers = (stack: PlannedStack, { name, build }: PlannedGroup): PreflightCheck => (
  leftoverCheck(stack.name, {
    place: build.place,
    buckets: [build.artifactBucket],
    logs: [buildLog(build.sealProject)],
    repositories: build.repositories.filter(({ upstream }) => !upstream).map(({ repository }) => repository),
    key: build.kmsKeyArn,
    option: `kmsKeyArn of the build environment of the group ${name}`,
  }));

export function environmentLeftovers(stack: PlannedStack, environment: PlannedEnvironment): PreflightCheck {
  const { name, place, batch, captureBucket, deploymentBucket, endpoint, endpointLog, monitoring } = environment;
  const ofApi = apiLeftovers(environment);
  return leftoverCheck(stack.name, {
    place,
    buckets: [
      batch?.bucket ?? captureBucket, deploymentBucket, ...ofApi.buckets, ...(monitoring ? [monitoring.bucket] : []),
    ],
    // The log of transform jobs belongs to the whole account, that of a release's endpoint to the endpoint stack.
    logs: [...(batch || isPerRelease(environment) ? [] : [endpointLog]), ...ofApi.logs],
    key: endpoint.kmsKeyArn,
    option: `endpoint.kmsKeyArn of the environment ${name}`,
  });
}

export function replicaLeftovers(stack: PlannedStack, { replicas }: PlannedGroup): PreflightCheck {
  const { place, bucket } = replicas.find(replica => replica.stack === stack.name)!;
  return leftoverCheck(stack.name, { place, buckets: [bucket] });
}

export const deliveryLeftovers = (
  stack: PlannedStack, { pipelines, retraining, workflows }: PlannedGroup,
): PreflightCheck => (
  leftoverCheck(stack.name, {
    place: pipelines.place,
    buckets: [...(pipelines.bucket === undefined ? [] : [pipelines.bucket]), pipelines.records],
    logs: [
      ...[
        pipelines.buildProject, pipelines.prepareProject, pipelines.verifyProject, pipelines.rollBackProject,
        pipelines.recordProject,
      ].flatMap(project => (project === undefined ? [] : [buildLog(project)])),
      machineLog(pipelines.stateMachine),
      ...(workflows ? [machineLog(workflows.watch.machine)] : []),
      ...(retraining ? [functionLog(retraining.function)] : []),
      ...(workflows?.starter ? [functionLog(workflows.starter.function)] : []),
    ],
  }));

export function pipelineLeftovers(
  stack: PlannedStack, { infrastructure: { place, pipeline } }: DeliveryPlan,
): PreflightCheck[] {
  // A workflow leaves nothing in AWS.
  return pipeline ? [leftoverCheck(stack.name, {
    place, buckets: [pipeline.bucket], logs: pipeline.deployers.map(({ project }) => buildLog(project)),
  })] : [];
}

export function promotionLeftovers(stack: PlannedStack, { promotion }: DeliveryPlan): PreflightCheck {
  const { place, artifactBucket, project } = promotion!;
  return leftoverCheck(stack.name, { place, buckets: [artifactBucket], logs: [buildLog(project)] });
}
