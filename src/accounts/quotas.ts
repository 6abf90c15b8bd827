import type { PreflightCheck } from './preflight-check';
import { EndpointKind } from '../options/endpoint';
import type { PlannedEnvironment } from '../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../plan/model';
import type { Place } from '../plan/place';

/** What the jobs of the SageMaker pipeline run on unless a group says otherwise: `config/parameters.json`. */
export interface JobDefaults {
  readonly trainingType?: string;
  readonly trainingCount?: number;
  /** Whether training runs on spot instances, which have a quota of their own. */
  readonly spot?: boolean;
  readonly processingType?: string;
  readonly processingCount?: number;
}

/** Instances that are needed at the same time in one place. */
interface Need {
  readonly place: Place;
  readonly type: string;
  readonly count: number;
}

/**
 * Names of quotas are those of Service Quotas; codes differ for each type (AWS general reference, "Amazon SageMaker AI
 * endpoints and quotas"). Beside the quota of a type there is one for all types together.
 */
const OF_ALL = {
  'endpoint': 'Number of instances across active endpoints',
  'training job': 'Number of instances across all training jobs',
  'spot training job': 'Number of instances across all spot training jobs',
  'processing job': 'Number of instances across all processing jobs',
} as const;

type Usage = keyof typeof OF_ALL;

/** Quotas for the instances of endpoints and jobs, all that run in one place at the same time together. */
export function quotaChecks(plan: DeliveryPlan, jobs: JobDefaults = {}): PreflightCheck[] {
  return [...endpointQuotas(plan), ...jobQuotas(plan, jobs)];
}

/**
 * An update makes a new fleet and removes the old one after that (SageMaker API reference, UpdateEndpoint), so an
 * endpoint has its instances twice meanwhile. Groups deploy at the same time, and so do the environments of a wave;
 * waves of a group follow each other. What endpoints of others run on is looked up, ours are left out there by name.
 */
function endpointQuotas({ groups }: DeliveryPlan): PreflightCheck[] {
  const all = instancesOf(groups.flatMap(group => group.environments));
  const names = new Map<string, string[]>();
  groups.flatMap(group => group.environments).forEach(({ place, endpointName }) =>
    names.set(keyOf(place), [...names.get(keyOf(place)) ?? [], endpointName]));
  return inPlaces(all).flatMap(({ place, needs, sum }) => {
    const check = (usage: { type?: string; steady: number }, name: string) => {
      const update = groups.reduce((n, group) => n + largestWave(group, place, usage.type), 0);
      return quotaCheck(place, name, usage.steady + update, `; ${update} of them while endpoints are updated`, {
        endpoints: names.get(keyOf(place))!, ...(usage.type ? { type: usage.type } : { total: true }),
      });
    };
    return [
      ...needs.map(({ type, count }) => check({ type, steady: count }, `${type} for endpoint usage`)),
      check({ steady: sum }, OF_ALL.endpoint),
    ];
  });
}

/** The most instances that one wave of a group has in a place. */
function largestWave({ waves }: PlannedGroup, place: Place, type?: string): number {
  return Math.max(0, ...waves.map(({ environments }) => instancesOf(environments)
    .filter(need => keyOf(need.place) === keyOf(place) && (type === undefined || need.type === type))
    .reduce((sum, { count }) => sum + count, 0)));
}

function instancesOf(environments: readonly PlannedEnvironment[]): Need[] {
  return environments.filter(({ endpoint }) => endpoint.kind === EndpointKind.REALTIME)
    .map(({ place, endpoint: { instanceType: type, instanceCount: count } }) => ({ place, type, count }));
}

/** One run of each group's pipeline; its steps follow each other, those of different groups do not. */
function jobQuotas({ groups }: DeliveryPlan, jobs: JobDefaults): PreflightCheck[] {
  const needs = (kind: 'Training' | 'Processing', type?: string, count?: number): Need[] =>
    groups.flatMap(({ build: { place }, parameters }) => {
      const [own, instances] = [parameters[`${kind}InstanceType`] ?? type, parameters[`${kind}InstanceCount`] ?? count];
      return typeof own === 'string' ? [{ place, type: own, count: Number(instances ?? 1) }] : [];
    });
  const training: Usage = jobs.spot ? 'spot training job' : 'training job';
  const used: ReadonlyArray<readonly [Usage, readonly Need[]]> = [
    [training, needs('Training', jobs.trainingType, jobs.trainingCount)],
    ['processing job', needs('Processing', jobs.processingType, jobs.processingCount)],
  ];
  return used.flatMap(([usage, needed]) => inPlaces(needed).flatMap(({ place, needs: types, sum }) => [
    ...types.map(({ type, count }) => quotaCheck(place, `${type} for ${usage} usage`, count)),
    quotaCheck(place, OF_ALL[usage], sum, '', { total: true }),
  ]));
}

/** What is needed in each place: of each type, and together. */
function inPlaces(needs: readonly Need[]): Array<{ place: Place; needs: Need[]; sum: number }> {
  const keys = [...new Set(needs.map(({ place }) => keyOf(place)))];
  return keys.map(key => {
    const here = needs.filter(({ place }) => keyOf(place) === key);
    const count = (of: readonly Need[]) => of.reduce((sum, need) => sum + need.count, 0);
    const types = [...new Set(here.map(({ type }) => type))];
    const { place } = here[0];
    return {
      place, sum: count(here),
      needs: types.map(type => ({ place, type, count: count(here.filter(need => need.type === type)) })),
    };
  });
}

function keyOf({ account, region }: Place): string {
  return JSON.stringify([account, region]);
}

function quotaCheck(
  { account, region }: Place, name: string, value: number, why = '', more: PreflightCheck['wants'] = {},
): PreflightCheck {
  const beside = 'endpoints' in more ? 'what other endpoints run' : 'what other jobs run';
  return {
    kind: 'quota',
    title: `Quota "${name}": ${value}${why}`,
    place: { account, region },
    wants: { name, value, ...more },
    fix: `Ask for it: Service Quotas, Amazon SageMaker, "${name}", ${value} or more beside ${beside}; or take another `
      + 'instance type, or fewer instances.',
  };
}
