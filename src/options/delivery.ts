import type { CommonDeliveryOptions } from './common-delivery';
import type { EndpointOptions } from './endpoint';

/** The whole way of a model from a commit to production: what `config/delivery.json` holds. */
export interface DeliveryOptions extends CommonDeliveryOptions {
  /**
   * The project's name: the first part of every name in AWS.
   *
   * @pattern ^[A-Za-z@][A-Za-z0-9@._/-]{0,127}$
   * @allowed 1 to 128 letters, digits, ".", "_", "-", "/" and "@", the first a letter or "@"
   * @examples ["churn"]
   */
  readonly name: string;

  /** How models are served; the constructs know no data, so the smoke test has to be given. */
  readonly endpoint: EndpointOptions;
}
