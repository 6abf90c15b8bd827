import { placesOf } from './bootstrap';
import { EnvironmentType } from '../../options/deployment-group';
import { ENVIRONMENT_TYPES } from '../../options/knowledge/environment-types';
import type { Place } from '../place';
import type { DeliverySettings } from '../settings';

/** How the role of each deployer is called among those of the infrastructure. */
export const DEPLOYER_ROLES = {
  [EnvironmentType.DEV]: 'deployerDev', [EnvironmentType.PREPROD]: 'deployerPreprod',
  [EnvironmentType.PROD]: 'deployerProd',
} as const;

/** One of those names. */
export type DeployerRole = typeof DEPLOYER_ROLES[EnvironmentType];

/** The accounts and regions that one deployer reaches. */
export interface Reach {
  readonly type: EnvironmentType;
  readonly places: readonly Place[];
}

/**
 * What an account is for: the highest type of all that is in it. The tooling account, whose pipelines reach every other
 * one, and the audit account count as production; where decisions are recorded, so does an account in which models are
 * built: who may approve them is said there. Environments that share an account are one tier in this sense, because
 * nothing holds apart what the roles of one bootstrap can do there.
 */
export function accountType(delivery: DeliverySettings, account: string | undefined): EnvironmentType {
  const { tooling, deploymentGroups, governance: { auditTrail, approvalRecords } } = delivery;
  const decides = approvalRecords ? deploymentGroups.map(group => group.buildEnvironment.account) : [];
  if ([tooling.account, ...(auditTrail ? [auditTrail.account] : []), ...decides].includes(account)) {
    return EnvironmentType.PROD;
  }
  const types = delivery.deploymentGroups.flatMap(group => [group.buildEnvironment, ...group.deployEnvironments])
    .filter(environment => environment.account === account)
    .map(environment => ENVIRONMENT_TYPES.indexOf(environment.type));
  return ENVIRONMENT_TYPES[Math.max(0, ...types)];
}

/** One deployer for each type of account, with the places of exactly those accounts. */
export function reaches(delivery: DeliverySettings): Reach[] {
  const places = placesOf(delivery);
  return ENVIRONMENT_TYPES.map(type => ({
    type, places: places.filter(({ account }) => accountType(delivery, account) === type),
  })).filter(reach => reach.places.length > 0);
}
