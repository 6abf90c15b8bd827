import * as fs from 'node:fs';
import * as path from 'node:path';
import { Aspects } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { preflightList } from '../../../src/accounts/preflight';
import { ROLE_CALLS, TAMPERING } from '../../../src/infra/govern/audit/tampering';
import type { AuditTrailOptions } from '../../../src/options/audit-trail';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { normaliseDelivery } from '../../../src/plan/normalise';
import { planDelivery } from '../../../src/plan/plan';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, stacksOf, templatesOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444', '999999999999'];
const AUDIT = 'churn-audit';
const trailOf = (account: string) => `churn-${account}-trail`;

function withTrail(auditTrail: AuditTrailOptions, more: Partial<DeliveryOptions> = {}): DeliveryOptions {
  return { ...DELIVERIES.gxp, ...more, governance: { ...DELIVERIES.gxp.governance, auditTrail } };
}

const preflightChecks = (delivery: DeliveryOptions) => preflightList(planDelivery(normaliseDelivery(delivery))).checks;

const whole = templatesOf(DELIVERIES.gxp);
const text = (value: Json): string => JSON.stringify(value);
const statements = (stack: string, sid: RegExp): Json[] => resources(whole[stack], 'AWS::S3::BucketPolicy')
  .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Sid }: Json) => sid.test(Sid ?? ''));
const rules = (stack: string): Json[] => resources(whole[stack], 'AWS::Events::Rule').map(rule => rule.Properties);

