import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Delivery } from '../../../delivery/delivery';
import { ObjectLockMode } from '../../../options/audit-trail';
import { OptionError } from '../../../options/engine/option-error';
import { EVIDENCE } from '../../../plan/govern/evidence-grants';
import { type EvidenceUsers, evidenceUsers } from '../../../plan/govern/evidence-users';
import type { DeliverySettings } from '../../../plan/settings';
import { fill } from '../../shared/fill';
import { letIn } from '../../shared/foreign-roles';
import { planOf } from '../../shared/plan';
import { PrivateBucket } from '../../shared/private-bucket';
import { accept } from '../../shared/suppress';
import { writeOnce } from '../../shared/write-once';

/** Properties of the store of evidence. */
export interface EvidenceStoreProps {
  /** The delivery; its options `governance.approvalRecords` and `governance.auditTrail` are on. */
  readonly delivery: Delivery;
  /** Encrypts the evidence, in the account and region of the audit trail; its policy is extended for the roles. */
  readonly key: kms.IKey;
}

type Audit = NonNullable<DeliverySettings['governance']['auditTrail']>;

/**
 * Keeps approval records, and who pushed each commit: a bucket whose objects are locked for the years of the audit
 * trail. Each of its two folders has its own writers, who can replace nothing; nobody else writes anywhere in it, and
 * nobody removes, unlocks or holds anything. Who may change the policies of bucket and key can end that, so put it into
 * an account that no developer administers; what was locked in compliance mode stays even then.
 *
 * @throws OptionError when the delivery is invalid or keeps no records
 */
export class EvidenceStore extends Construct {
  /** Keeps the evidence. */
  public readonly bucket: s3.Bucket;
  /** Says who read it. */
  public readonly accessLogs: s3.IBucket;

  public constructor(scope: Construct, id: string, { delivery, key }: EvidenceStoreProps) {
    super(scope, id);
    const plan = planOf(delivery);
    const name = plan.governance.audit?.evidenceBucket;
    const audit = plan.delivery.governance.auditTrail;
    if (name === undefined || audit === undefined) { throw notKept(); }
    const storage = new PrivateBucket(this, 'Evidence', { name, key, lock: lockOf(audit) });
    this.bucket = storage.bucket;
    this.accessLogs = storage.logs;
    const users = evidenceUsers(plan);
    this.letWrite(users);
    this.letRead(users);
    this.letUseKey(users, key);
    this.keepEverything();
    accept(this.bucket, {
      rule: 'NIST.800.53.R5-S3BucketReplicationEnabled',
      reason: 'Object Lock keeps every version; whether a copy in another region is needed, the organisation decides, '
        + 'whose backup can read the bucket.',
    });
  }

  private letWrite({ writers }: EvidenceUsers): void {
    for (const folder of FOLDERS) {
      const prefix = `${EVIDENCE[folder]}/`;
      if (writers[folder].length === 0) { continue; }
      this.bucket.addToResourcePolicy(letIn(this.bucket, {
        sid: `${NAMES[folder]}Writers`, roles: writers[folder], actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${prefix}*`)],
      }));
      writeOnce(this.bucket, { prefix, writers: writers[folder], name: NAMES[folder] });
    }
    const all = [...new Set(FOLDERS.flatMap(folder => writers[folder]))].sort();
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'NobodyElseWrites',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:PutObject', 's3:ReplicateObject', 's3:RestoreObject'],
      resources: [this.bucket.arnForObjects('*')],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': all.map(writer => fill(this, writer)) } },
    }));
  }

  private letRead({ readers, listers }: EvidenceUsers): void {
    for (const folder of FOLDERS) {
      if (readers[folder].length === 0) { continue; }
      this.bucket.addToResourcePolicy(letIn(this.bucket, {
        sid: `${NAMES[folder]}Readers`, roles: readers[folder], actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(`${EVIDENCE[folder]}/*`)],
      }));
    }
    if (listers.length > 0) {
      this.bucket.addToResourcePolicy(letIn(this.bucket, {
        sid: 'Listers', roles: listers, actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn],
      }));
    }
  }

  private letUseKey({ readers, writers }: EvidenceUsers, key: kms.IKey): void {
    const all = [readers, writers].flatMap(users => FOLDERS.flatMap(folder => users[folder]));
    const puts = FOLDERS.flatMap(folder => writers[folder]);
    // With this suffix in every partition (KMS guide, "Services that support the kms:ViaService condition key").
    const conditions = { StringEquals: { 'kms:ViaService': fill(key, 's3.{region}.amazonaws.com') } };
    for (const [sid, roles, action] of [
      ['EvidenceDecrypt', all, 'kms:Decrypt'], ['EvidenceEncrypt', puts, 'kms:GenerateDataKey'],
    ] as const) {
      if (roles.length > 0) {
        key.addToResourcePolicy(letIn(key, { sid, roles, actions: [action], resources: ['*'], conditions }));
      }
    }
  }

  private keepEverything(): void {
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'NobodyRemoves',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: [
        's3:BypassGovernanceRetention', 's3:DeleteBucket', 's3:DeleteObject', 's3:DeleteObjectVersion',
        's3:PutObjectLegalHold', 's3:PutObjectRetention', 's3:ReplicateDelete',
      ],
      resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
    }));
  }
}

const FOLDERS = ['records', 'pushes'] as const;
const NAMES = { records: 'Records', pushes: 'Pushes' } as const;

/** The lock of every object; leap days are counted, because S3 counts days and retention policies years. */
function lockOf({ objectLock, retentionYears }: Audit): s3.ObjectLockRetention {
  const duration = Duration.days(Math.ceil(retentionYears * 365.25));
  return objectLock === ObjectLockMode.COMPLIANCE
    ? s3.ObjectLockRetention.compliance(duration) : s3.ObjectLockRetention.governance(duration);
}

function notKept(): OptionError {
  return new OptionError([{
    path: 'governance.approvalRecords',
    value: 'false',
    allowed: 'true, with an audit trail',
    fix: 'Set it, or leave this construct out.',
  }]);
}
