import { type ApiOptions, ApiRelease } from '../api';
import { ApiShiftStrategy } from '../api-shift';
import { EnvironmentType } from '../deployment-group';

/** How requests move to a new version, with every value. */
export interface ApiShift {
  readonly strategy: ApiShiftStrategy;
  /** In the canary or in each step; 100 where all move at once. */
  readonly percent: number;
  /** Between the canary and the rest, or between two steps. */
  readonly minutes: number;
}

/** Share of the requests that a canary or a step has, in percent, unless an option says otherwise. */
export const STEP_PERCENT = 10;

/** Minutes between two steps. */
export const STEP_MINUTES = { [ApiShiftStrategy.CANARY]: 5, [ApiShiftStrategy.LINEAR]: 1 } as const;

/** How requests move in an environment of this type. */
export function apiShift({ shift, release }: Pick<ApiOptions, 'shift' | 'release'>, type: EnvironmentType): ApiShift {
  const isGradual = shift !== undefined || (release === ApiRelease.PER_RELEASE && type === EnvironmentType.PROD);
  const strategy = shift?.strategy ?? (isGradual ? ApiShiftStrategy.CANARY : ApiShiftStrategy.ALL_AT_ONCE);
  return strategy === ApiShiftStrategy.ALL_AT_ONCE ? { strategy, percent: 100, minutes: 0 } : {
    strategy, percent: shift?.percent ?? STEP_PERCENT, minutes: shift?.minutes ?? STEP_MINUTES[strategy],
  };
}

/** How long all requests take to move, in minutes. */
export function shiftMinutes({ strategy, percent, minutes }: ApiShift): number {
  return strategy === ApiShiftStrategy.LINEAR ? (Math.ceil(100 / percent) - 1) * minutes : minutes;
}
