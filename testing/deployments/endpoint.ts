import { type AlarmProperties, fires, metricOf } from './alarms';
import { Metrics, textOf } from './metrics';

/** How a model answers while a fault lasts: shares of the requests from 0 to 1, and times. */
export interface Behaviour {
  /** Status 500 and above. */
  readonly serverErrors?: number;
  /** Status 400 to 499. */
  readonly clientErrors?: number;
  /** No valid answer, without a status of an error. */
  readonly brokenAnswers?: number;
  readonly milliseconds?: number;
  /** Wrong predictions with status 200: no metric shows them. */
  readonly wrong?: number;
}

/** A model: how it behaves, by the seconds since its first request. */
export type Model = (age: number) => Behaviour;

/** An update policy as the template has it (SageMaker API reference, DeploymentConfig). */
export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy?: {
    readonly TrafficRoutingConfiguration: {
      readonly Type: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR';
      readonly WaitIntervalInSeconds?: number;
      readonly CanarySize?: Size;
      readonly LinearStepSize?: Size;
    };
    readonly TerminationWaitInSeconds?: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
  readonly RollingUpdatePolicy?: {
    readonly MaximumBatchSize: Size;
    readonly WaitIntervalInSeconds: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
  readonly AutoRollbackConfiguration?: { readonly Alarms: ReadonlyArray<{ readonly AlarmName: string }> };
}

interface Size { readonly Type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT'; readonly Value: number }

/** What is deployed on what, and who calls it. */
export interface Scenario {
  readonly instances: number;
  readonly config?: DeploymentConfig;
  readonly alarms: readonly AlarmProperties[];
  readonly old: Model;
  readonly next: Model;
  readonly requestsPerSecond: number;
  /** Seconds until new instances serve. */
  readonly startSeconds: number;
  /** How long is looked at. */
  readonly seconds: number;
  /** Whether golden rows are asked during the update. */
  readonly isProbed?: boolean;
  /** For how long after the update alarms have the endpoint returned. */
  readonly watchSeconds?: number;
}

/** What callers and the service saw. */
export interface Outcome {
  readonly end: 'deployed' | 'rolled back' | 'returned';
  /** The alarm that ended it. */
  readonly alarm?: string;
  readonly requests: number;
  /** Answers with an error, or none. */
  readonly failed: number;
  /** Answers that are wrong. */
  readonly wrong: number;
  /** Seconds from the first request to the new model until the deployment ended. */
  readonly seconds: number;
  /** Seconds in which the new model got requests, when it was rolled back. */
  readonly exposed: number;
  /** By minute: the share of requests that failed. */
  readonly failedShares: readonly number[];
}

const OLD = 'OldConfig';
export const NEW = 'NewConfig';
export const ENDPOINT = 'churn-main-prod';
export const VARIANT = 'AllTraffic';

/** Seconds before the update. */
const BEFORE = 600;

/** Seconds between golden rows (`tools/deploy/probe.py`). */
const PROBE_INTERVAL = 2;

/**
 * Seconds from an alarm to the update that returns the endpoint: two minutes in which it must fire still, and its
 * event, two builds and a pipeline's start, which are our guess.
 */
const RETURN_SECONDS = 300;

/** Numbers that are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/**
 * One part of an update: the share of the requests that the new instances get, and for how long alarms are looked at.
 */
interface Phase { readonly share: number; readonly seconds: number; readonly starts: boolean }

const instancesOf = ({ Type, Value }: Size, all: number) => (Type === 'INSTANCE_COUNT' ? Value : all * Value / 100);

/**
 * The phases of an update (SageMaker developer guide, "Blue/Green Deployments", "Rolling Deployments"): all traffic and
 * a bake; a canary, the rest, a bake; equal steps, a bake; or batches, each of which starts its instances first.
 */
function phases(config: DeploymentConfig | undefined, all: number): Phase[] {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  if (rolling) {
    const parts = Math.ceil(all / instancesOf(rolling.MaximumBatchSize, all));
    return Array.from({ length: parts }, (_, i) => ({
      share: Math.min(1, (i + 1) * instancesOf(rolling.MaximumBatchSize, all) / all),
      seconds: rolling.WaitIntervalInSeconds, starts: true,
    }));
  }
  const bake = { share: 1, seconds: blueGreen?.TerminationWaitInSeconds ?? 0, starts: false };
  const routing = blueGreen?.TrafficRoutingConfiguration;
  const wait = routing?.WaitIntervalInSeconds ?? 0;
  if (routing?.Type === 'CANARY') {
    return [{ share: instancesOf(routing.CanarySize!, all) / all, seconds: wait, starts: true }, bake];
  }
  if (routing?.Type === 'LINEAR') {
    const step = instancesOf(routing.LinearStepSize!, all) / all;
    const parts = Math.ceil(1 / step);
    return [...Array.from({ length: parts }, (_, i) => (
      { share: Math.min(1, (i + 1) * step), seconds: wait, starts: i === 0 })), bake];
  }
  return [{ ...bake, starts: true }];
}

/** Plays one update of an endpoint, second by second. */
export function deploy(scenario: Scenario): Outcome {
  const { config, instances, alarms, startSeconds } = scenario;
  const watched = alarms.filter(({ AlarmName }) => (
    config?.AutoRollbackConfiguration?.Alarms ?? []).some(alarm => alarm.AlarmName === AlarmName));
  const metrics = new Metrics();
  const callers = new Callers(scenario, metrics);
  const wait = (seconds: number, share: number) => callers.during(seconds, share);
  // Some minutes before, so that alarms on the old instances are in their state.
  wait(BEFORE, 0);
  const list = phases(config, instances);
  const begin = callers.second + startSeconds;
  for (const { share, seconds, starts } of list) {
    if (starts) { wait(startSeconds, callers.share); }
    callers.isProbed = scenario.isProbed ?? false;
    for (let passed = 0; passed < seconds; passed += 60) {
      wait(Math.min(60, seconds - passed), share);
      const fired = watched.find(alarm => fires(alarm, metrics, callers.second));
      if (fired) {
        // Rolling has removed old instances, which start again first; else the old fleet is still there.
        if (config?.RollingUpdatePolicy) { wait(startSeconds, share); }
        const end = callers.second;
        callers.isWatched = false;
        wait(Math.max(0, scenario.seconds - (end - BEFORE)), 0);
        return callers.outcome('rolled back', end - begin, fired.AlarmName);
      }
    }
    // Without a wait traffic moves all the same.
    callers.share = share;
  }
  const end = callers.second;
  callers.isProbed = false;
  const fired = watch(scenario, watched, callers, metrics);
  callers.isWatched = false;
  wait(Math.max(0, scenario.seconds - (callers.second - BEFORE)), fired ? 0 : 1);
  return fired ? callers.outcome('returned', callers.second - begin, fired.AlarmName)
    : callers.outcome('deployed', end - begin);
}

/** The time after an update: an alarm that fires has the endpoint returned, for which old instances start again. */
function watch(
  { watchSeconds = 0, startSeconds }: Scenario, alarms: readonly AlarmProperties[], callers: Callers, metrics: Metrics,
): AlarmProperties | undefined {
  for (let passed = 0; passed < watchSeconds; passed += 60) {
    callers.during(60, 1);
    const fired = alarms.find(alarm => fires(alarm, metrics, callers.second));
    if (fired) {
      callers.during(RETURN_SECONDS + startSeconds, 1);
      return fired;
    }
  }
  return undefined;
}

const variant = { EndpointName: ENDPOINT, VariantName: VARIANT };
const BOTH = textOf(variant);
const PROBED = textOf({ EndpointName: ENDPOINT, EndpointConfigName: NEW });
const [OF_OLD, OF_NEW] = [OLD, NEW].map(config => textOf({ ...variant, EndpointConfigName: config }));

/** Who calls the endpoint, and what they saw. */
class Callers {
  public second = 0;
  public share = 0;
  /** Whether metrics matter. */
  public isWatched = true;
  /** Whether golden rows are asked. */
  public isProbed = false;
  private readonly next = random(42);
  private readonly minutes = new Map<number, { requests: number; failed: number; wrong: number }>();
  private exposed = 0;
  private due = 0;
  private age = 0;

  public constructor(private readonly scenario: Scenario, private readonly metrics: Metrics) {}

  public during(seconds: number, share: number): void {
    this.share = share;
    for (let i = 0; i < seconds; i += 1) {
      this.due += this.scenario.requestsPerSecond;
      for (; this.due >= 1; this.due -= 1) { this.request(share); }
      if (this.isProbed && this.second % PROBE_INTERVAL === 0) { this.probe(share); }
      if (share > 0) { this.exposed += 1; this.age += 1; }
      this.second += 1;
    }
  }

  /** Golden rows, of which a wrong answer is counted; the share of the callers' requests does not count them. */
  private probe(share: number): void {
    const { isNew, failed, wrong } = this.answer(share);
    if (failed) { return; }
    this.metrics.record(this.second, metricOf(`sagemaker-cicd/${ENDPOINT}`, 'GoldenMismatches'), PROBED, (
      isNew && this.next() < wrong ? 1 : 0));
  }

  private request(share: number): void {
    const { failed, wrong } = this.answer(share);
    const minute = Math.floor(this.second / 60);
    const seen = this.minutes.get(minute) ?? { requests: 0, failed: 0, wrong: 0 };
    this.minutes.set(minute, seen);
    seen.requests += 1;
    seen.failed += failed ? 1 : 0;
    seen.wrong += !failed && this.next() < wrong ? 1 : 0;
  }

  /** One request, with the metrics that SageMaker publishes of it. */
  private answer(share: number): { readonly isNew: boolean; readonly failed: boolean; readonly wrong: number } {
    const isNew = this.next() < share;
    const behaviour = (isNew ? this.scenario.next : this.scenario.old)(this.age);
    const { serverErrors = 0, clientErrors = 0, brokenAnswers = 0, wrong = 0, milliseconds = 20 } = behaviour;
    const draw = this.next();
    const is = {
      server: draw < serverErrors, client: draw >= serverErrors && draw < serverErrors + clientErrors,
      broken: draw >= 1 - brokenAnswers,
    };
    for (const dimensions of this.isWatched ? [BOTH, isNew ? OF_NEW : OF_OLD] : []) {
      const send = (metric: string, value: number) => this.metrics.record(this.second, metric, dimensions, value);
      send('Invocation5XXErrors', is.server ? 1 : 0);
      send('Invocation4XXErrors', is.client ? 1 : 0);
      send('InvocationModelErrors', is.server || is.client || is.broken ? 1 : 0);
      send('ModelLatency', milliseconds * 1000 * (0.8 + 0.4 * this.next()));
    }
    return { isNew, failed: is.server || is.client || is.broken, wrong };
  }

  public outcome(end: Outcome['end'], seconds: number, alarm?: string): Outcome {
    const after = [...this.minutes].filter(([minute]) => minute >= BEFORE / 60).map(([, seen]) => seen);
    const sum = (of: 'requests' | 'failed' | 'wrong') => after.reduce((total, seen) => total + seen[of], 0);
    return {
      end, alarm, seconds, requests: sum('requests'), failed: sum('failed'), wrong: sum('wrong'),
      exposed: this.exposed,
      failedShares: after.map(({ requests, failed }) => failed / requests),
    };
  }
}
