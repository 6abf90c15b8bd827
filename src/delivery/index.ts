export { checkDelivery } from './check';
export type { Delivery } from './delivery';
export { deliveryDiagram } from './diagram';
export { normaliseDelivery } from './normalise';
export { type DeliveryPlan, planDelivery } from './plan';
export { roleTable } from './role-table';
