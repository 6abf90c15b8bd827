import { Template } from 'aws-cdk-lib/assertions';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { ACCOUNTS, SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp, type Json, resources, stacksOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

interface Environment {
  readonly template: Template;
  role(purpose: string): Json;
  statements(purpose: string): Json[];
}

function environmentOf(delivery: DeliveryOptions, name: string): Environment {
  const { cicd } = stacksOf(delivery);
  const environment = cicd.deployEnvironment(name);
  const template = Template.fromStack(environment.node.scope as Parameters<typeof Template.fromStack>[0]);
  const role = (purpose: string) => resources(template, 'AWS::IAM::Role').map(r =>
    r.Properties).find(r => new RegExp(`-${purpose}(-[0-9a-f]{8})?$`).test(r.RoleName));
  return { template, role, statements: purpose => role(purpose).Policies[0].PolicyDocument.Statement };
}

const here = environmentOf(DELIVERIES.default, 'prod');
const same = environmentOf(SEVERAL_PLACES, 'prod-eu');
const away = environmentOf(SEVERAL_PLACES, 'prod-us');
const deployment = (template: Template) =>
  resources(template, 'AWS::S3::Bucket').find(b => JSON.stringify(b.Properties.BucketName ?? '').includes('-deploy'));
const bySid = (statements: Json[], sid: string) => statements.find(s => s.Sid === sid);

describe.each([
  ['in one account', here], ['in the build\'s region', same], ['in another region', away],
])('an environment %s', (_, { template, role, statements }) => {
  test('has a bucket for deployments under its own key', () => {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    const { BucketEncryption } = deployment(template).Properties;
    expect(BucketEncryption.ServerSideEncryptionConfiguration[0]).toMatchObject({
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [key, 'Arn'] } },
    });
  });
  test('has the log of its endpoint, under its key and with an end, before SageMaker makes it', () => {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    const [log] = resources(template, 'AWS::Logs::LogGroup');
    expect(log).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] }, RetentionInDays: 365 },
    });
    expect(log.Properties.LogGroupName).toMatch(/^\/aws\/sagemaker\/Endpoints\/churn-main-prod/);
    const { Statement } = template.findResources('AWS::KMS::Key')[key].Properties.KeyPolicy as Json;
    const service = (Statement as Json[]).filter(s => JSON.stringify(s.Principal).includes('logs.'));
    expect(JSON.stringify(service[0].Condition.ArnEquals['kms:EncryptionContext:aws:logs:arn'])).toContain(
      `log-group:${log.Properties.LogGroupName as string}`);
  });
  test('never removes an asset or a model by its age, because it may be live', () => {
    const { Rules } = deployment(template).Properties.LifecycleConfiguration;
    Rules.forEach((rule: Json) => expect([rule.ExpirationInDays, rule.ExpirationDate]).toEqual([undefined, undefined]));
    expect(Rules.flatMap((rule: Json) => rule.Transitions
      ?? [])).toEqual([{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 30 }]);
    expect(Rules.some((rule: Json) => rule.NoncurrentVersionExpiration?.NoncurrentDays === 30)).toBe(true);
  });
  test('lets the deploy pipeline\'s runner publish assets, and nothing but assets', () => {
    const { AssumeRolePolicyDocument: trust } = role('publish');
    expect(JSON.stringify(trust.Statement[0].Condition)).toContain('role/churn-main-deployrunner');
    const objects = statements('publish').filter(s => JSON.stringify(s.Action).includes('s3:PutObject'));
    expect(objects).toHaveLength(1);
    expect(JSON.stringify(objects[0].Resource)).toMatch(/-deploy.*\/assets\/\*/);
  });
  test('lets CloudFormation read assets and decrypt them through S3 alone', () => {
    expect(JSON.stringify(bySid(statements('cloudformation'), 'Assets').Resource)).toContain('/assets/*');
    const key = bySid(statements('cloudformation'), 'AssetKey');
    expect(key.Action).toBe('kms:Decrypt');
    expect(JSON.stringify(key.Condition.StringEquals['kms:ViaService'])).toContain('s3.');
  });
  test('protects its endpoint stack with the role that looks at it', () => {
    expect(bySid(statements('verify'), 'Stack').Action).toContain('cloudformation:UpdateTerminationProtection');
  });
  test('no role of it may change what is in the model registry of the build', () => {
    for (const made of resources(template, 'AWS::IAM::Role')) {
      for (const statement of made.Properties.Policies[0].PolicyDocument.Statement) {
        const writes = [statement.Action].flat().filter((a: string) =>
          /sagemaker:(Create|Update|Delete)ModelPackage/.test(a));
        if (writes.length > 0) {
          expect(JSON.stringify(statement.Resource)).not.toContain('model-package/churn-main/');
        }
      }
    }
  });
});

test.each([['in one account', here], ['in the build\'s region', same]])('%s models are served from the build\'s own '
  + 'registry, and nothing is copied', (_, { template, role, statements }) => {
  expect(resources(template, 'AWS::SageMaker::ModelPackageGroup')).toEqual([]);
  expect(role('replicate')).toBeUndefined();
  expect(JSON.stringify(bySid(statements('cloudformation'), 'Package').Resource)).toContain(
    'model-package/churn-main/*',
  );
  expect(JSON.stringify(bySid(statements('model'), 'ArtifactObjects').Resource)).toContain('churn-main-artifacts');
});

