import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Aspects, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { CONTROLS } from './trail-controls';
import { infra, ObjectLockMode } from '../../../src';
import { OptionError } from '../../../src/options/engine/option-error';
import { cleanUp, type Json, resources, temporary } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const PLACE = { account: '123456789012', region: 'eu-west-1' };

interface Alone {
  readonly stack: Stack;
  readonly trail: infra.AuditTrail;
}

function alone(more: Partial<infra.AuditTrailProps> = {}, env: object = PLACE): Alone {
  const stack = new Stack(new App({ outdir: temporary() }), 'Audit', { env });
  const masterKey = new Key(stack, 'TopicKey', { enableKeyRotation: true });
  const topic = new Topic(stack, 'Topic', { enforceSSL: true, masterKey });
  return { stack, trail: new infra.AuditTrail(stack, 'Trail', { trailName: 'models', topic, ...more }) };
}

const FULL: Partial<infra.AuditTrailProps> = {
  loggedBucketArns: ['arn:aws:s3:::evidence'], endpointInvocations: true, approverRoleNames: ['approver'],
};
const templateOf = (more?: Partial<infra.AuditTrailProps>) => Template.fromStack(alone(more).stack);

describe('an audit trail used alone', () => {
  const whole = templateOf(FULL).toJSON() as Json;

  test.each(CONTROLS)('has the control: $name', ({ holds }) => { expect(holds(whole)).toBe(true); });

  test.each(CONTROLS)('is seen to lack it when somebody drops it: $name', ({ name, drop }) => {
    const mutated = structuredClone(whole);
    drop(mutated);
    expect(CONTROLS.filter(({ holds }) => !holds(mutated)).map(control => control.name)).toContain(name);
  });

  test.each([['with defaults', {}], ['with everything', FULL], ['of an organization', {
    organizationId: 'o-exampleorgid', otherTrails: [{ trailName: 'other', account: '210987654321' }],
  }]])('gives cdk-nag nothing to find %s, neither AwsSolutions nor NIST 800-53', (_, more) => {
    const { stack } = alone(more);
    [new AwsSolutionsChecks({ reports: false }), new NIST80053R5Checks({ reports: false })].forEach(pack =>
      Aspects.of(stack).add(pack));
    const findings = [...Annotations.fromStack(stack).findError('*', Match.anyValue()),
      ...Annotations.fromStack(stack).findWarning('*', Match.anyValue())];
    expect(findings.map(({ id, entry }) => `${id} ${String(entry.data)}`)).toEqual([]);
  });

  test('is the organization\'s when it has one: below its folder, in the queries, and nowhere else', () => {
    const template = templateOf({ organizationId: 'o-exampleorgid' });
    template.hasResourceProperties('AWS::CloudTrail::Trail', { IsOrganizationTrail: true });
    expect(JSON.stringify(template.toJSON())).toContain('/AWSLogs/o-exampleorgid/*');
    expect(JSON.stringify(templateOf().toJSON())).not.toContain('o-exampleorgid');
  });

  test('locks for the years it is given, in compliance mode only when told so', () => {
    const retention = (more: object) => resources(templateOf(more), 'AWS::S3::Bucket')
      .flatMap(({ Properties }) => Properties.ObjectLockConfiguration?.Rule?.DefaultRetention ?? []);
    expect(retention({})).toEqual([{ Years: 10, Mode: 'GOVERNANCE' }]);
    expect(retention({ retentionYears: 15, objectLock: ObjectLockMode.COMPLIANCE })).toEqual([
      { Years: 15, Mode: 'COMPLIANCE' },
    ]);
  });

  test('reaches accounts and regions that are known only at the deployment', () => {
    const stack = alone({}, {}).stack;
    Template.fromStack(stack).hasResourceProperties('AWS::CloudTrail::Trail', { TrailName: 'models' });
  });
});

describe('wrong properties are refused at once, with what is allowed', () => {
  test.each<[string, Partial<infra.AuditTrailProps>, RegExp]>([
    ['a name with blanks', { trailName: 'my trail' }, /trailName.*3 to 128/],
    ['no years', { retentionYears: 0 }, /retentionYears/],
    ['compliance without years', { objectLock: ObjectLockMode.COMPLIANCE }, /retentionYears.*number of years/],
    ['an organization that is none', { organizationId: 'acme' }, /organizationId.*o-exampleorgid/],
    ['a bucket that is none', { loggedBucketArns: ['evidence'] }, /loggedBucketArns\[0\]/],
    [
      'a trail of no account', { otherTrails: [{ trailName: 'other', account: '1' }] }, /trails\[1\]\.account.*12-digit/,
    ],
    ['a role that is none', { approverRoleNames: ['my role'] }, /RoleNames\[0\]/],
    ['a misspelt bucket', { bucketName: 'My_Bucket' }, /bucketName/],
  ])('%s', (_, more, message) => {
    expect(() => alone(more)).toThrow(OptionError);
    expect(() => alone(more)).toThrow(message);
  });

  test('more buckets than a trail\'s selectors take', () => {
    const many = Array.from({ length: 490 }, (_, i) => `arn:aws:s3:::evidence-${i}`);
    expect(() => alone({ loggedBucketArns: many })).toThrow(/loggedBucketArns.*at most 480/);
  });
});

describe('the retention floor', () => {
  const floor = (add: (bucket: Bucket) => void, more = {}) => () => {
    const { stack, trail } = alone(more);
    add(trail.storage.bucket);
    (stack.node.root as App).synth();
  };
  test.each<[string, (bucket: Bucket) => void, RegExp]>([
    ['an expiration', bucket => bucket.addLifecycleRule({
      id: 'tidy', expiration: Duration.days(30),
    }), /rule tidy.*30 days.*3653/],
    ['the removal of versions', bucket => bucket.addLifecycleRule({
      id: 'old', noncurrentVersionExpiration: Duration.days(3652),
    }), /rule old.*3652 days/],
    ['a date', bucket => bucket.addLifecycleRule({ expirationDate: new Date('2099-01-01') }), /rule number 2.*on 2099/],
    ['a rule that goes past the construct', bucket => (bucket.node.defaultChild as CfnBucket).addPropertyOverride(
      'LifecycleConfiguration.Rules.0.ExpirationInDays', 1,
    ), /rule number 1.*1 days/],
    ['the older way to write versions', bucket => (bucket.node.defaultChild as CfnBucket).addPropertyOverride(
      'LifecycleConfiguration.Rules.0.NoncurrentVersionExpirationInDays', 7,
    ), /7 days/],
  ])('refuses %s with the rule\'s name', (_, add, message) => { expect(floor(add)).toThrow(message); });

  test('lets through what comes after it, and what is turned off', () => {
    expect(floor(bucket => bucket.addLifecycleRule({ expiration: Duration.days(3653) }))).not.toThrow();
    expect(floor(bucket => bucket.addLifecycleRule({ expiration: Duration.days(1), enabled: false }))).not.toThrow();
    const short = { retentionYears: 1 };
    expect(floor(bucket => bucket.addLifecycleRule({ expiration: Duration.days(400) }), short)).not.toThrow();
  });
});
