import { ApiShiftStrategy } from '../../../src/options/api-shift';
import { EnvironmentType } from '../../../src/options/deployment-group';
import { nameApi } from '../../../src/plan/api/names';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const all = templatesOf(DELIVERIES.apis);
const props = (environment: string, type: string): Json[] =>
  resources(all[`churn-main-${environment}-environment`], type).map(r => r.Properties);
const text = (value: unknown): string => JSON.stringify(value);
const ENVIRONMENTS = ['dev', 'staging', 'prod', 'documents'];

test.each(ENVIRONMENTS)('API Gateway names no account when it assumes the role of an integration: none is asked for (%s)',
  environment => {
    const trusts = props(environment, 'AWS::IAM::Role').map(role => role.AssumeRolePolicyDocument)
      .filter(trust => text(trust).includes('apigateway.amazonaws.com'));
    expect(trusts.map(({ Statement }) => Statement)).toEqual([[{
      Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' },
    }]]);
  });

describe('CodeDeploy', () => {
  test.each(ENVIRONMENTS)('moves exactly one function\'s alias, and back on failure, alarm or request (%s)', environment => {
    const [group] = props(environment, 'AWS::CodeDeploy::DeploymentGroup');
    expect(group).toMatchObject({
      DeploymentGroupName: `churn-main-${environment}-live`,
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: {
        Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: false },
    });
    expect(props(environment, 'AWS::CodeDeploy::Application')).toEqual([expect.objectContaining({
      ApplicationName: `churn-main-${environment}-api`, ComputePlatform: 'Lambda',
    })]);
  });
  test('moves requests as the options say', () => {
    expect(props('dev', 'AWS::CodeDeploy::DeploymentConfig')[0]).toMatchObject({
      DeploymentConfigName: 'churn-main-dev-shift-linear-25p-2m', ComputePlatform: 'Lambda',
      TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearPercentage: 25, LinearInterval: 2 } },
    });
    expect(props('prod', 'AWS::CodeDeploy::DeploymentConfig')[0].TrafficRoutingConfig).toEqual({
      Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryPercentage: 10, CanaryInterval: 5 },
    });
    for (const environment of ['staging', 'documents']) {
      expect(props(environment, 'AWS::CodeDeploy::DeploymentConfig')).toEqual([]);
      expect(props(environment, 'AWS::CodeDeploy::DeploymentGroup')[0].DeploymentConfigName)
        .toBe('CodeDeployDefault.LambdaAllAtOnce');
    }
  });
  test('gets a new configuration with another shift, because it cannot change one', () => {
    const shifts = [
      { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 5 },
      { strategy: ApiShiftStrategy.LINEAR, percent: 10, minutes: 5 },
      { strategy: ApiShiftStrategy.CANARY, percent: 20, minutes: 5 },
      { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 6 },
    ];
    const place = { account: '333333333333', region: 'eu-west-1' };
    const names = shifts.map(shift => nameApi(['churn', 'main'], 'prod', EnvironmentType.PROD, place, { api: { shift } })!
      .api.deploymentConfig).map(name => (typeof name === 'string' ? name : name.name));
    expect(new Set(names).size).toBe(shifts.length);
    expect(names[0]).toBe('churn-main-prod-shift-canary-10p-5m');
  });
  test.each(ENVIRONMENTS)('has a version tested by two functions, which know where contracts and predictions are (%s)',
    environment => {
      const hooks = props(environment, 'AWS::Lambda::Function');
      expect(hooks.map(({ FunctionName, Handler }) => [FunctionName, Handler]).sort()).toEqual([
        [`churn-main-${environment}-aftertraffic`, 'hooks.after_traffic'],
        [`churn-main-${environment}-beforetraffic`, 'hooks.before_traffic'],
      ]);
      for (const { Environment: { Variables }, KmsKeyArn, Timeout } of hooks) {
        expect(text(Variables.DEPLOYMENT_BUCKET)).toContain(`churn-main-${environment}-deployment-`);
        expect('PREDICTION_BUCKET' in Variables).toBe(environment === 'prod');
        expect(KmsKeyArn).toBeDefined();
        expect(Timeout).toBeLessThan(900);
      }
    });
});

