import { arn } from '../arn';
import type { NamedDelivery } from '../model';
import type { Place } from '../place';
import type { OwnTrail, PlannedAudit } from './model';
import { forwardEvents } from '../roles/grants';
import type { PlannedRole, RoleId } from '../roles/role-model';

/** What is kept for auditors, with the roles of each account's trail. */
export function planAudit({ governance: { audit }, infrastructure }: NamedDelivery): PlannedAudit | undefined {
  return audit && {
    ...audit,
    trails: audit.trails.map(({ roles, ...trail }) => ({
      ...trail,
      roles: {
        forwarder: {
          ...roles.forwarder,
          purpose: 'Forwards signs of tampering with trail, keys, buckets and roles to the tooling account.',
          assumedBy: { service: 'events.amazonaws.com' },
          grants: [forwardEvents(infrastructure.busArn)],
        },
        ...(roles.logs && trail.trail ? { logs: trailLogsRole(roles.logs, trail.place, trail.trail) } : {}),
      },
    })),
  };
}

/** Last word of the name of CloudTrail's role, after the name of the trail. */
export const TRAIL_LOGS = 'traillogs';

/** CloudTrail's role for a log group of its own. */
export function trailLogsRole(id: RoleId, place: Place, { logGroup }: Pick<OwnTrail, 'logGroup'>): PlannedRole {
  return {
    ...id,
    purpose: 'Writes what CloudTrail logs to the log group of the trail, where filters look for changes of roles.',
    assumedBy: {
      service: 'cloudtrail.amazonaws.com',
      anyAccount: 'CloudTrail names no source when it assumes this role (CloudTrail user guide, "Role policy document '
        + 'for CloudTrail to use CloudWatch Logs").',
    },
    grants: [{
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [arn(place, 'logs', `log-group:${logGroup}:log-stream:*`)],
      why: "Writes the trail's events.",
      wildcard: 'CloudTrail generates the names of log streams.',
    }],
  };
}
