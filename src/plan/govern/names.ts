import { namerFor } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings } from '../settings';
import type { DeliveryAuditTrail } from './settings';

/** What a delivery has for its governance; every part is there only if its control is on. */
export function nameGovernance(delivery: DeliverySettings) {
  const { name, governance: { approvalRecords, ruleApproval, jira } } = delivery;
  const tooling = placeOf(delivery.tooling);
  const { role } = namerFor(tooling);
  return {
    audit: nameAudit(delivery),
    decisions: approvalRecords ? nameDecisions(delivery, tooling) : undefined,
    roles: {
      ...(approvalRecords ? { recorder: role(name, 'recorder') } : {}),
      ...(approvalRecords && ruleApproval ? { ruleApproval: role(name, 'ruleapproval') } : {}),
      ...(approvalRecords && jira ? { jira: role(name, 'jira') } : {}),
    },
  };
}

function nameDecisions({ name, governance: { ruleApproval, jira } }: DeliverySettings, place: Place) {
  const { regional } = namerFor(place);
  return {
    place,
    stack: regional('stack', name, 'governance'),
    keyAlias: regional('keyAlias', name, 'governance'),
    recorder: regional('function', name, 'recorder'),
    ruleApproval: ruleApproval ? regional('function', name, 'ruleapproval') : undefined,
    jira: jira ? regional('function', name, 'jira') : undefined,
    jiraWebhook: jira ? regional('function', name, 'jirawebhook') : undefined,
    failures: regional('failures', name, 'governancefailures'),
  };
}

function nameAudit(delivery: DeliverySettings) {
  const { name, governance: { auditTrail, approvalRecords } } = delivery;
  if (!auditTrail) { return undefined; }
  const place = placeOf(auditTrail);
  const { regional, bucket } = namerFor(place);
  return {
    place,
    stack: regional('stack', name, 'audit'),
    keyAlias: regional('keyAlias', name, 'audit'),
    trailBucket: auditTrail.existingTrailArn === undefined ? bucket(name, 'trail') : undefined,
    evidenceBucket: approvalRecords ? bucket(name, 'evidence') : undefined,
    trails: watched(delivery, place).map(where => nameTrail(name, where, auditTrail, place)),
  };
}

function nameTrail(
  name: string, place: Place, { existingTrailArn, organizationId }: DeliveryAuditTrail, audit: Place,
) {
  const { regional } = namerFor(place);
  const own = existingTrailArn === undefined && (organizationId === undefined || place.account === audit.account);
  return {
    place,
    // Stacks of one delivery have names of their own, wherever they are.
    stack: regional('stack', name, ...(place.account === undefined ? [] : [place.account]), 'trail'),
    trail: own ? regional('trail', name, 'audit') : undefined,
    alarms: regional('failures', name, 'tampering'),
  };
}

/** Every account of the delivery once, in the region in which it comes first; the audit account's is the trail's. */
function watched({ tooling, deploymentGroups }: DeliverySettings, audit: Place): Place[] {
  const environments = deploymentGroups.flatMap(group => [group.buildEnvironment, ...group.deployEnvironments]);
  const all = [audit, tooling, ...environments].map(placeOf);
  return all.filter((place, i) => all.findIndex(other => other.account === place.account) === i);
}
