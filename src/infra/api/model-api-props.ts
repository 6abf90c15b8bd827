import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ApiOptions } from '../../options/api';
import type { SmokeTestOptions } from '../../options/smoke-test';

/** An API in front of an endpoint that is there already, or in the same app. */
export interface ModelApiProps {
  /** Name of the API, its functions and all else; two of one name cannot be in one account and region. */
  readonly apiName: string;

  /**
   * Name of the endpoint, for example `endpoint.endpoint.attrEndpointName` of a `ModelEndpoint`. With another name a new
   * version of the handler is bound to it, and requests move to it as `api.shift` says; keep the old endpoint until
   * then.
   */
  readonly endpointName: string;

  /** ARN of the model package that the endpoint serves; `/version` and the log of predictions tell it. */
  readonly modelPackageArn: string;

  /** Encrypts logs, predictions and settings; its policy is extended for CloudWatch Logs. */
  readonly key: IKey;

  /**
   * The API. `release` and `bakeSeconds` are for deliveries, whose deploy pipeline keeps the version before.
   *
   * @default {}
   */
  readonly api?: ApiOptions;

  /**
   * Path of the model's schema, `schema.json` in its artifact: what requests must be.
   *
   * @default - any body of the smoke test's content type is taken
   */
  readonly schemaFile?: string;

  /**
   * Path of golden rows with their answers, `golden.json` as an evaluation writes it. New versions must give the same
   * answers before requests move to them, and after.
   *
   * @default - none; new versions must answer the request of the smoke test
   */
  readonly goldenFile?: string;

  /**
   * Largest accepted difference between a number in the answer to a golden row and the golden one; relative if that is
   * larger than 1.
   *
   * @default 0.0001
   */
  readonly goldenTolerance?: number;

  /**
   * A request that the model answers. New versions must answer it before requests move to them.
   *
   * @default - none; without golden rows either, versions are not tested
   */
  readonly smokeTest?: SmokeTestOptions;

  /**
   * Where an asynchronous endpoint writes, without `output/`: its `asynchronousUri`. Requests go below `input/`.
   *
   * @default - the endpoint answers at once
   */
  readonly asynchronousUri?: string;

  /**
   * Number of the attempt, at least 1. A new number moves the API to a new version, whatever else is the same.
   *
   * @default 1
   */
  readonly attempt?: number;
}
