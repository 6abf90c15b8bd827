import { DeploymentStrategy, type EndpointDeploymentOptions, type RollbackAlarmOptions } from '../deployment';
import { type Filled, filled } from '../schemas/filled';

/** What a share of the instances is given in. */
export type ShiftSize = { readonly instances: number } | { readonly percent: number };

/** A deployment's course, with everything filled in. */
export interface TrafficShift {
  readonly strategy: DeploymentStrategy;
  /** Canary, step or batch; none where everything moves at once. */
  readonly size?: ShiftSize;
  /** How often it waits before all traffic has moved. */
  readonly waits: number;
  readonly waitSeconds: number;
  readonly bakeSeconds: number;
  /** Waits and bake together: while SageMaker looks at alarms. */
  readonly updateSeconds: number;
  /** After this time, SageMaker gives up and rolls back. */
  readonly timeoutSeconds: number;
  /** Whether golden rows are asked meanwhile. */
  readonly isProbed: boolean;
  /** For how long after the proof an alarm returns the endpoint. */
  readonly watchSeconds: number;
  readonly alarms: RollbackAlarms;
}

export type RollbackAlarms = Filled<'RollbackAlarmOptions', RollbackAlarmOptions>
  & Required<Pick<RollbackAlarmOptions, 'p99LatencyMilliseconds'>>;

/** SageMaker API reference, BlueGreenUpdatePolicy and RollingUpdatePolicy: MaximumExecutionTimeoutInSeconds. */
export const MAXIMUM_SECONDS = 28_800;

/**
 * Time for instances to come up, beside waits and bake: a container may take an hour to load its model (API reference,
 * ProductionVariant). No document says how long a batch of a rolling deployment takes; a quarter of an hour each is our
 * guess.
 */
const FLEET_SECONDS = 3600;
const BATCH_SECONDS = 900;

/** The default of `watchSeconds`, ours. */
export const WATCH_SECONDS = 3600;

type StepByStep = Exclude<DeploymentStrategy, DeploymentStrategy.ALL_AT_ONCE>;

/**
 * The least and the largest part of all instances, in percent (API reference, TrafficRoutingConfig and
 * RollingUpdatePolicy).
 */
export const SHARES: { readonly [S in StepByStep]: readonly [number, number] } = {
  [DeploymentStrategy.CANARY]: [0, 50], [DeploymentStrategy.LINEAR]: [10, 50], [DeploymentStrategy.ROLLING]: [5, 50],
};

/** Inf1 falls back to all at once without a bake (SageMaker developer guide, "Deployment guardrails", "Exclusions"). */
export function isUnguarded(instanceType: string): boolean {
  return instanceType.split('.')[1] === 'inf1';
}

/** What an endpoint runs on, as far as a deployment depends on it. */
export interface Fleet {
  readonly instanceType: string;
  /** The fewest, where their number changes. */
  readonly instanceCount: number;
  /** The most, where their number changes. */
  readonly mostInstances?: number;
}

/**
 * Fills in what was not given. `{}` comes to something that is safe with every fleet; what was given may be more than
 * SageMaker takes, which the matrix of endpoints says.
 */
export function trafficShift(given: EndpointDeploymentOptions, fleet: Fleet): TrafficShift {
  const { instanceCount: all, instanceType, mostInstances: most = all } = fleet;
  const few = all < 2 || isUnguarded(instanceType);
  const strategy = given.strategy ?? (few ? DeploymentStrategy.ALL_AT_ONCE : DeploymentStrategy.CANARY);
  const size = sizeOf(strategy, given, all, most);
  const parts = size === undefined ? 1 : Math.max(1, Math.ceil(most / instancesOf(size, most)));
  const waits = { 'all-at-once': 0, 'canary': 1, 'linear': parts, 'rolling': parts }[strategy];
  const waitSeconds = waits === 0 ? 0 : given.waitSeconds ?? (strategy === DeploymentStrategy.CANARY ? 600 : 300);
  const noBake = strategy === DeploymentStrategy.ROLLING || isUnguarded(instanceType);
  const bakeSeconds = given.bakeSeconds ?? (noBake ? 0 : 600);
  const updateSeconds = waits * waitSeconds + bakeSeconds;
  const batches = strategy === DeploymentStrategy.ROLLING ? parts - 1 : 0;
  return {
    strategy, size, waits, waitSeconds, bakeSeconds, updateSeconds,
    timeoutSeconds: updateSeconds + FLEET_SECONDS + batches * BATCH_SECONDS,
    isProbed: given.probe ?? false,
    watchSeconds: given.watchSeconds ?? WATCH_SECONDS,
    alarms: {
      ...filled('RollbackAlarmOptions', given.alarms ?? {}),
      p99LatencyMilliseconds: given.alarms?.p99LatencyMilliseconds ?? 30_000,
    },
  };
}

function sizeOf(
  strategy: DeploymentStrategy, given: EndpointDeploymentOptions, all: number, most: number,
): ShiftSize | undefined {
  if (strategy === DeploymentStrategy.ALL_AT_ONCE) { return undefined; }
  if (given.stepPercent !== undefined) { return { percent: given.stepPercent }; }
  if (given.stepInstances !== undefined) { return { instances: given.stepInstances }; }
  const fewest = Math.max(1, Math.ceil(most * SHARES[strategy][0] / 100));
  // The same number has to do for the smallest and the largest fleet; where none does, a share does: one instance of
  // the smallest.
  return fewest <= Math.max(1, all * SHARES[strategy][1] / 100) ? { instances: fewest }
    : { percent: Math.ceil(100 / all) };
}

/** Instances that a share comes to, as a fraction of one where it does not come out even. */
export function instancesOf(size: ShiftSize, all: number): number {
  return 'instances' in size ? size.instances : all * size.percent / 100;
}

/** Whether there is a time in which alarms could bring the old model back. */
export function isWatched(shift: TrafficShift): boolean {
  return shift.updateSeconds > 0;
}

/** The course of a deployment in words, with the share of traffic that is really meant. */
export function tellShift(shift: TrafficShift, fleet: Pick<Fleet, 'instanceCount' | 'mostInstances'>): string {
  const { size, strategy, waitSeconds, bakeSeconds, timeoutSeconds, watchSeconds } = shift;
  const minutes = (seconds: number) => `${Math.round(seconds / 6) / 10} min`;
  const part = size && share(size, fleet.instanceCount, fleet.mostInstances ?? fleet.instanceCount);
  const course = {
    'all-at-once': 'all traffic at once',
    'canary': `${part} for ${minutes(waitSeconds)}, then all`,
    'linear': `${part} more every ${minutes(waitSeconds)}`,
    'rolling': `${part} in each batch, ${minutes(waitSeconds)} apart`,
  }[strategy];
  const bake = bakeSeconds > 0 ? `; the old instances stay for ${minutes(bakeSeconds)}` : '';
  const watch = watchSeconds > 0 ? `; alarms are watched for ${minutes(watchSeconds)} more` : '';
  return `${course}${bake}; at most ${minutes(timeoutSeconds)} in total${watch}`;
}

function share(size: ShiftSize, least: number, most: number): string {
  const ends = least === most ? [least] : [least, most];
  const parts = ends.map(all => instancesOf(size, all));
  const percents = ends.map((all, i) => Math.round(100 * parts[i] / all));
  const instances = range(parts.flatMap(part => [Math.floor(part), Math.ceil(part)]));
  return `${instances} of ${range(ends)} instances (about ${range(percents)} % of the requests)`;
}

function range(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? `${least}` : `${least} to ${most}`;
}