describe('the log of predictions', () => {
  test('is kept where an option says so, and nowhere else', () => {
    expect(ENVIRONMENTS.filter(name => props(name, 'AWS::KinesisFirehose::DeliveryStream').length > 0)).toEqual(['prod']);
  });
  test('is written within a minute, by the hour, compressed and under the key', () => {
    const [{ ExtendedS3DestinationConfiguration: to, ...stream }] = props('prod', 'AWS::KinesisFirehose::DeliveryStream');
    expect(stream).toMatchObject({
      DeliveryStreamName: 'churn-main-prod-predictions', DeliveryStreamType: 'DirectPut',
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK' },
    });
    expect(to).toMatchObject({
      Prefix: 'predictions/!{timestamp:yyyy/MM/dd/HH}/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
      BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 }, CompressionFormat: 'GZIP',
    });
    expect(to.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN).toEqual(
      stream.DeliveryStreamEncryptionConfigurationInput.KeyARN);
    expect(to.CloudWatchLoggingOptions).toMatchObject({
      Enabled: true, LogGroupName: '/aws/kinesisfirehose/churn-main-prod-predictions',
    });
  });
  test('says so when predictions wait, and the tooling account tells people', () => {
    const name = 'churn-main-prod-predictions';
    const [alarm] = props('prod', 'AWS::CloudWatch::Alarm').filter(({ AlarmName }) => AlarmName === name);
    expect(alarm).toMatchObject({
      Namespace: 'AWS/Firehose', MetricName: 'DeliveryToS3.DataFreshness', Statistic: 'Maximum', Threshold: 900,
    });
    const rules = [all['churn-main-prod-environment'], all['churn-main-delivery']].map(template => text(
      resources(template, 'AWS::Events::Rule').map(rule => rule.Properties.EventPattern)));
    rules.forEach(patterns => expect(patterns).toContain(`:alarm:${name}`));
    expect(text(resources(all['churn-main-delivery'], 'AWS::Events::Rule'))).toContain('/aws/kinesisfirehose');
  });
  test('says so when the handler gave predictions up, over all its versions, and people are told', () => {
    const name = 'churn-main-prod-predictions-lost';
    const [alarm] = props('prod', 'AWS::CloudWatch::Alarm').filter(({ AlarmName }) => AlarmName === name);
    expect(alarm).toMatchObject({
      Namespace: 'sagemaker-cicd/churn-main-prod', MetricName: 'PredictionsNotKept', Statistic: 'Sum', Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold', Dimensions: [{ Name: 'environment', Value: 'prod' }],
    });
    const rules = [all['churn-main-prod-environment'], all['churn-main-delivery']].map(template => text(
      resources(template, 'AWS::Events::Rule').map(rule => rule.Properties.EventPattern)));
    rules.forEach(patterns => expect(patterns).toContain(`:alarm:${name}"`));
    expect(text(resources(all['churn-main-delivery'], 'AWS::Events::Rule'))).toContain('predictions not kept');
  });
  test('goes after as many days as the option says', () => {
    const [bucket] = props('prod', 'AWS::S3::Bucket').filter(b => text(b.BucketName ?? '').includes('prod-predictions'));
    expect(bucket.LifecycleConfiguration.Rules[0]).toMatchObject({
      ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    });
  });
});

test.each(ENVIRONMENTS)('the handler\'s log is under the key and outlives the stack (%s)', environment => {
  const log = resources(all[`churn-main-${environment}-environment`], 'AWS::Logs::LogGroup')
    .find(({ Properties }) => Properties.LogGroupName === `/aws/lambda/churn-main-${environment}-api`);
  expect(log).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { RetentionInDays: 365 } });
  expect(log.Properties.KmsKeyId).toBeDefined();
});