describe('in another region than the build\'s', () => {
  test('there is a model package group for copies, which is kept', () => {
    const [group] = resources(away.template, 'AWS::SageMaker::ModelPackageGroup');
    expect(group).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(group.Properties.ModelPackageGroupName).toMatch(/^churn-main-prod-us-replica/);
    expect(JSON.stringify(bySid(away.statements('cloudformation'), 'Package').Resource)).toContain(
      `:sagemaker:us-east-1:${ACCOUNTS.prod}:model-package/${group.Properties.ModelPackageGroupName as string}/*`,
    );
  });
  test('the runner copies with a role of its own: reads the build\'s artifacts, writes copies and registers '
    + 'them', () => {
    const { AssumeRolePolicyDocument: trust } = away.role('replicate');
    expect(JSON.stringify(trust.Statement[0])).toContain(`:iam::${ACCOUNTS.tooling}:role/churn-main-deployrunner`);
    const statements = away.statements('replicate');
    expect(JSON.stringify(bySid(statements, 'ArtifactObjects').Resource)).toContain(
      `churn-main-artifacts-${ACCOUNTS.build}-eu-west-1`,
    );
    expect(JSON.stringify(bySid(statements, 'CopyObjects').Resource)).toContain('/models/*');
    expect(bySid(statements, 'Copies').Action).toContain('sagemaker:CreateModelPackage');
  });
  test('the model reads its copy, not the build\'s bucket, and pulls images of its own region', () => {
    const text = JSON.stringify(away.statements('model'));
    expect(text).not.toContain('churn-main-artifacts');
    expect(JSON.stringify(bySid(away.statements('model'), 'CopyObjects').Resource)).toContain('/models/*');
    expect(JSON.stringify(bySid(away.statements('model'), 'OwnImages').Resource)).toContain(
      `:ecr:us-east-1:${ACCOUNTS.build}:repository/`,
    );
    expect(JSON.stringify(bySid(same.statements('model'), 'OwnImages').Resource)).toContain(
      `:ecr:eu-west-1:${ACCOUNTS.build}:repository/`,
    );
  });
});

test('an environment\'s buckets log to the bucket that it names', () => {
  const [group] = SEVERAL_PLACES.deploymentGroups!;
  const deployEnvironments = group.deployEnvironments!.map(e =>
    (e.name === 'prod-us' ? { ...e, s3AccessLogsBucketArn: 'arn:aws:s3:::logs-of-us' } : e));
  const { template } = environmentOf(
    { ...SEVERAL_PLACES, deploymentGroups: [{ ...group, deployEnvironments }] }, 'prod-us',
  );
  expect(resources(template, 'AWS::S3::Bucket').map(b =>
    b.Properties.LoggingConfiguration.DestinationBucketName)).toEqual(['logs-of-us', 'logs-of-us']);
});

test('the log of an endpoint under somebody else\'s key asks for nothing that its policy may not give', () => {
  const [log] = resources(environmentOf(DELIVERIES.twoRegions, 'us').template, 'AWS::Logs::LogGroup');
  expect(log.Properties).toMatchObject({ RetentionInDays: 365 });
  expect(log.Properties.KmsKeyId).toBeUndefined();
});

test.each([['its own account', here, 'churn-main-prod'], ['another region', away, undefined]] as const)(
  'an environment in %s forwards exactly what becomes of its endpoint, and keeps what cannot be forwarded',
  (_, { template, role }, endpoint) => {
    const [rule] = resources(template, 'AWS::Events::Rule').map(r => r.Properties);
    const [{ detail, ...serving }, alarm] = rule.EventPattern.$or as Json[];
    expect(serving).toEqual({ 'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Endpoint State Change'] });
    expect(detail).toEqual({
      EndpointName: [endpoint ?? (expect.stringMatching(/^churn-main-prod-us/) as string)],
      EndpointStatus: ['IN_SERVICE'],
    });
    expect(JSON.stringify(alarm.resources)).toMatch(/alarm:churn-main-prod\S*-undelivered/);
    expect([rule.EventPattern.account, rule.EventPattern.region].map(part => part.length)).toEqual([1, 1]);
    expect(JSON.stringify(rule.Targets[0].Arn)).toContain('event-bus/churn-events');
    expect(rule.Targets[0].DeadLetterConfig).toBeDefined();
    expect(role('forwarder').AssumeRolePolicyDocument.Statement[0].Principal.Service).toBe('events.amazonaws.com');
  },
);

test('events that could not be forwarded are under SQS\'s own key where the key is somebody else\'s', () => {
  const queues = (template: Template) => resources(template, 'AWS::SQS::Queue').map(queue => queue.Properties);
  const [own] = queues(here.template);
  expect(own.KmsMasterKeyId).toBeDefined();
  const [managed] = queues(environmentOf(DELIVERIES.twoRegions, 'us').template);
  expect([managed.KmsMasterKeyId, managed.SqsManagedSseEnabled]).toEqual([undefined, true]);
});
