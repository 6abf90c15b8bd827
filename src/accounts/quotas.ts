import { ENDPOINT_CHECKS, type Instances } from './endpoint-kinds';
import type { PreflightCheck } from './preflight-check';
import { EndpointKind } from '../options/endpoint';
import { filled } from '../options/schemas/filled';
import type { PlannedEnvironment } from '../plan/endpoint/model';
import { ANY_RELEASE, isPerRelease } from '../plan/endpoint/served-names';
import type { DeliveryPlan, PlannedGroup } from '../plan/model';
import { COMPACTION_JOB } from '../plan/monitor/times';
import { type Place, placeOf, samePlace } from '../plan/place';

/** What the jobs of the SageMaker pipeline run on unless a group says otherwise: `config/parameters.json`. */
export interface JobDefaults {
  readonly trainingType?: string;
  readonly trainingCount?: number;
  /** Whether training runs on spot instances, which have a quota of their own. */
  readonly spot?: boolean;
  /** Trials that a tuning runs at the same time, each on instances of its own. */
  readonly parallelTrials?: number;
  readonly processingType?: string;
  readonly processingCount?: number;
}

/** Instances that are needed at the same time in one place. */
interface Need extends Instances {
  readonly place: Place;
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
  'transform job': 'Number of instances across all transform jobs',
} as const;

type Usage = keyof typeof OF_ALL;

/**
 * An update makes a new fleet and removes the old one after that (SageMaker API reference, UpdateEndpoint), so an
 * endpoint has its instances twice meanwhile. Where each package has an endpoint of its own, both are there until the
 * bake is over; one that failed is removed before another is made. Groups deploy at the same time, and so do the
 * environments of a wave;
 * waves of a group follow each other. What endpoints of others run on is looked up, ours are left out there by name.
 */
export function endpointQuotas({ groups }: DeliveryPlan): PreflightCheck[] {
  const environments = groups.flatMap(group => group.environments);
  return inPlaces(instancesOf(environments)).flatMap(({ place, needs, sum }) => {
    const endpoints = environments.filter(e => samePlace(e.place, place)).map(ownEndpoints);
    const check = (usage: { type?: string; steady: number }, name: string) => {
      const update = groups.reduce((n, group) => n + largestWave(group, place, usage.type), 0);
      return quotaCheck(place, name, usage.steady + update, `; ${update} of them while endpoints are updated`, {
        endpoints, ...(usage.type ? { type: usage.type } : { total: true }),
      });
    };
    return [
      ...needs.map(({ type, count }) => check({ type, steady: count }, `${type} for endpoint usage`)),
      check({ steady: sum }, OF_ALL.endpoint),
    ];
  });
}

/** Name of an environment's endpoint; a pattern where each package has its own. */
function ownEndpoints(environment: PlannedEnvironment): string {
  return `${environment.endpointName}${isPerRelease(environment) ? ANY_RELEASE : ''}`;
}

/** The most instances that one wave of a group has in a place. */
function largestWave({ waves }: PlannedGroup, place: Place, type?: string): number {
  return Math.max(0, ...waves.map(({ environments }) => instancesOf(environments)
    .filter(need => samePlace(need.place, place) && (type === undefined || need.type === type))
    .reduce((sum, { count }) => sum + count, 0)));
}

function instancesOf(environments: readonly PlannedEnvironment[]): Need[] {
  return environments.flatMap(environment => ENDPOINT_CHECKS[environment.endpoint.kind].instances(environment)
    .map(need => ({ place: environment.place, ...need })));
}

/** One run of each group's pipeline; its steps follow each other, those of different groups do not. */
export function jobQuotas({ groups }: DeliveryPlan, jobs: JobDefaults): PreflightCheck[] {
  const needs = (kind: 'Training' | 'Processing', type?: string, count?: number, times = 1): Need[] =>
    groups.flatMap(({ build: { place }, parameters }) => {
      const [own, instances] = [parameters[`${kind}InstanceType`] ?? type, parameters[`${kind}InstanceCount`] ?? count];
      return typeof own === 'string' ? [{ place, type: own, count: Number(instances ?? 1) * times }] : [];
    });
  const training: Usage = jobs.spot ? 'spot training job' : 'training job';
  const why = (usage: Usage) => (
    usage === training && jobs.parallelTrials ? `; ${jobs.parallelTrials} trials run at the same time` : '');
  const used: ReadonlyArray<readonly [Usage, readonly Need[]]> = [
    [training, needs('Training', jobs.trainingType, jobs.trainingCount, jobs.parallelTrials)],
    ['processing job', needs('Processing', jobs.processingType, jobs.processingCount)],
  ];
  return used.flatMap(([usage, needed]) => inPlaces(needed).flatMap(({ place, needs: types, sum }) => [
    ...types.map(({ type, count }) => quotaCheck(place, `${type} for ${usage} usage`, count, why(usage))),
    quotaCheck(place, OF_ALL[usage], sum, why(usage), { total: true }),
  ]));
}

/** One execution of each score pipeline; further ones at the same time wait for nobody, and fail without a quota. */
export function transformQuotas({ groups }: DeliveryPlan): PreflightCheck[] {
  const needs = groups.flatMap(group => group.environments).filter(({ batch }) => batch !== undefined)
    .map(({ place, endpoint: { instanceType: type, instanceCount: count } }): Need => ({ place, type, count }));
  const why = '; more of them for executions that overlap';
  return inPlaces(needs).flatMap(({ place, needs: types, sum }) => [
    ...types.map(({ type, count }) => quotaCheck(place, `${type} for transform job usage`, count, why)),
    quotaCheck(place, OF_ALL['transform job'], sum, why, { total: true }),
  ]);
}

