import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { statementsOf, text } from './policies';
import { Delivery, infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const seven = templatesOf(DELIVERIES.sevenAccounts);
const main = seven['churn-main-build'];
const shared = templatesOf(DELIVERIES.sharedAccounts)['churn-north-build'];
const single = templatesOf(DELIVERIES.default)['churn-main-build'];
const rules = (template: Template) =>
  Object.fromEntries(resources(template, 'AWS::Events::Rule').map(r => [r.Properties.Name as string, r.Properties]));

/** A build environment alone in a stack. */
function build(
  delivery: DeliveryOptions, group?: string,
): { readonly environment: infra.ModelBuildEnvironment; readonly template: () => Template } {
  const stack = new Stack(new App(), 'Stack');
  const environment = new infra.ModelBuildEnvironment(stack, 'Build', { delivery: Delivery.of(delivery), group });
  return { environment, template: () => Template.fromStack(stack) };
}

describe('events of a build environment', () => {
  test.each([['in another account', main, ':events:eu-west-1:111111111111:event-bus/churn-events'], [
    'in the same one', single, ':event-bus/churn-events',
  ]])(
    'go to the bus of the tooling account, %s, with a role of their own', (_, template, bus) => {
      const forwarding = Object.values(rules(template)).filter(r => r.Name !== 'churn-main-seal');
      expect(forwarding.map(r => r.Name as string).sort()).toEqual([
        'churn-main-forwardapprovals', 'churn-main-forwardfailures',
      ]);
      for (const rule of forwarding) {
        expect(rule.Targets).toHaveLength(1);
        expect(text(rule.Targets[0].Arn)).toMatch(new RegExp(`${bus}$`));
        const [forwarder] = Object.entries(template.findResources('AWS::IAM::Role')).find(([
          , role,
        ]) => role.Properties.RoleName === 'churn-main-forwarder')!;
        expect(rule.Targets[0].RoleArn).toEqual({ 'Fn::GetAtt': [forwarder, 'Arn'] });
      }
    });
  test('are tried for a day, then kept in an encrypted queue that only these rules write to', () => {
    const [[id, queue], ...more] = Object.entries<Json>(main.findResources('AWS::SQS::Queue'));
    expect(more).toEqual([]);
    expect(queue.Properties).toMatchObject({
      QueueName: 'churn-main-undelivered', MessageRetentionPeriod: 1209600, KmsMasterKeyId: expect.anything(),
    });
    for (const rule of Object.values(rules(main))) {
      expect(rule.Targets[0]).toMatchObject({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [id, 'Arn'] } }, RetryPolicy: {
          MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185,
        },
      });
    }
    const writers = statementsOf(main).filter(s => s.type === 'AWS::SQS::QueuePolicy' && s.effect === 'Allow');
    expect(writers.map(s => [s.services, s.actions, s.conditions.ArnEquals['aws:SourceArn']])).toEqual([[
      ['events.amazonaws.com'], ['sqs:SendMessage'],
      ['forwardapprovals', 'forwardfailures', 'seal'].map(rule =>
        `arn:aws:events:eu-west-1:555555555555:rule/churn-main-${rule}`),
    ]]);
    const key = statementsOf(main).find(s => s.type === 'AWS::KMS::Key' && s.services.includes('events.amazonaws.com'));
    expect(key?.actions).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });
  test('that wait there raise an alarm, which is forwarded like a failure', () => {
    main.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'churn-main-undelivered', Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    const [, alarm] = rules(main)['churn-main-forwardfailures'].EventPattern.$or;
    expect(alarm.resources.map(text)).toEqual([
      'arn:aws:cloudwatch:eu-west-1:555555555555:alarm:churn-main-undelivered',
    ]);
  });
});

describe('people who approve', () => {
  test('have a role that those who are named take on, and that can do nothing but that', () => {
    const role = resources(main, 'AWS::IAM::Role').map(r =>
      r.Properties).find(r => r.RoleName === 'churn-main-approver');
    expect(text(role.AssumeRolePolicyDocument.Statement[0].Principal.AWS)).toBe('arn:aws:iam::555555555555:root');
    const actions = role.Policies[0].PolicyDocument.Statement.flatMap((s: Json) => s.Action);
    expect([...new Set(actions)].sort()).toEqual([
      'sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages',
      'sagemaker:UpdateModelPackage',
    ]);
  });
  test('are the only ones: no other role may update a package, but the sealer, which may set no status', () => {
    const may = resources(main, 'AWS::IAM::Role').filter(r => r.Properties.Policies[0].PolicyDocument.Statement.some((
      s: Json,
    ) => s.Effect === 'Allow' && [s.Action].flat().includes('sagemaker:UpdateModelPackage')));
    expect(may.map(r => r.Properties.RoleName)).toEqual(['churn-main-approver', 'churn-main-sealer']);
  });
});

