/** A serverless endpoint: SageMaker starts and stops its compute automatically, and bills by request. */
export interface ServerlessOptions {
  /**
   * Memory in MB; compute grows with it. The model and its container must fit in it.
   *
   * @values [1024, 2048, 3072, 4096, 5120, 6144]
   * @default 2048
   */
  readonly memorySizeInMB?: number;

  /**
   * Requests that the endpoint answers at the same time; further ones are throttled. All serverless endpoints of an
   * account and region share a quota.
   *
   * @asType integer
   * @minimum 1
   * @maximum 200
   * @default 5
   */
  readonly maxConcurrency?: number;

  /**
   * Requests for which compute is kept running, so that they meet no cold start; at most `maxConcurrency`. You pay for
   * it all the time.
   *
   * @asType integer
   * @minimum 1
   * @maximum 200
   * @default - none
   */
  readonly provisionedConcurrency?: number;
}