/**
 * Runs that overlap: in an hour all monitors of an environment and the job that fills its tables, at night those of all
 * environments. One that finds no instance waits, and is tried again; with a quota of 0, as in many new accounts, none
 * ever runs.
 */
export function monitorQuotas({ groups }: DeliveryPlan): PreflightCheck[] {
  const needs = groups.flatMap(group => group.environments).flatMap(({ place, monitoring }) => (
    monitoring === undefined ? [] : [COMPACTION_JOB, ...monitoring.settings.monitors].map(
      ({ instanceType: type }): Need => ({ place, type, count: 1 }))));
  const why = '; monitors run beside each other and beside what fills their tables';
  return inPlaces(needs).flatMap(({ place, needs: types, sum }) => [
    ...types.map(({ type, count }) => quotaCheck(place, `${type} for processing job usage`, count, why)),
    quotaCheck(place, OF_ALL['processing job'], sum, why, { total: true }),
  ]);
}

/**
 * What all serverless endpoints of a place may answer at the same time. The name is that of `L-96300102` in
 * repositories whose owners had to raise it, from 10 in a new account; with more, UpdateEndpoint fails in the middle of
 * a deployment.
 */
export const SERVERLESS_QUOTA = 'Maximum total concurrency that can be allocated across all serverless endpoints';

/** The concurrency of the delivery's serverless endpoints, with that of others beside it. */
export function serverlessQuotas({ groups }: DeliveryPlan): PreflightCheck[] {
  const environments = groups.flatMap(group => group.environments)
    .filter(({ endpoint }) => endpoint.kind === EndpointKind.SERVERLESS);
  const needs = environments.map(({ place, endpoint: { serverless } }): Need => ({
    place, type: 'serverless', count: filled('ServerlessOptions', serverless ?? {}).maxConcurrency,
  }));
  return inPlaces(needs).map(({ place, sum: steady }) => {
    const beside = concurrencyBeside(environments.filter(e => samePlace(e.place, place)));
    const sum = steady + beside;
    return {
      ...quotaCheck(
        place, SERVERLESS_QUOTA, sum, beside ? `; ${beside} of it while the endpoint before is still there` : '', {
          endpoints: environments.filter(e => samePlace(e.place, place)).map(ownEndpoints),
          type: 'serverless', total: true,
        }),
      fix: `Request it in Service Quotas, Amazon SageMaker, "${SERVERLESS_QUOTA}": ${sum} or more in addition to that of `
        + 'other endpoints. Or lower endpoint.serverless.maxConcurrency.',
    };
  });
}

/** Concurrency of endpoints that were replaced and are not removed yet. */
function concurrencyBeside(environments: readonly PlannedEnvironment[]): number {
  return environments.filter(isPerRelease).reduce((sum, { endpoint: { serverless } }) => (
    sum + filled('ServerlessOptions', serverless ?? {}).maxConcurrency), 0);
}

/**
 * Builds that run at the same time where the pipelines are. CodeBuild refuses what is above the quota, which is 1 in
 * many new accounts, and CodePipeline then fails the action ("Cannot have more than 1 builds in queue for the
 * account"). The names are those of `L-9D07B6EF` and `L-2DC20C30`.
 */
export function buildQuotas({ groups, stacks, engines }: DeliveryPlan): PreflightCheck[] {
  const { place } = groups[0].pipelines;
  const largest = Math.max(...groups.flatMap(group => group.waves.map(({ environments }) => environments.length)));
  const pipelines = stacks.some(({ kind }) => kind === 'pipeline') ? 1 : 0;
  const check = (size: string, value: number, why: string): PreflightCheck => {
    const name = `Concurrently running builds for Linux/${size} environment`;
    return {
      ...quotaCheck(place, name, value, why, { service: 'codebuild' }),
      fix: `Request it in Service Quotas, AWS CodeBuild, "${name}": ${value} or more in addition to what else is `
        + 'built.',
    };
  };
  // Workflows leave the return and the recording of each group to CodeBuild.
  if (engines.delivery !== 'codepipeline') {
    return [check('Small', groups.length + 1, '; one for each group that returns or records, and one more')];
  }
  return [
    check('Small', largest + 1, '; the environments of a stage are tested at the same time, and one more returns'),
    check('Medium', groups.length + pipelines, '; one for each pipeline that builds'),
  ];
}

/** What is needed in each place: of each type, and together. */
function inPlaces(needs: readonly Need[]): Array<{ place: Place; needs: Need[]; sum: number }> {
  const places = needs.map(({ place }) => place);
  return places.filter((place, i) => places.findIndex(other => samePlace(other, place)) === i).map(place => {
    const here = needs.filter(need => samePlace(need.place, place));
    const count = (of: readonly Need[]) => of.reduce((sum, need) => sum + need.count, 0);
    const types = [...new Set(here.map(({ type }) => type))];
    return {
      place, sum: count(here),
      needs: types.map(type => ({ place, type, count: count(here.filter(need => need.type === type)) })),
    };
  });
}

function quotaCheck(
  place: Place, name: string, value: number, why = '', more: PreflightCheck['wants'] = {},
): PreflightCheck {
  const beside = 'endpoints' in more ? 'what other endpoints run' : 'what other jobs run';
  return {
    kind: 'quota',
    title: `Quota "${name}": ${value}${why}`,
    place: placeOf(place),
    wants: { name, value, ...more },
    fix: `Request it in Service Quotas, Amazon SageMaker, "${name}": ${value} or more in addition to ${beside}. Or `
      + 'use another instance type, or fewer instances.',
  };
}