test.each([['dev', 'churn-main-dev-r????????'], ['prod', 'churn-main-prod-r????????']])(
  '%s: CloudWatch Logs may use the key for the logs of all releases, and there is no log that nothing writes',
  (environment, name) => {
    const [{ KeyPolicy }] = props(environment, 'AWS::KMS::Key');
    const [like] = (KeyPolicy.Statement as Json[]).flatMap(({ Condition }) => Condition?.ArnLike ?? []);
    expect(text(like['kms:EncryptionContext:aws:logs:arn'])).toContain(`:log-group:/aws/sagemaker/Endpoints/${name}"`);
    expect(text(props(environment, 'AWS::Logs::LogGroup'))).not.toContain('/aws/sagemaker/Endpoints/');
  });

describe('what is forwarded to the tooling account', () => {
  const pattern = (environment: string) => props(environment, 'AWS::Events::Rule')
    .map(({ EventPattern }) => EventPattern).find(p => p.$or !== undefined).$or as Json[];
  const serving = (environment: string) => pattern(environment).find(p => p.source[0] === 'aws.sagemaker').detail;
  const alarms = (environment: string) => pattern(environment)
    .find(p => p.detail.alarmName !== undefined).detail.alarmName;
  test('are the states of all releases, or of the one endpoint', () => {
    expect(serving('prod').EndpointName).toEqual([{ prefix: 'churn-main-prod-r' }]);
    expect(serving('staging').EndpointName).toEqual(['churn-main-staging']);
  });
  test('are the alarms of the API\'s versions, and those of a watched update', () => {
    expect(alarms('prod')).toEqual([{ prefix: 'churn-main-prod/api-' }]);
    expect(alarms('staging')).toEqual([{ prefix: 'churn-main-staging/api-' }]);
    expect(alarms('documents')).toEqual([{ prefix: 'churn-main-documents/' }]);
  });
  test('starts the build that returns an API whose version fails after the bake, and a rule tells people', () => {
    const rules = resources(all['churn-main-delivery'], 'AWS::Events::Rule').map(({ Properties }) => Properties) as Json[];
    const watch = rules.find(({ Name }) => Name === 'churn-main-watch');
    expect(watch.EventPattern.detail.alarmName).toEqual(expect.arrayContaining([
      { prefix: 'churn-main-prod/api-' }, { prefix: 'churn-main-staging/api-' }, { prefix: 'churn-main-documents/' },
    ]));
    expect(text(watch.Targets)).toContain('ALARM');
    const told = rules.find(({ EventPattern }) => text(EventPattern ?? {}).includes('Rollback Alarm After Deployment'));
    expect(text(told.Targets)).toContain('fires in <environment>');
  });
  test('is taken there by rules with the same patterns', () => {
    const rules = resources(all['churn-main-delivery'], 'AWS::Events::Rule').flatMap(r => r.Properties.EventPattern ?? []) as Json[];
    const names = rules.filter(p => p['detail-type']?.[0] === 'SageMaker Endpoint State Change')
      .flatMap(p => p.detail.EndpointName as Json[]);
    expect(names).toEqual(expect.arrayContaining([{ prefix: 'churn-main-prod-r' }, 'churn-main-staging']));
    const fired = rules.filter(p => p['detail-type']?.[0] === 'CloudWatch Alarm State Change' && p.detail.alarmName)
      .flatMap(p => p.detail.alarmName as Json[]);
    expect(fired).toEqual(expect.arrayContaining([
      { prefix: 'churn-main-prod/api-' }, { prefix: 'churn-main-documents/' },
    ]));
  });
});

test('the dashboard shows the API, its versions, and the endpoints of all releases', () => {
  const [{ DashboardBody }] = props('prod', 'AWS::CloudWatch::Dashboard');
  const body = text(DashboardBody);
  expect(body).toContain('API: requests per minute');
  expect(body).toContain('churn-main-prod-api');
  expect(body).toContain('SEARCH(');
  expect(body).toMatch(/FunctionVersion\} MetricName=/);
  expect(body).toMatch(/EndpointName=churn EndpointName=main EndpointName=prod/);
  const [{ DashboardBody: asynchronous }] = props('documents', 'AWS::CloudWatch::Dashboard');
  expect(text(asynchronous)).not.toMatch(/EndpointName=churn/);
  expect(text(asynchronous)).toContain('API: requests per minute');
});
