import { type ApiOptions, ApiType } from '../../options/api';
import type { ApiAuthorizationOptions } from '../../options/api-authorization';
import type { ApiPredictionLogOptions } from '../../options/api-prediction-log';
import type { ApiRestOptions, ApiUsagePlanOptions } from '../../options/api-rest';
import { EnvironmentType } from '../../options/deployment-group';
import { type ApiShift, apiShift } from '../../options/knowledge/api-shift-steps';
import { type Filled, filled } from '../../options/schemas/filled';

/** An API's options with every default. */
export type ApiSettings = Omit<
  Filled<'ApiOptions', ApiOptions>,
  'shift' | 'bakeSeconds' | 'alarms' | 'authorization' | 'throttling' | 'rest' | 'predictionLog'
> & {
  readonly shift: ApiShift;
  readonly bakeSeconds: number;
  readonly alarms: { readonly serverErrorPercent: number; readonly p99LatencyMilliseconds: number };
  readonly authorization: Filled<'ApiAuthorizationOptions', ApiAuthorizationOptions>;
  readonly throttling: { readonly requestsPerSecond: number; readonly burst: number };
  readonly rest?: Omit<Filled<'ApiRestOptions', ApiRestOptions>, 'usagePlans'> & {
    readonly usagePlans: ReadonlyArray<Filled<'ApiUsagePlanOptions', ApiUsagePlanOptions>>;
  };
  readonly predictionLog?: Filled<'ApiPredictionLogOptions', ApiPredictionLogOptions>;
};

/** Seconds for which production keeps what was live before. */
export const BAKE_SECONDS = 600;

/**
 * Seconds that the handler takes at most. A REST API waits no longer than `timeoutSeconds`, so the handler answers a
 * second earlier: otherwise callers would get the gateway's answer, and nobody would count it.
 */
export function answerSeconds({ type, timeoutSeconds }: Pick<ApiSettings, 'type' | 'timeoutSeconds'>): number {
  return type === ApiType.REST ? Math.max(1, timeoutSeconds - 1) : timeoutSeconds;
}

/** Fills in every default of an API in an environment of this type. */
export function apiSettings(options: ApiOptions, type: EnvironmentType): ApiSettings {
  const given = filled('ApiOptions', options) as unknown as ApiSettings & ApiOptions;
  const { alarms } = given;
  return {
    ...given,
    shift: apiShift(options, type),
    bakeSeconds: options.bakeSeconds ?? (type === EnvironmentType.PROD ? BAKE_SECONDS : 0),
    alarms: {
      serverErrorPercent: alarms.serverErrorPercent,
      p99LatencyMilliseconds: alarms.p99LatencyMilliseconds ?? answerSeconds(given) * 1000,
    },
  };
}
