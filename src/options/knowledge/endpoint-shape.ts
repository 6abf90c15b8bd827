import { largestCapacity, smallestCapacity } from './scaling-limits';
import { type Fleet, isWatched, trafficShift } from './traffic-shift';
import { type ApiOptions, ApiRelease } from '../api';
import type { AsynchronousOptions } from '../asynchronous';
import type { AutoscalingOptions } from '../autoscaling';
import type { BatchOptions } from '../batch';
import type { EndpointDeploymentOptions } from '../deployment';
import { EndpointKind, type EndpointOptions, type EndpointOverrideOptions } from '../endpoint';
import type { MonitoringOptions } from '../monitoring';
import type { ServerlessOptions } from '../serverless';

/** An endpoint as its options make it, as far as they have to go together. */
export interface EndpointShape {
  readonly kind: EndpointKind;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** Which options of instances were given for this very endpoint. */
  readonly givenInstances?: ReadonlyArray<'instanceType' | 'instanceCount'>;
  /** Captured share of the requests, in percent. */
  readonly dataCapturePercentage?: number;
  /** Whether its model runs in a VPC. */
  readonly inVpc?: boolean;
  /** How it is updated; none where nobody said so. */
  readonly deployment?: EndpointDeploymentOptions;
  readonly autoscaling?: AutoscalingOptions;
  readonly serverless?: ServerlessOptions;
  readonly asynchronous?: AsynchronousOptions;
  readonly batch?: BatchOptions;
  readonly dashboard?: boolean;
  readonly api?: ApiOptions;
  readonly monitoring?: MonitoringOptions;
}

/** A combination of kind and options that SageMaker does not allow, or would not do what was meant. */
export interface KindRefusal {
  /** The option that is told, in `endpoint`. */
  readonly option: string;
  readonly refuses: (shape: EndpointShape) => boolean;
  readonly allowed: (shape: EndpointShape) => string;
  readonly fix: string;
  /** Where it is known from; "ours" where it is a judgement. */
  readonly source: string;
}

/** What runs without instances of its own has neither their options nor their guardrails. */
export function onInstances(kind: EndpointKind): boolean {
  return kind !== EndpointKind.SERVERLESS && kind !== EndpointKind.BATCH;
}

/** Options of an endpoint that depend on its kind. */
export const OF_KIND = [
  'dataCapturePercentage', 'deployment', 'autoscaling', 'serverless', 'asynchronous', 'batch', 'dashboard',
] as const;

type Inherited = Partial<EndpointOptions>;

/**
 * The options of an environment's endpoint: its own before the project's. One of another kind than the project's does
 * not inherit what depends on the kind.
 */
export function inherited<P extends Inherited>(project: P, own: EndpointOverrideOptions): P & EndpointOverrideOptions {
  const isOfProject = own.kind === undefined || own.kind === (project.kind ?? EndpointKind.REALTIME);
  const ofKind = isOfProject ? {} : Object.fromEntries(OF_KIND.map(name => [name, undefined]));
  const capture = isOfProject ? {} : { dataCapturePercentage: 0 };
  // There is nothing that an API could be in front of.
  const api = own.kind === EndpointKind.BATCH ? { api: undefined } : {};
  // An endpoint of one release is never updated, so how the others are is nothing to it.
  const isApart = own.api?.release === ApiRelease.PER_RELEASE && project.api?.release !== ApiRelease.PER_RELEASE;
  return { ...project, ...ofKind, ...capture, ...api, ...(isApart ? { deployment: undefined } : {}), ...own };
}

/** Between which numbers of instances an endpoint is scaled. */
export function fleetOf({ instanceType, instanceCount, autoscaling }: EndpointShape): Fleet {
  return autoscaling === undefined ? { instanceType, instanceCount } : {
    instanceType,
    instanceCount: smallestCapacity(autoscaling, instanceCount),
    mostInstances: largestCapacity(autoscaling, instanceCount),
  };
}

/** The deployment of an endpoint in a delivery, which sends golden rows unless somebody says otherwise. */
export function probed(shape: EndpointShape): EndpointDeploymentOptions | undefined {
  const { kind, deployment } = shape;
  if (deployment === undefined || !onInstances(kind)) { return deployment; }
  const isPossible = kind === EndpointKind.REALTIME && isWatched(trafficShift(deployment, fleetOf(shape)));
  return { ...deployment, probe: deployment.probe ?? isPossible };
}
