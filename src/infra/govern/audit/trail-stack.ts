import type * as kms from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AccountTrail } from './account-trail';
import { TamperingEvents } from './tampering-events';
import type { Delivery } from '../../../delivery/delivery';
import { arn, bucketArn } from '../../../plan/arn';
import { loggedBuckets, watchedBuckets, watchedRoles } from '../../../plan/govern/audited';
import type { PlannedTrail } from '../../../plan/govern/model';
import { fill } from '../../shared/fill';
import { makeKey } from '../../shared/own-key';
import { planOf } from '../../shared/plan';
import { stackProps } from '../../shared/stack-props';

/** The trail of an account, and what watches for tampering in one of its regions. */
export class TrailStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery, trail: PlannedTrail) {
    const plan = planOf(delivery);
    const { stack, place, keyAlias, trail: own, alarms } = trail;
    const description = `Audit trail of ${plan.delivery.name}`;
    super(scope, id, { ...stackProps(plan, stack, description), env: place });
    const audit = plan.governance.audit!;
    const { existingTrailArn, organizationId, invocations } = plan.delivery.governance.auditTrail!;
    const filled = (text: string) => fill(this, text);
    const key = makeKey(this, 'Key', keyAlias, description) as kms.Key;
    if (own) {
      const isOrganizationTrail = organizationId !== undefined;
      const isAuditAccount = isOrganizationTrail || place.account === audit.place.account;
      new AccountTrail(this, 'Trail', {
        trailName: own.name,
        key,
        bucketName: filled(audit.trailBucket!),
        // By the alias, because the key's ID is not known before it exists.
        kmsKeyArn: filled(arn(audit.place, 'kms', `alias/${audit.keyAlias}`)),
        isOrganizationTrail,
        loggedBucketArns: loggedBuckets(plan, place.account, isOrganizationTrail).map(filled),
        lockedBucketArns: isAuditAccount ? [filled(bucketArn(audit.trailBucket!))] : [],
        endpointInvocations: invocations,
        watchedRoleNames: watchedRoles(plan, place.account, isOrganizationTrail),
        watchedBucketNames: loggedBuckets(plan, place.account, isOrganizationTrail).map(name =>
          filled(name).split(':').slice(5).join(':')),
        alarmPrefix: alarms,
      });
    }
    const trails = [
      ...(existingTrailArn === undefined ? [] : [existingTrailArn.split('/')[1]]),
      ...audit.trails.flatMap(one => one.trail?.name ?? []),
    ];
    const isAudit = place.account === audit.place.account && place.region === audit.place.region;
    new TamperingEvents(this, 'Tampering', {
      trail, key, busArn: plan.infrastructure.busArn,
      watched: {
        trails: [...new Set(trails)],
        buckets: watchedBuckets(plan, place).map(filled),
        locked: isAudit ? [audit.trailBucket, audit.evidenceBucket].flatMap(name => (name ? [filled(name)] : [])) : [],
      },
    });
  }
}
