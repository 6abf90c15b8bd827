import type { ApiType } from '../../options/api';

/** The API in front of an endpoint, as its metrics name it. */
export interface DashboardApi {
  /** Kind of the API; each publishes metrics of its own. */
  readonly type: ApiType;
  /** Its ID in API Gateway; HTTP APIs are known by it. */
  readonly apiId: string;
  /** Its name in API Gateway; REST APIs are known by it. */
  readonly apiName: string;
}
