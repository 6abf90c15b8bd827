import type { CommonDeliveryOptions } from './common-delivery';
import type { EndpointOptions } from './endpoint';

/** The delivery of a model from commit to production: the content of `config/delivery.json`. */
export interface DeliveryOptions extends CommonDeliveryOptions {
  /**
   * The project's name: the first part of every name in AWS.
   *
   * @pattern ^[A-Za-z@][A-Za-z0-9@._/-]{0,127}$
   * @allowed 1 to 128 letters, digits, ".", "_", "-", "/" and "@", starting with a letter or "@"
   * @examples ["churn"]
   */
  readonly name: string;

  /** How models are served. `smokeTest` is required, because the constructs do not know the data. */
  readonly endpoint: EndpointOptions;
}
