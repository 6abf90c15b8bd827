import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, Stack } from 'aws-cdk-lib/core';
import { Delivery, infra } from '../../../src';
import { ObjectLockMode } from '../../../src/options/audit-trail';
import { checkedPlan } from '../../../src/plan/check';
import { evidenceUsers } from '../../../src/plan/govern/evidence-users';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const { gxp } = DELIVERIES;

function made(delivery = gxp): Json {
  const stack = new Stack(new App(), 'Audit', { env: { account: '999999999999', region: 'eu-west-1' } });
  new infra.EvidenceStore(stack, 'Evidence', { delivery: Delivery.of(delivery), key: new kms.Key(stack, 'Key') });
  return Template.fromStack(stack).toJSON();
}

const resources = (template: Json, type: string): Json[] => (Object.values(template.Resources) as Json[])
  .filter(resource => resource.Type === type).map(resource => resource.Properties);

function statements(template: Json): { [sid: string]: Json } {
  const policies = [...resources(template, 'AWS::S3::BucketPolicy'), ...resources(template, 'AWS::KMS::Key')]
    .map(policy => (policy.PolicyDocument ?? policy.KeyPolicy).Statement as Json[]);
  const [evidence] = policies.filter(all => all.some(one => one.Sid === 'NobodyElseWrites'));
  const key = policies[policies.length - 1];
  return Object.fromEntries([...evidence, ...key].filter(one => one.Sid).map(one => [one.Sid, one]));
}

/** Names of roles in a condition on the ARN of the principal. */
const named = (statement: Json): string[] => [
  Object.values(statement.Condition).flatMap((operator: Json) => operator['aws:PrincipalArn'] ?? []),
].flat().map(arn => JSON.stringify(arn)).map(arn => /role\/([\w-]+)/.exec(arn)![1]).sort();

test('every object is locked for all years, and no rule of the life cycle removes any', () => {
  const buckets = resources(made(), 'AWS::S3::Bucket').filter(bucket => bucket.ObjectLockEnabled);
  expect(buckets).toHaveLength(1);
  expect(buckets[0].ObjectLockConfiguration).toEqual({
    ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Days: 3653, Mode: 'GOVERNANCE' } },
  });
  expect(buckets[0].LifecycleConfiguration.Rules).toEqual([
    { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
  ]);
  expect(buckets[0].VersioningConfiguration).toEqual({ Status: 'Enabled' });
  expect(buckets[0].LoggingConfiguration).toBeDefined();
});

test('compliance mode and other years are taken from the audit trail', () => {
  const auditTrail = { ...gxp.governance!.auditTrail, objectLock: ObjectLockMode.COMPLIANCE, retentionYears: 25 };
  const [bucket] = resources(made({ ...gxp, governance: { ...gxp.governance, auditTrail } }), 'AWS::S3::Bucket')
    .filter(one => one.ObjectLockEnabled);
  expect(bucket.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Days: 9132, Mode: 'COMPLIANCE' });
});

test('records have one writer, pushes the gates and the recorder; both alike in grant and in refusal', () => {
  const all = statements(made());
  expect(named(all.RecordsWriters)).toEqual(['churn-recorder']);
  expect(named(all.RecordsWriteOnceOneWriter)).toEqual(['churn-recorder']);
  expect(named(all.PushesWriters)).toEqual(named(all.PushesWriteOnceOneWriter));
  expect(named(all.PushesWriters)).toContain('churn-recorder');
  expect(named(all.PushesWriters).every(name => /gate|recorder/.test(name))).toBe(true);
  expect(all.NobodyElseWrites).toMatchObject({
    Effect: 'Deny', Principal: { AWS: '*' }, Action: ['s3:PutObject', 's3:ReplicateObject', 's3:RestoreObject'],
  });
  expect(named(all.NobodyElseWrites)).toEqual(named(all.EvidenceEncrypt));
});

test('nothing is replaced, removed, unlocked or held by anybody', () => {
  const all = statements(made());
  for (const name of ['RecordsWriteOnceNothingReplaced', 'PushesWriteOnceNothingReplaced']) {
    expect(all[name]).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:PutObject' });
    expect(all[name].Condition.Null).toEqual({ 's3:if-none-match': 'true' });
  }
  expect(all.NobodyRemoves).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
  expect(all.NobodyRemoves.Action).toEqual(expect.arrayContaining([
    's3:BypassGovernanceRetention', 's3:DeleteObjectVersion', 's3:PutObjectRetention',
  ]));
  expect(all.NobodyRemoves.Condition).toBeUndefined();
});

test('records are read by those who deploy and by those who approve, and only writers encrypt', () => {
  const all = statements(made());
  expect(named(all.RecordsReaders)).toEqual(expect.arrayContaining(['churn-main-approver', 'churn-recorder']));
  expect(named(all.RecordsReaders).some(name => /deployrunner/.test(name))).toBe(true);
  expect(named(all.EvidenceEncrypt)).toEqual([...new Set([
    ...named(all.RecordsWriters), ...named(all.PushesWriters),
  ])].sort());
  expect(JSON.stringify(all.EvidenceDecrypt.Condition.StringEquals)).toContain('s3.eu-west-1.amazonaws.com');
});

test('what the bucket allows follows from the policies of the roles', () => {
  const { plan } = checkedPlan(gxp);
  const { writers, readers, listers } = evidenceUsers(plan!);
  const names = (arns: readonly string[]) => arns.map(arn => arn.split('/').pop());
  expect(names(writers.records)).toEqual(['churn-recorder']);
  expect(names(readers.records)).toContain('churn-main-approver');
  // Whoever reads records must find the last one, and learn that one is not there yet.
  expect(listers).toEqual(expect.arrayContaining([...readers.records]));
});

test('a delivery without records has no store', () => {
  expect(() => made(DELIVERIES.twoGroups)).toThrow(/governance.approvalRecords/);
});
