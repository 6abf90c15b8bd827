import type { ApiSettings } from './settings';
import type { PlannedRole } from '../roles/role-model';

/** The alias through which the API calls its handler. */
export const LIVE = 'live';

/** How the names of the alarms of a handler's version go on after the endpoint's name and a slash. */
export const API_ALARMS = 'api-';

/** What the output of an environment's stack is called that has the API's address. */
export const API_ADDRESS = 'Where the API is called';

/** Folder of predictions in their bucket, by the hour in which they came (UTC). */
export const PREDICTIONS = 'predictions/';

/** How the name of the alarm on predictions that the handler gave up goes on after the stream's. */
export const LOST = '-lost';

/** An API in front of an endpoint, by its names. */
export interface NamedApi {
  readonly settings: ApiSettings;
  readonly apiName: string;
  /** Log group of the API's accesses. */
  readonly accessLog: string;
  /** The handler; its alias `live` is what the API calls. */
  readonly functionName: string;
  /** Functions that CodeDeploy has test a new version before requests move, and after. */
  readonly beforeTraffic: string;
  readonly afterTraffic: string;
  /** CodeDeploy's application and its only deployment group. */
  readonly application: string;
  readonly deploymentGroup: string;
  /** CodeDeploy's configuration; its own name for all at once. */
  readonly deploymentConfig: string;
  /** Where predictions are kept, if they are. */
  readonly predictions?: {
    readonly stream: string;
    readonly bucket: string;
    /** Log group of what could not be delivered. */
    readonly log: string;
  };
}

/** The roles around an API. */
export interface ApiRoles {
  /** The handler's own: invokes the endpoint. */
  readonly apiHandler?: PlannedRole;
  /** API Gateway's: calls the alias. */
  readonly apiGateway?: PlannedRole;
  /** Of the functions that test a new version. */
  readonly apiHooks?: PlannedRole;
  /** CodeDeploy's: moves the alias. */
  readonly apiShift?: PlannedRole;
  /** Assumed by the deploy pipeline: starts the shift, and returns the alias. */
  readonly apiRelease?: PlannedRole;
  /** The delivery stream's: writes predictions. */
  readonly apiPredictions?: PlannedRole;
}
