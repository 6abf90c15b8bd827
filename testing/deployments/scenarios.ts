import { deploy, type Model, type Outcome, type Scenario } from './endpoint';
import { type Deployment, deploymentOf, templateOf } from './template';
import { DeploymentStrategy, type EndpointDeploymentOptions } from '../../src/options/deployment';
import { WATCH_SECONDS } from '../../src/options/knowledge/traffic-shift';

export const GOOD: Model = () => ({});

/** What a new model can do wrong; the seconds are from its first request. */
export const FAULTS = {
  'fails every request': () => ({ serverErrors: 1 }),
  'fails 5 % of the requests': () => ({ serverErrors: 0.05 }),
  'gives broken answers': () => ({ brokenAnswers: 1 }),
  'refuses half of the requests': () => ({ clientErrors: 0.5 }),
  'takes 45 s to answer': () => ({ milliseconds: 45_000 }),
  'fails after 15 minutes': age => (age < 900 ? {} : { serverErrors: 1 }),
  'fails after 90 minutes': age => (age < 5400 ? {} : { serverErrors: 1 }),
  'answers nonsense': () => ({ wrong: 1 }),
} as const satisfies { readonly [name: string]: Model };

export type Fault = keyof typeof FAULTS;

/** Four instances, two requests a second, five minutes for instances to start. */
export const FLEET = { instances: 4, requestsPerSecond: 2, startSeconds: 300, seconds: 2 * 3600 };

/**
 * The strategies with their defaults in a delivery; the last is what an environment that is not production has.
 */
export const STRATEGIES: { readonly [name: string]: EndpointDeploymentOptions | undefined } = {
  'canary': { strategy: DeploymentStrategy.CANARY, probe: true },
  'linear': { strategy: DeploymentStrategy.LINEAR, probe: true },
  'rolling': { strategy: DeploymentStrategy.ROLLING, probe: true },
  'all-at-once': { strategy: DeploymentStrategy.ALL_AT_ONCE, probe: true },
  'none': undefined,
};

/** Plays the deployment that a template describes. */
export function play(
  { config, alarms }: Deployment, next: Model, more: Partial<Scenario> = {},
): Outcome {
  // What is not in the template: the deploy pipeline probes, and watches for an hour, where there are alarms.
  const pipeline = config ? { isProbed: true, watchSeconds: WATCH_SECONDS } : {};
  return deploy({ ...FLEET, old: GOOD, ...pipeline, ...more, config, alarms, next });
}

/** The deployment of a strategy. */
export function deploymentWith(strategy: string): Deployment {
  return deploymentOf(templateOf(FLEET.instances, STRATEGIES[strategy]));
}

/** What a strategy comes to with a fault. */
export interface Cell { readonly strategy: string; readonly fault: Fault; readonly outcome: Outcome }

/** Every strategy with every fault. */
export function playAll(): Cell[] {
  return Object.keys(STRATEGIES).flatMap(strategy => {
    const deployment = deploymentWith(strategy);
    return (Object.keys(FAULTS) as Fault[]).map(fault => (
      { strategy, fault, outcome: play(deployment, FAULTS[fault]) }));
  });
}
