import { type EndpointShape, fleetOf, onInstances } from './endpoint-shape';
import { KIND_MATRIX } from './kind-matrix';
import {
  instancesOf, isUnguarded, isWatched, MAXIMUM_SECONDS, SHARES, type ShiftSize, type TrafficShift, trafficShift,
} from './traffic-shift';
import { DeploymentStrategy } from '../deployment';

/** A combination that SageMaker does not allow, or would not do what was meant. */
export interface Refusal {
  /** The option that the error names, in `endpoint`. */
  readonly option: string;
  readonly refuses: (shape: EndpointShape, shift: TrafficShift) => boolean;
  readonly allowed: (shape: EndpointShape, shift: TrafficShift) => string;
  readonly fix: string;
  /** Where it is known from; "ours" where it is a judgement. */
  readonly source: string;
}

const { ALL_AT_ONCE, ROLLING } = DeploymentStrategy;
const GUIDE = 'SageMaker developer guide, "Deployment guardrails"';
const API = 'SageMaker API reference';
const plural = (n: number) => `${n} instance${n === 1 ? '' : 's'}`;

/** The fewest and the most instances that an endpoint has. */
function ends(shape: EndpointShape): readonly [number, number] {
  const { instanceCount, mostInstances = instanceCount } = fleetOf(shape);
  return [instanceCount, mostInstances];
}

const fewest = (shape: EndpointShape) => ends(shape)[0];

/** How many instances may be a part of all, by strategy. */
function range(strategy: DeploymentStrategy, all: number): readonly [number, number] {
  const [least, most] = strategy === ALL_AT_ONCE ? [0, 100] : SHARES[strategy];
  return [Math.max(1, all * least / 100), all * most / 100];
}

function isInRange(size: ShiftSize | undefined, { strategy }: TrafficShift, all: number): boolean {
  const [least, most] = range(strategy, all);
  return size === undefined || (instancesOf(size, all) >= least && instancesOf(size, all) <= most);
}

/** Whether the strategy itself is possible; of its sizes there is nothing to say otherwise. */
function isPossible(shape: EndpointShape, { strategy }: TrafficShift): boolean {
  return strategy === ALL_AT_ONCE || (fewest(shape) >= 2 && !isUnguarded(shape.instanceType));
}

/** Instances that may be a part, in a small fleet and in a large one. */
function allowedInstances(strategy: DeploymentStrategy, [few, many]: readonly [number, number]): string {
  const [least, most] = [Math.ceil(range(strategy, many)[0]), Math.floor(range(strategy, few)[1])];
  return least > most ? `no number that fits ${few} as well as ${many} instances: a percentage`
    : `${least} to ${most} of ${few === many ? plural(few) : `${few} to ${many} instances`}`;
}

/** What each of our alarms looks at, as far as it is switched on. */
export function ownAlarms({ alarms, isProbed }: TrafficShift): number {
  return 3 + (alarms.clientErrorPercent < 100 ? 1 : 0) + (alarms.p50LatencyMilliseconds === undefined ? 0 : 1)
    + (isProbed ? 1 : 0);
}

/** SageMaker API reference, AutoRollbackConfig: at most ten. */
export const MAXIMUM_ALARMS = 10;

/**
 * Kinds, strategies, capture, networks and instance families: everything that does not go together, with the source of
 * each. What is not here is possible: data capture, a VPC and storage of the instance's own go with every strategy.
 */
