import type * as kms from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AuditQueries } from './audit-queries';
import { EvidenceStore } from './evidence-store';
import { retentionFloor } from './retention-floor';
import { TrailStorage } from './trail-storage';
import type { Delivery } from '../../../delivery/delivery';
import { approvingRoles, loggedPlaces } from '../../../plan/govern/audited';
import { placeOf, samePlace } from '../../../plan/place';
import { fill } from '../../shared/fill';
import { makeKey } from '../../shared/own-key';
import { planOf } from '../../shared/plan';
import { stackProps } from '../../shared/stack-props';

/** What is kept for auditors: in the audit account, if there is one. */
export class AuditStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const audit = plan.governance.audit!;
    const { stack, place, keyAlias, trailBucket, evidenceBucket, queries, trails } = audit;
    const { retentionYears, objectLock, organizationId, existingBucketName } = plan.delivery.governance.auditTrail!;
    super(scope, id, stackProps(plan, stack, `Audit trail and records of ${plan.delivery.name}`));
    const key = makeKey(this, 'Key', keyAlias, `Audit trail and records of ${plan.delivery.name}`) as kms.Key;
    // The delivery's bucket of access logs is in the tooling account.
    const { tooling, s3AccessLogsBucketArn } = plan.delivery;
    const existingLogs = samePlace(place, placeOf(tooling)) ? s3AccessLogsBucketArn : undefined;
    const filled = (text: string) => fill(this, text);
    if (trailBucket) {
      new TrailStorage(this, 'Trail', {
        bucketName: filled(trailBucket), key, organizationId, retentionYears, objectLock,
        trails: trails.flatMap(({ place: home, trail }) => (trail ? [{ trailName: trail.name, ...home }] : [])),
        accessLogsBucketArn: existingLogs,
      });
    }
    if (evidenceBucket) {
      const { bucket } = new EvidenceStore(this, 'Evidence', { delivery, key });
      retentionFloor(bucket, retentionYears);
    }
    if (queries) {
      const { accounts, regions } = loggedPlaces(audit);
      new AuditQueries(this, 'Queries', {
        databaseName: queries.database, workGroupName: queries.workgroup, resultsBucketName: queries.resultsBucket,
        trailBucketName: trailBucket === undefined ? existingBucketName! : filled(trailBucket), key, organizationId,
        accounts: accounts.map(filled), regions: regions.map(filled),
        approverRoleNames: [...new Set(approvingRoles(plan).map(({ name }) => name))],
        accessLogsBucketArn: existingLogs,
      });
    }
  }
}
