import type { MediaType } from './limits';

/**
 * The request that is sent to an endpoint after each deployment; a wrong answer fails the deployment.
 *
 * @allowed an object with the body of a request that the model can answer
 */
export interface SmokeTestOptions {
  /**
   * The request's payload.
   *
   * @minLength 1
   * @maxLength 60000
   * @examples ["34,female,12.5"]
   */
  readonly body: string;

  /**
   * Media type of the payload.
   *
   * @default "text/csv"
   */
  readonly contentType?: MediaType;

  /**
   * Media type of the answer; JSON must parse, and JSON lists and CSV need as many entries as a CSV payload has
   * lines.
   *
   * @default "application/json"
   */
  readonly accept?: MediaType;

  /**
   * Longest time that an answer may take, in seconds, measured after one request to warm up.
   *
   * @exclusiveMinimum 0
   * @maximum 60
   * @default 30
   */
  readonly maxLatencySeconds?: number;
}