export const ENDPOINT_MATRIX: readonly Refusal[] = [
  {
    option: 'deployment.strategy',
    refuses: (shape, { strategy }) => strategy !== ALL_AT_ONCE && fewest(shape) < 2,
    allowed: (shape, { strategy }) => `"${ALL_AT_ONCE}" for `
      + `${fewest(shape) < 1 ? 'none or one instance' : 'one instance'}: `
      + `at most half of the instances may be a part of "${strategy}"`,
    fix: 'Use two or more instances (instanceCount, autoscaling.minCapacity), or "all-at-once", which rolls back '
      + 'immediately during its bake.',
    source: `${API}, TrafficRoutingConfig and RollingUpdatePolicy: at most 50 % of the variant's total instance count`,
  },
  {
    option: 'deployment.strategy',
    refuses: (shape, { strategy }) => (
      strategy !== ALL_AT_ONCE && fewest(shape) >= 2 && isUnguarded(shape.instanceType)),
    allowed: ({ instanceType }) => `"${ALL_AT_ONCE}" for ${instanceType}: SageMaker updates Inf1 instances all at `
      + 'once, regardless of the strategy',
    fix: 'Use another instance family, for example inf2, or "all-at-once".',
    source: `${GUIDE}, "Exclusions": Inf1`,
  },
  {
    option: 'deployment.bakeSeconds',
    refuses: ({ instanceType }, { strategy, bakeSeconds }) => (
      isUnguarded(instanceType) && strategy === ALL_AT_ONCE && bakeSeconds > 0),
    allowed: ({ instanceType }) => `0 for ${instanceType}: SageMaker updates Inf1 instances without a bake`,
    fix: 'Use another instance family, or omit bakeSeconds.',
    source: `${GUIDE}, "Exclusions": Inf1, "no final baking period"`,
  },
  {
    option: 'deployment.stepPercent',
    refuses: ({ deployment }) => deployment?.stepPercent !== undefined && deployment.stepInstances !== undefined,
    allowed: () => 'either stepInstances or stepPercent',
    fix: 'Omit one of the two options.',
    source: `${API}, CapacitySize: one type and one value`,
  },
  ...(['stepInstances', 'stepPercent', 'waitSeconds'] as const).map((name): Refusal => ({
    option: `deployment.${name}`,
    refuses: ({ deployment }, { strategy }) => strategy === ALL_AT_ONCE && deployment?.[name] !== undefined,
    allowed: shape => `no value with "${ALL_AT_ONCE}", which `
      + (fewest(shape) < 2 ? 'is the strategy for one instance' : 'moves all traffic in one step'),
    fix: 'Omit it, or choose another strategy; bakeSeconds is the time after all traffic has moved.',
    source: `${API}, TrafficRoutingConfig: sizes and waits are between steps`,
  })),
  ...(['stepInstances', 'stepPercent'] as const).map((name): Refusal => ({
    option: `deployment.${name}`,
    refuses: (shape, shift) => {
      const given = shape.deployment?.[name];
      const size = name === 'stepInstances' ? { instances: given ?? 0 } : { percent: given ?? 0 };
      return given !== undefined && shift.strategy !== ALL_AT_ONCE && isPossible(shape, shift)
        && !ends(shape).every(all => isInRange(size, shift, all));
    },
    allowed: (shape, { strategy }) => {
      const all = fewest(shape);
      return name === 'stepInstances' ? `${allowedInstances(strategy, ends(shape))} for "${strategy}"`
        : `${Math.ceil(100 * range(strategy, all)[0] / all)} to 50 percent of ${plural(all)} for "${strategy}", which `
          + 'is at least one instance';
    },
    fix: 'Change it, or omit it for the smallest part that the strategy allows.',
    source: `${API}, TrafficRoutingConfig (canary up to 50 %, linear 10 to 50 %) and RollingUpdatePolicy (5 to 50 %); `
      + 'the minimum of one instance is ours',
  })),
  {
    option: 'deployment.bakeSeconds',
    refuses: ({ deployment }, { strategy }) => strategy === ROLLING && (deployment?.bakeSeconds ?? 0) > 0,
    allowed: () => `0 with "${ROLLING}", which removes old instances with each batch and keeps none for a bake`,
    fix: 'Omit it and give each batch more time (waitSeconds), or choose "linear".',
    source: `${API}, RollingUpdatePolicy: it has no TerminationWaitInSeconds`,
  },
  {
    option: 'deployment.waitSeconds',
    refuses: (shape, { strategy, timeoutSeconds }) => timeoutSeconds > MAXIMUM_SECONDS && strategy !== ALL_AT_ONCE
      && isPossible(shape, { strategy } as TrafficShift),
    allowed: (_, { timeoutSeconds, waits }) => `waits that keep a deployment below ${MAXIMUM_SECONDS} s, including the `
      + `time for its instances; with ${waits} waits it takes up to ${timeoutSeconds} s`,
    fix: 'Shorten the waits, or move more at a time (stepInstances, stepPercent).',
    source: `${API}, MaximumExecutionTimeoutInSeconds: at most 28,800; the time for instances is ours`,
  },
  {
    option: 'deployment.alarms',
    // Percentages have a value wherever they come from.
    refuses: ({ deployment: { alarms } = {} }, shift) => !isWatched(shift) && alarms !== undefined && (
      alarms.p50LatencyMilliseconds !== undefined || alarms.p99LatencyMilliseconds !== undefined
      || (alarms.ownAlarmNames ?? []).length > 0),
    allowed: () => 'no value, because alarms would have no time: all traffic moves at once, without a bake',
    fix: 'Add bakeSeconds, for example 600, or omit the alarms.',
    source: `${GUIDE}, "Auto-Rollback Configuration and Monitoring": alarms are looked at in baking periods`,
  },
  {
    option: 'deployment.probe',
    refuses: ({ deployment }, shift) => !isWatched(shift) && deployment?.probe === true,
    allowed: () => 'false, because nothing can be asked: all traffic moves at once, without a bake',
    fix: 'Add bakeSeconds, for example 600, or omit probe: the smoke test sends the golden rows.',
    source: `${GUIDE}, "Auto-Rollback Configuration and Monitoring": alarms are looked at in baking periods`,
  },
  {
    option: 'deployment.watchSeconds',
    refuses: ({ deployment }, shift) => !isWatched(shift) && (deployment?.watchSeconds ?? 0) > 0,
    allowed: () => '0, because there are no alarms to watch: all traffic moves at once, without a bake',
    fix: 'Add bakeSeconds, for example 600, which brings the alarms, or omit watchSeconds.',
    source: 'ours: the alarms that are watched are those of the deployment',
  },
  {
    option: 'deployment.alarms.ownAlarmNames',
    refuses: (_, shift) => isWatched(shift) && ownAlarms(shift) + shift.alarms.ownAlarmNames.length > MAXIMUM_ALARMS,
    allowed: (_, shift) => `at most ${MAXIMUM_ALARMS - ownAlarms(shift)} names in addition to the ${ownAlarms(shift)} `
      + 'alarms that the deployment creates',
    fix: 'Remove some, or combine them in one alarm.',
    source: `${API}, AutoRollbackConfig: at most 10 alarms`,
  },
];

/** What does not go together in an endpoint. */
export function refusals(shape: EndpointShape): ReadonlyArray<Omit<Refusal, 'refuses' | 'allowed'> & {
  readonly text: string;
}> {
  const ofKind = KIND_MATRIX.filter(({ refuses }) => refuses(shape))
    .map(({ allowed, ...refusal }) => ({ ...refusal, text: `${allowed(shape)} (${refusal.source})` }));
  const { deployment, kind } = shape;
  // How a fleet is updated has no meaning while it is not known what it is.
  if (deployment === undefined || !onInstances(kind) || ofKind.length > 0) { return ofKind; }
  const shift = trafficShift(deployment, fleetOf(shape));
  return ENDPOINT_MATRIX.filter(({ refuses }) => refuses(shape, shift))
    .map(({ allowed, ...refusal }) => ({ ...refusal, text: `${allowed(shape, shift)} (${refusal.source})` }));
}