describe('a delivery of regulated teams', () => {
  test('has a trail in each account, which delivers to the audit account under its key', () => {
    for (const account of ACCOUNTS) {
      const [{ Properties }] = resources(whole[trailOf(account)], 'AWS::CloudTrail::Trail');
      expect(Properties).toMatchObject({
        TrailName: 'churn-audit', S3BucketName: 'churn-trail-999999999999-eu-west-1', IsMultiRegionTrail: true,
        IsLogging: true, EnableLogFileValidation: true,
      });
      expect(text(Properties.KMSKeyId)).toContain(':kms:eu-west-1:999999999999:alias/churn-audit');
    }
    expect(Object.keys(whole).filter(name => name.endsWith('-trail'))).toHaveLength(ACCOUNTS.length);
  });

  test('lets exactly these trails deliver, each below its own account', () => {
    const delivering = statements(AUDIT, /^TrailDelivers/);
    expect(delivering.map(({ Resource, Condition }) => {
      const [, account] = /AWSLogs\/(\d+)\//.exec(text(Resource))!;
      expect(text(Condition.StringEquals['aws:SourceArn'])).toContain(`:cloudtrail:eu-west-1:${account}:trail/churn-audit`);
      return account;
    }).sort()).toEqual(ACCOUNTS);
  });

  test('logs the objects of each account\'s evidence there, and of its own trail only attempts to remove', () => {
    const logged = (account: string): string[] => resources(whole[trailOf(account)], 'AWS::CloudTrail::Trail')
      .flatMap(({ Properties }) => Properties.AdvancedEventSelectors)
      .flatMap(({ FieldSelectors }: Json) => FieldSelectors)
      .flatMap(({ Field, StartsWith = [] }: Json) => (Field === 'resources.ARN' ? StartsWith : []))
      .map((value: Json) => text(value).replace(/.*:s3:::/, '').replace(/\/".*/, ''));
    expect(logged('222222222222').sort()).toEqual([
      'churn-dev-artifacts-222222222222-eu-west-1', 'churn-dev-build-deployment-222222222222-eu-west-1',
      'churn-main-artifacts-222222222222-eu-west-1',
    ]);
    expect(logged('999999999999').sort()).toEqual([
      'churn-evidence-999999999999-eu-west-1', 'churn-trail-999999999999-eu-west-1',
    ]);
    expect(logged('111111111111')).toEqual(expect.arrayContaining(['churn-main-records-111111111111-eu-west-1']));
  });

  test('forwards tampering from each account, and the bus lets exactly these roles in', () => {
    for (const account of ACCOUNTS) {
      expect(rules(trailOf(account)).map(({ Name }) => Name)).toEqual(expect.arrayContaining([
        'churn-tampering-trail', 'churn-tampering-keys', 'churn-tampering-alarms',
      ]));
      rules(trailOf(account)).forEach(({ Targets: [target], EventPattern }) => {
        expect(text(target.Arn)).toContain(':events:eu-west-1:111111111111:event-bus/churn-events');
        expect(target.DeadLetterConfig).toBeDefined();
        expect(JSON.stringify(EventPattern).length).toBeLessThan(2048);
      });
    }
    const [{ Properties: policy }] = resources(whole['churn-infrastructure'], 'AWS::Events::EventBusPolicy');
    const forwarders = text(policy.Statement.Condition.ArnEquals['aws:PrincipalArn']).match(/\d+:role\/[a-z-]+/g)!;
    expect(forwarders.filter(name => name.endsWith('tamperingforwarder'))).toEqual(
      ACCOUNTS.slice(1).map(account => `${account}:role/churn-tamperingforwarder`),
    );
  });

  test('tells people of each kind, in words that name call, caller and target', () => {
    const told = rules('churn-infrastructure').filter(({ Name }) => String(Name).startsWith('churn-tamperingreports-'));
    expect(told.map(({ Name }) => String(Name).split('-')[2]).sort()).toEqual(
      ['alarms', 'buckets', 'evidence', 'keys', 'trail'],
    );
    told.forEach(({ EventPattern, EventBusName, Targets: [{ InputTransformer: transformer }] }) => {
      expect(EventBusName).toBe('churn-events');
      expect(EventPattern.account.sort()).toEqual(ACCOUNTS);
      for (const [name] of text(transformer.InputTemplate).matchAll(/<(\w+)>/g)) {
        expect(Object.keys(transformer.InputPathsMap)).toContain(name.slice(1, -1));
      }
    });
    const topic = resources(whole['churn-infrastructure'], 'AWS::SNS::TopicPolicy');
    expect(text(topic)).toContain('alarm:churn-tamperingreports-*');
  });

  test('watches who may approve in the account of each role', () => {
    const watched = (account: string) => text(resources(whole[trailOf(account)], 'AWS::Logs::MetricFilter'));
    for (const role of ['churn-main-approver', 'churn-dev-ruleapprover', 'churn-main-jiraapprover', 'churn-main-refuser']) {
      expect(watched('222222222222')).toContain(role);
      expect(watched('111111111111')).not.toContain(role);
    }
    for (const role of ['churn-main-releaser', 'churn-infrastructureapprover', 'churn-recorder']) {
      expect(watched('111111111111')).toContain(role);
    }
    resources(whole[trailOf('111111111111')], 'AWS::Logs::MetricFilter').forEach(({ Properties }) => {
      expect(Properties.FilterPattern.length).toBeLessThanOrEqual(1024);
    });
  });

  test('answers auditors\' questions about its accounts and roles', () => {
    const [{ Properties: table }] = resources(whole[AUDIT], 'AWS::Glue::Table');
    const { Parameters: parameters } = table.TableInput;
    expect(parameters['projection.account.values']).toBe(ACCOUNTS.join(','));
    expect(parameters['projection.region.values']).toBe('eu-west-1,us-east-1');
    expect(parameters['storage.location.template']).toBe(
      's3://churn-trail-999999999999-eu-west-1/AWSLogs/${account}/CloudTrail/${region}/${day}',
    );
    const sql = resources(whole[AUDIT], 'AWS::Athena::NamedQuery').map(({ Properties }) => Properties.QueryString);
    expect(sql).toHaveLength(6);
    expect(sql.join('')).toContain("role_name IN ('churn-dev-approver', ");
    expect(sql.join('')).not.toContain('regexp_like(role_name');
  });

  test('gives cdk-nag nothing to find, neither AwsSolutions nor NIST 800-53', () => {
    const { app, cicd } = stacksOf(DELIVERIES.gxp);
    for (const scope of [app, cicd.endpoints]) {
      Aspects.of(scope).add(new AwsSolutionsChecks({ reports: false }));
      Aspects.of(scope).add(new NIST80053R5Checks({ reports: false }));
    }
    expect(app.synth().stacksRecursively.flatMap(stack => stack.messages)
      .filter(message => /^(error|warning)$/.test(message.level) && /AwsSolutions|NIST/.test(String(message.entry.data)))
      .map(message => `${message.id} ${String(message.entry.data)}`)).toEqual([]);
  });

  test('asks before the deployment for room for each trail, and for what earlier stacks left', () => {
    const checks = preflightChecks(DELIVERIES.gxp);
    expect(checks.filter(({ kind }) => kind === 'trail').map(({ place }) => place.account).sort()).toEqual(ACCOUNTS);
    const left = checks.find(({ kind, wants }) => kind === 'leftover' && wants.stack === AUDIT)!;
    const kept = resources(whole[AUDIT], 'AWS::S3::Bucket').flatMap(({ Properties }) => Properties.BucketName ?? []);
    expect(left.wants.buckets).toEqual(kept);
  });
});

describe('other trails', () => {
  test('an organization has one, in the audit account; the other accounts have alarms only', () => {
    const templates = templatesOf(withTrail({ account: '999999999999', organizationId: 'o-exampleorgid' }));
    for (const account of ACCOUNTS) {
      const trails = resources(templates[trailOf(account)], 'AWS::CloudTrail::Trail');
      expect(trails).toHaveLength(account === '999999999999' ? 1 : 0);
    }
    const [{ Properties }] = resources(templates[trailOf('999999999999')], 'AWS::CloudTrail::Trail');
    expect(Properties.IsOrganizationTrail).toBe(true);
    expect(text(Properties.AdvancedEventSelectors)).toContain('churn-main-records-111111111111');
    expect(text(resources(templates[trailOf('999999999999')], 'AWS::Logs::MetricFilter'))).toContain('churn-main-approver');
  });

  test('an existing one is watched by its name; no trail, no bucket, and queries only over a bucket that is named', () => {
    const existingTrailArn = 'arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization';
    const templates = templatesOf(withTrail({ account: '999999999999', existingTrailArn }));
    const all = Object.values(templates);
    expect(all.flatMap(template => resources(template, 'AWS::CloudTrail::Trail'))).toEqual([]);
    expect(resources(templates[AUDIT], 'AWS::Athena::NamedQuery')).toEqual([]);
    const [stop] = resources(templates[trailOf('444444444444')], 'AWS::Events::Rule')
      .filter(({ Properties }) => Properties.Name === 'churn-tampering-trail');
    expect(text(stop.Properties.EventPattern)).toContain('"organization"');
    const asked = templatesOf(withTrail({
      account: '999999999999', existingTrailArn, existingBucketName: 'organization-trail',
    }));
    expect(text(resources(asked[AUDIT], 'AWS::Glue::Table'))).toContain('s3://organization-trail/AWSLogs/');
    const checks = preflightChecks(withTrail({ account: '999999999999', existingTrailArn }));
    expect(checks.filter(({ kind }) => kind === 'trail')).toMatchObject([{
      wants: { arn: existingTrailArn }, place: { account: '999999999999', region: 'eu-west-1' },
    }]);
  });

  test('in a second region of an account there are rules, but no second trail', () => {
    const [dev, main] = DELIVERIES.gxp.deploymentGroups!;
    const [staging, prod] = main.deployEnvironments!;
    const templates = templatesOf({
      ...DELIVERIES.gxp, deploymentGroups: [dev, {
        ...main, deployEnvironments: [staging, prod, { ...prod, name: 'prod-us', region: 'us-east-1' }],
      }],
    });
    const own = Object.entries(templates).filter(([name]) => /^churn-444444444444.*trail/.test(name));
    expect(own.map(([, template]) => resources(template, 'AWS::CloudTrail::Trail').length).sort()).toEqual([0, 1]);
    own.forEach(([, template]) => expect(resources(template, 'AWS::Events::Rule').length).toBeGreaterThanOrEqual(4));
    const roles = own.flatMap(([, template]) => resources(template, 'AWS::IAM::Role'))
      .map(({ Properties }) => Properties.RoleName as string);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('compliance mode and years are the options\'', () => {
    const options = { account: '999999999999', objectLock: 'compliance', retentionYears: 12 } as AuditTrailOptions;
    const bucket = resources(templatesOf(withTrail(options))[AUDIT], 'AWS::S3::Bucket').find(({ Properties }) =>
      String(Properties.BucketName).startsWith('churn-trail'))!;
    expect(bucket.Properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Years: 12, Mode: 'COMPLIANCE' });
  });
});

test('rules and questions are about the same calls', () => {
  const sql = (name: string) => fs.readFileSync(
    path.join(__dirname, '..', '..', '..', 'tools', 'govern', 'queries', `${name}.sql`), 'utf-8',
  );
  const listed = (name: string) => [...sql(name).matchAll(/'([A-Z][A-Za-z]+)'/g)].map(([, call]) => call).sort();
  expect(listed('tampering')).toEqual(Object.values(TAMPERING).flatMap(({ calls }) => calls).sort());
  expect(listed('access-review').filter(call => !call.startsWith('AssumeRole'))).toEqual([...ROLE_CALLS].sort());
});
