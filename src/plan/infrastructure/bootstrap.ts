import { roleArn } from '../arn';
import type { Place } from '../place';
import { placeOf, samePlace } from '../place';
import type { DeliverySettings } from '../settings';
/** A role of the CDK bootstrap (CDK guide, "Bootstrapping template contract"). */
export function bootstrapRoleArn(delivery: DeliverySettings, kind: string, where: Place): string {
  return roleArn(
    where,
    `cdk-${delivery.infrastructure.bootstrapQualifier}-${kind}-role-`
      + `${where.account ?? '{account}'}-${where.region ?? '{region}'}`,
  );
}

/** Every account and region of a delivery, the tooling's first, each once. */
export function placesOf(delivery: DeliverySettings): Place[] {
  const { tooling, deploymentGroups, governance: { auditTrail } } = delivery;
  const environments = deploymentGroups.flatMap(group => [group.buildEnvironment, ...group.deployEnvironments]);
  // The deploy pipelines keep a bucket and a key in every region that they deploy to.
  const replicas = environments.map(e => ({ account: tooling.account, region: e.region }));
  const all = [tooling, ...environments, ...replicas, ...(auditTrail ? [auditTrail] : [])].map(placeOf);
  return all.filter((where, i) => all.findIndex(other => samePlace(other, where)) === i);
}
