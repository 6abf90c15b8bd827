import type { BatchRoles, NamedBatch } from './batch/model';
import type { EnvironmentType } from '../../options/deployment-group';
import type { NetworkOptions } from '../../options/network';
import type { ApiRoles, NamedApi } from '../api/model';
import type { MonitoringRoles, NamedMonitoring } from '../monitor/model';
import type { Place } from '../place';
import type { PlannedRole, RoleIds } from '../roles/role-model';
import type { DeliveryEndpoint } from '../settings';

/**
 * Names of the actions of the deploy pipeline in one environment; environments that share a stage have actions of their
 * own.
 */
export interface EnvironmentActions {
  readonly check: string;
  /** The right to answer an approval is limited to this one. */
  readonly approve: string;
  readonly checkAgain: string;
  readonly changeSet: string;
  readonly execute: string;
  /** Moves the API to the new version. */
  readonly shift: string;
  /** Runs beside the execution of the change set. */
  readonly probe: string;
  readonly smokeTest: string;
}

/** What an account needs to tell the tooling account of an endpoint. */
export interface WatchedEndpoint {
  readonly place: Place;
  /** Rule that forwards. */
  readonly forwardRule: string;
  /** Queue of events that could not be forwarded, and the alarm on it. */
  readonly undelivered: string;
}

/** An environment that a group deploys to, by its names. */
export interface NamedEnvironment {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
  /** Stack with what the endpoint needs: key, buckets, roles. */
  readonly stack: string;
  /** Stack with the endpoint; only the deploy pipeline touches it. */
  readonly endpointStack: string;
  readonly keyAlias: string;
  readonly captureBucket: string;
  /** Assets of the endpoint stack below `assets/`, models from another region below `models/`. */
  readonly deploymentBucket: string;
  /** Model package group for copies, where the build is in another region. */
  readonly replicaGroup?: string;
  /** Whether that group is there already. */
  readonly existingModelPackageGroup: boolean;
  readonly endpointName: string;
  /** How events of the endpoint reach the delivery's bus in the tooling account; only if there is an endpoint. */
  readonly watched?: WatchedEndpoint;
  /** Dashboard of the endpoint, where it has one. */
  readonly dashboard?: string;
  /** Log group of the endpoint, or of transform jobs; SageMaker gives the name. */
  readonly endpointLog: string;
  readonly manualApproval: boolean;
  readonly endpoint: DeliveryEndpoint;
  /** What scores data in batches; only where the endpoint is of that kind. */
  readonly batch?: NamedBatch;
  /** The API in front of the endpoint, if there is one. */
  readonly api?: NamedApi;
  /** Monitors of the endpoint, or of what is scored in batches. */
  readonly monitoring?: NamedMonitoring;
  readonly actions: EnvironmentActions;
  /** Environment of the host whose reviewers let a deployment in; only where workflows deploy. */
  readonly hostEnvironment?: string;
  readonly roles: RoleIds<EnvironmentRoles>;
}

/** The same with its roles. */
export interface PlannedEnvironment extends NamedEnvironment {
  readonly roles: EnvironmentRoles;
}

/** The roles of a deploy environment. */
export interface EnvironmentRoles extends BatchRoles, ApiRoles, MonitoringRoles {
  /** Assumed by the deploy pipeline's CloudFormation actions. */
  readonly deploy: PlannedRole;
  /** Of the workflow's job that deploys here, in the tooling account; only where workflows deploy. */
  readonly shipper?: PlannedRole;
  /** Given to CloudFormation for the endpoint stack. */
  readonly cloudFormation: PlannedRole;
  /** Assumed by the deploy pipeline's checks and smoke test. */
  readonly verify: PlannedRole;
  /** Taken on after the smoke test: removes models and endpoint configurations that were replaced. */
  readonly retire: PlannedRole;
  /** Assumed to return the endpoint to a proven version at once; only if there is an endpoint. */
  readonly rollBack?: PlannedRole;
  /** Assumed by the preparation of a deployment: publishes what the endpoint stack consists of beside its template. */
  readonly publish: PlannedRole;
  /**
   * Assumed by the preparation of a deployment: brings the model to this region; only where the build is in another
   * one.
   */
  readonly replicate?: PlannedRole;
  /** The running model's own. */
  readonly model: PlannedRole;
}
