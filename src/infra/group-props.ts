import type { Delivery } from '../delivery/delivery';

/** Which part of a delivery a construct is. */
export interface DeliveryGroupProps {
  /** The delivery. */
  readonly delivery: Delivery;

  /**
   * Name of the deployment group.
   *
   * @default - the delivery's only group; required when it has several
   */
  readonly group?: string;
}