describe('what an environment has of its own', () => {
  test('network: jobs run in that of the build environment, the build in that of the pipelines', () => {
    const [project] = resources(seven['churn-main-delivery'], 'AWS::CodeBuild::Project').map(p =>
      p.Properties).filter(p => p.Name === 'churn-main-build');
    expect(project.Environment.EnvironmentVariables).toEqual(expect.arrayContaining([
      { Name: 'SAGEMAKER_SUBNET_IDS', Type: 'PLAINTEXT', Value: `subnet-${'e'.repeat(17)}` },
      { Name: 'SAGEMAKER_SECURITY_GROUP_IDS', Type: 'PLAINTEXT', Value: `sg-${'e'.repeat(17)}` },
    ]));
    expect(project.VpcConfig).toMatchObject({ VpcId: 'vpc-0123456789abcdef0' });
  });
  test('bucket for access logs: the one given, else one is made', () => {
    const logs = (template: Template) =>
      resources(template, 'AWS::S3::Bucket').map(b => b.Properties.LoggingConfiguration?.DestinationBucketName);
    expect(logs(seven['churn-dev-build'])).toEqual(['dev-logs']);
    expect(logs(main)).toHaveLength(2);
  });
});

describe('repositories for images', () => {
  test('are private, encrypted, scanned, written once, tidied and kept', () => {
    const [repository, ...more] = resources(shared, 'AWS::ECR::Repository');
    expect(more).toEqual([]);
    expect(repository).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
        EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: expect.anything() },
      },
    });
    expect(JSON.parse(repository.Properties.LifecyclePolicy.LifecyclePolicyText).rules).toEqual([
      expect.objectContaining({
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 14, countUnit: 'days' },
        action: { type: 'expire' },
      }),
    ]);
  });
  test('that are filled from another registry get the same from a template, with a role for key and tags, before the '
    + 'first image is asked for', () => {
    const caches = Object.values<Json>(shared.findResources('AWS::ECR::PullThroughCacheRule'));
    expect(caches.map(c => [c.Properties.UpstreamRegistryUrl, c.Properties.CredentialArn])).toEqual([
      ['public.ecr.aws', undefined],
      ['registry-1.docker.io', 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:ecr-pullthroughcache/hub-AbCdEf'],
    ]);
    for (const cache of caches) {
      const template = shared.toJSON().Resources[cache.DependsOn[0]];
      expect(template.Properties).toMatchObject({
        Prefix: cache.Properties.EcrRepositoryPrefix, AppliedFor: ['PULL_THROUGH_CACHE'],
        ImageTagMutability: 'MUTABLE', CustomRoleArn: expect.anything(),
        EncryptionConfiguration: { EncryptionType: 'KMS' },
      });
      expect(cache.Properties.EcrRepositoryPrefix.length).toBeLessThanOrEqual(30);
    }
  });
  test('are made by ECR with a role that reaches no other prefix', () => {
    const role = resources(shared, 'AWS::IAM::Role').map(r =>
      r.Properties).find(r => r.RoleName === 'churn-north-repositories');
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ecr.amazonaws.com' },
    }]);
    const [make] = role.Policies[0].PolicyDocument.Statement;
    const prefixes = resources(shared, 'AWS::ECR::PullThroughCacheRule').map(c =>
      c.Properties.EcrRepositoryPrefix as string);
    expect(make.Resource.map(text)).toEqual(prefixes.map(prefix =>
      `arn:aws:ecr:eu-west-1:222222222222:repository/${prefix}/*`));
  });
  test('have no policy where nobody else pulls, the tags of the delivery, and their names in the construct', () => {
    const { environment, template } = build({
      ...DELIVERIES.default, tags: { team: 'data' },
      containerRepositories: [{ name: 'own' }, { name: 'hub', pullThroughCache: { upstreamRegistryUrl: 'quay.io' } }],
    });
    expect(Object.keys(environment.containerRepositories!.repositories)).toEqual(['own']);
    expect(Object.keys(environment.containerRepositories!.caches)).toEqual(['hub']);
    template().hasResourceProperties('AWS::ECR::Repository', { RepositoryPolicyText: Match.absent() });
    template().hasResourceProperties('AWS::ECR::RepositoryCreationTemplate', {
      RepositoryPolicy: Match.absent(), ResourceTags: [{ Key: 'team', Value: 'data' }],
    });
  });
  test('are not there unless asked for', () => {
    expect(build(DELIVERIES.default).environment.containerRepositories).toBeUndefined();
    single.resourceCountIs('AWS::ECR::Repository', 0);
  });
});

test('what a deleted stack has left behind is used as it is', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef';
  const { environment, template } = build({
    ...DELIVERIES.default, tooling: { account: '111111111111', region: 'eu-west-1' },
    deploymentGroups: [{ name: 'main', buildEnvironment: { kmsKeyArn, existingModelPackageGroup: true } }],
  });
  expect(environment.modelPackageGroup).toBeUndefined();
  template().resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
  template().resourceCountIs('AWS::KMS::Key', 0);
  // Roles of other accounts know the key by its alias, which went with the stack.
  template().hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/churn-main-build', TargetKeyId: kmsKeyArn });
  const jobs = resources(template(), 'AWS::IAM::Role').filter(role =>
    /processing|training/.test(role.Properties.RoleName));
  expect(jobs).toHaveLength(2);
  for (const role of jobs) { expect(JSON.stringify(role)).toContain(kmsKeyArn); }
});

test('a build environment can be used alone', () => {
  const { environment, template } = build(DELIVERIES.sevenAccounts, 'dev');
  expect(environment.forwarderRole.roleName).toBeDefined();
  expect(environment.approverRole.node.path).toBe('Stack/Build/ApproverRole');
  expect(environment.undeliveredEvents.queueName).toBeDefined();
  template().resourceCountIs('AWS::Events::Rule', 3);
});
