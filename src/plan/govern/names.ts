import { HOSTS } from '../../options/knowledge/hosts';
import { enginesOf } from '../engines';
import { trailLog } from '../logs';
import { namerFor } from '../names/planned-names';
import { type Place, placeOf, samePlace } from '../place';
import type { DeliverySettings, DeliverySource } from '../settings';
import type { DeliveryAuditTrail } from './settings';
import { TRAIL_LOGS } from './trail-roles';

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
      ...(approvalRecords && byWorkflows(delivery) ? { decisions: role(name, 'decisions') } : {}),
      ...(approvalRecords && ruleApproval ? { ruleApproval: role(name, 'ruleapproval') } : {}),
      ...(approvalRecords && jira ? { jira: role(name, 'jira'), jiraWebhook: role(name, 'jirawebhook') } : {}),
    },
  };
}

function nameDecisions(delivery: DeliverySettings, place: Place) {
  const { name, governance: { ruleApproval, jira, separationOfDuties } } = delivery;
  const { regional } = namerFor(place);
  return {
    place,
    stack: regional('stack', name, 'governance'),
    keyAlias: regional('keyAlias', name, 'governance'),
    recorder: regional('function', name, 'recorder'),
    ruleApproval: ruleApproval ? regional('function', name, 'ruleapproval') : undefined,
    jira: jira ? regional('function', name, 'jira') : undefined,
    jiraWebhook: jira ? regional('function', name, 'jirawebhook') : undefined,
    queue: regional('queue', name, 'decisions'),
    decisionRule: regional('rule', name, 'decisions'),
    approvalRule: regional('rule', name, 'approvalresults'),
    startRule: byWorkflows(delivery) ? regional('rule', name, 'starteddecisions') : undefined,
    pushRule: separationOfDuties && sourcesInAws(delivery).length > 0 ? regional('rule', name, 'pushes') : undefined,
    failures: regional('failures', name, 'governancefailures'),
    approvals: regional('failures', name, 'approvals'),
  };
}

function byWorkflows(delivery: DeliverySettings): boolean {
  return enginesOf(delivery).delivery === 'github-actions';
}

function nameAudit(delivery: DeliverySettings) {
  const { name, tooling, governance: { auditTrail, approvalRecords } } = delivery;
  if (!auditTrail) { return undefined; }
  const { existingTrailArn, existingBucketName } = auditTrail;
  const place = placeOf(auditTrail);
  const { regional, bucket } = namerFor(place);
  return {
    place,
    stack: regional('stack', name, 'audit'),
    keyAlias: regional('keyAlias', name, 'audit'),
    trailBucket: existingTrailArn === undefined ? bucket(name, 'trail') : undefined,
    evidenceBucket: approvalRecords ? bucket(name, 'evidence') : undefined,
    queries: existingTrailArn === undefined || existingBucketName !== undefined ? {
      database: regional('database', name, 'audit'),
      workgroup: regional('workgroup', name, 'audit'),
      resultsBucket: bucket(name, 'answers'),
    } : undefined,
    reports: namerFor(placeOf(tooling)).regional('failures', name, 'tamperingreports'),
    trails: watched(delivery, place).map((where, i, all) => nameTrail(
      name, where, all.findIndex(({ account }) => account === where.account) === i, auditTrail,
    )),
  };
}

/** In the account's first region it has the trail, unless there is another; its roles have no region in their names. */
function nameTrail(
  name: string, place: Place, isFirst: boolean, { existingTrailArn, organizationId, account }: DeliveryAuditTrail,
) {
  const { regional, role } = namerFor(place);
  const own = isFirst && existingTrailArn === undefined && (organizationId === undefined || place.account === account);
  const where = isFirst ? [] : [place.region ?? ''];
  const trail = regional('trail', name, 'audit');
  return {
    place,
    // Stacks of one delivery have names of their own, wherever they are.
    stack: regional('stack', name, ...(place.account === undefined ? [] : [place.account]), ...where, 'trail'),
    keyAlias: regional('keyAlias', name, 'trail'),
    trail: own ? { name: trail, logGroup: trailLog(trail.name) } : undefined,
    alarms: regional('failures', name, 'tampering'),
    undelivered: regional('queue', name, 'tamperingundelivered'),
    roles: {
      forwarder: role(name, ...where, 'tamperingforwarder'),
      ...(own ? { logs: role(trail.name, TRAIL_LOGS) } : {}),
    },
  };
}

/** Every account and region of the delivery once; the audit account comes first, in the region of the trail. */
function watched({ tooling, deploymentGroups }: DeliverySettings, audit: Place): Place[] {
  const environments = deploymentGroups.flatMap(group => [group.buildEnvironment, ...group.deployEnvironments]);
  const all = [audit, tooling, ...environments].map(placeOf);
  return all.filter((place, i) => all.findIndex(other => samePlace(other, place)) === i);
}

/** The repositories of a delivery that are CodeCommit's, each once: of the models and of the infrastructure. */
export function sourcesInAws({ source, infrastructure }: DeliverySettings): DeliverySource[] {
  const all = [source, infrastructure.source].filter(one => HOSTS[one.type].inAws);
  return all.filter((one, i) => all.findIndex(other => other.repository === one.repository) === i);
}
