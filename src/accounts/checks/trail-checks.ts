import { leftoverCheck } from './leftover-checks';
import type { PlannedAudit } from '../../plan/govern/model';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedStack } from '../../plan/stacks/stack';
import type { PreflightCheck } from '../preflight-check';

const OLD_KEY = 'Nothing that is locked can be moved or deleted before its retention ends. Keep the old key as long as '
  + 'what is under it; new log files and records are under the new key.';

/** What is kept for auditors outlives its stack, all of it. */
export function auditLeftovers(
  { name }: PlannedStack, { place, trailBucket, evidenceBucket, queries }: PlannedAudit,
): PreflightCheck[] {
  const buckets = [trailBucket, evidenceBucket, queries?.resultsBucket].flatMap(bucket => bucket ?? []);
  return [leftoverCheck(name, { place, buckets, fix: OLD_KEY })];
}

/** Room for a trail; and its log group, which outlives the stack. */
export function trailChecks({ name }: PlannedStack, { trails }: PlannedAudit): PreflightCheck[] {
  const { place, trail } = trails.find(({ stack }) => stack === name)!;
  return trail ? [
    {
      kind: 'trail', title: `There is room for the trail ${trail.name}`, place, wants: { name: trail.name },
      fix: 'Delete a trail that nobody needs: CloudTrail has at most five in a region, and the number cannot be raised. '
        + 'Or name one of them in governance.auditTrail.existingTrailArn.',
    },
    leftoverCheck(name, { place, logs: [trail.logGroup], fix: OLD_KEY }),
  ] : [];
}

/** The trail that the options name. */
export function existingTrail({ delivery: { governance, tooling } }: DeliveryPlan): PreflightCheck[] {
  const arn = governance.auditTrail?.existingTrailArn;
  if (arn === undefined) { return []; }
  const [, , , region, account] = arn.split(':');
  // Of a delivery without accounts there is one account, and it is the trail's.
  return [{
    kind: 'trail', title: 'The trail that the options name logs everything', wants: { arn },
    place: tooling.account === undefined ? { region } : { account, region },
    fix: 'Correct governance.auditTrail.existingTrailArn, or have the trail log all management events of all regions, '
      + 'with validation of its log files and under a KMS key.',
  }];
}
