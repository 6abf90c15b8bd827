import type { DeliveryOptions } from '../options/delivery';

/** Which part of a delivery a construct stands for. */
export interface DeliveryGroupProps {
  /** The delivery, as in `config/delivery.json`. */
  readonly delivery: DeliveryOptions;

  /**
   * Name of the deployment group.
   *
   * @default - the delivery's only group; required when it has several
   */
  readonly group?: string;
}
