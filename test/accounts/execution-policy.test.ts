import { runSimulation } from '@cloud-copilot/iam-simulate';
import { CLOUDFORMATION_CALLS } from './cloudformation-calls';
import { executionPolicies, POLICY_LIMIT } from '../../src/accounts/execution-policy';
import type { DeliveryOptions } from '../../src/options/delivery';
import type { DeliveryPlan } from '../../src/plan/model';
import { KEY_TAG } from '../../src/plan/names/key-tag';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, stacksOf } from '../../testing/deliveries/synth';
import { ACCOUNTS } from '../infra/accounts';

afterAll(cleanUp);

const planned = (delivery: DeliveryOptions) => planDelivery(normaliseDelivery(delivery));
const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/01234567-89ab-cdef-0123-456789abcdef';
const HERE = { account: '111111111111', region: 'eu-west-1' };

const known = new Map<string, ReturnType<typeof executionPolicies>>();

/**
 * The policies with the statements that can have a say about an action: leaving the others out is most of the
 * evaluator's speed.
 */
function policiesAbout(
  plan: DeliveryPlan, account: string | undefined, action: string,
): { name: string; policy: object }[] {
  const key = JSON.stringify([plan.delivery, account]);
  const policies = known.get(key) ?? executionPolicies(plan, account, 'aws');
  known.set(key, policies);
  const statements = policies.flatMap(p =>
    p.document.Statement).filter(s => s.Action.some(a => new RegExp(`^${a.replace(/\*/g, '.*')}$`).test(action)));
  return statements.length > 0 ? [{ name: 'execution', policy: { Version: '2012-10-17', Statement: statements } }] : [];
}

/** Values of condition keys. */
interface Context { readonly [key: string]: string | string[] }

/** Whether the policies of an account let CloudFormation do something there. */
async function may(
  plan: DeliveryPlan, account: string | undefined, action: string, resource: string, context: Context = {},
): Promise<boolean> {
  const here = account ?? HERE.account;
  // Of resources that the reference lists for both kinds of APIs, the evaluator knows one, or none.
  if (resource.includes(':apigateway:')) { return isNamed(plan, account, action, resource); }
  const result = await runSimulation({
    request: {
      principal: `arn:aws:iam::${here}:role/cdk-exec`, action, resource: { resource, accountId: here },
      contextVariables: { ...context },
    },
    identityPolicies: policiesAbout(plan, account, action),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resource.includes(':key/') ? { resourcePolicy: keyPolicy(here) } : {}),
  }, {});
  if (result.resultType === 'error') { throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`); }
  return result.overallResult === 'Allowed';
}

/** Whether an action is allowed on a resource by a pattern, without conditions and without a denial. */
function isNamed(plan: DeliveryPlan, account: string | undefined, action: string, resource: string): boolean {
  const matches = (pattern: string) => new RegExp(`^${pattern.split('*').map(part =>
    part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(resource);
  const about = executionPolicies(plan, account, 'aws').flatMap(p => p.document.Statement)
    .filter(s => s.Action.includes(action) && s.Resource.some(matches));
  return about.some(s => s.Effect === 'Allow' && s.Condition === undefined) && about.every(s => s.Effect !== 'Deny');
}

/** A key's own policy leaves it to IAM (KMS guide, "Default key policy"). */
function keyPolicy(account: string): object {
  return {
    Version: '2012-10-17', Statement: [{
      Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: ['kms:*'], Resource: ['*'],
    }],
  };
}

/** Where a resource of a template will be. */
interface Made {
  readonly type: string;
  readonly account?: string;
  readonly arn: string;
  readonly properties: Json;
}

/** What API Gateway has is in no account, as far as ARNs tell. */
const gateway = (arn: (service: string, resource: string) => string, path: string) =>
  arn('apigateway', `/${path}`).replace(/:\d{12}:/, '::');

/**
 * ARNs by type, from what the properties name; what has no name gets one that begins with the stack's (CloudFormation
 * guide, "Name type").
 */
const ARNS: {
  readonly [type: string]: (
    p: Json, generated: string, arn: (service: string, resource: string) => string,
  ) => string;
} = {
  'AWS::ApiGateway::ApiKey': (_, __, arn) => gateway(arn, 'apikeys/a1b2c3'),
  'AWS::ApiGateway::BasePathMapping': (p, _, arn) => gateway(arn, `domainnames/${p.DomainName}/basepathmappings/x`),
  'AWS::ApiGateway::Deployment': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/deployments/d4e5f6'),
  'AWS::ApiGateway::DomainName': (_, __, arn) => gateway(arn, 'domainnames/churn.example.org'),
  'AWS::ApiGateway::GatewayResponse': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/gatewayresponses/DEFAULT_4XX'),
  'AWS::ApiGateway::Method': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/resources/d4e5f6/methods/POST'),
  'AWS::ApiGateway::Model': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/models/Request'),
  'AWS::ApiGateway::RequestValidator': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/requestvalidators/d4e5f6'),
  'AWS::ApiGateway::Resource': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/resources/d4e5f6'),
  'AWS::ApiGateway::RestApi': (_, __, arn) => gateway(arn, 'restapis/a1b2c3'),
  'AWS::ApiGateway::Stage': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/stages/live'),
  'AWS::ApiGateway::UsagePlan': (_, __, arn) => gateway(arn, 'usageplans/a1b2c3'),
  'AWS::ApiGateway::UsagePlanKey': (_, __, arn) => gateway(arn, 'usageplans/a1b2c3/keys/d4e5f6'),
  'AWS::ApiGatewayV2::Api': (_, __, arn) => gateway(arn, 'apis/a1b2c3'),
  'AWS::ApiGatewayV2::Authorizer': (_, __, arn) => gateway(arn, 'apis/a1b2c3/authorizers/d4e5f6'),
  'AWS::ApiGatewayV2::Integration': (_, __, arn) => gateway(arn, 'apis/a1b2c3/integrations/d4e5f6'),
  'AWS::ApiGatewayV2::Route': (_, __, arn) => gateway(arn, 'apis/a1b2c3/routes/d4e5f6'),
  'AWS::ApiGatewayV2::Stage': (_, __, arn) => gateway(arn, 'apis/a1b2c3/stages/live'),
  // A saved query is asked for by its workgroup (service authorization reference, Athena).
  'AWS::Athena::NamedQuery': (p, _, arn) => arn('athena', `workgroup/${p.WorkGroup as string}`),
  'AWS::Athena::WorkGroup': (p, _, arn) => arn('athena', `workgroup/${p.Name as string}`),
  'AWS::CloudWatch::Alarm': (p, g, arn) => arn('cloudwatch', `alarm:${p.AlarmName ?? g}`),
  // Without a region.
  'AWS::CloudWatch::Dashboard': (p, _, arn) =>
    arn('cloudwatch', `dashboard/${p.DashboardName as string}`).replace(/:cloudwatch:[^:]*/, ':cloudwatch:'),
  'AWS::CodeBuild::Project': (p, g, arn) => arn('codebuild', `project/${p.Name ?? g}`),
  'AWS::CodeCommit::Repository': (p, _, arn) => arn('codecommit', p.RepositoryName as string),
  'AWS::CodeDeploy::Application': (p, _, arn) => arn('codedeploy', `application:${p.ApplicationName}`),
  'AWS::CodeDeploy::DeploymentConfig': (p, _, arn) => arn('codedeploy', `deploymentconfig:${p.DeploymentConfigName}`),
  'AWS::CodeDeploy::DeploymentGroup': (p, _, arn) =>
    arn('codedeploy', `deploymentgroup:churn-main-prod-api/${p.DeploymentGroupName}`),
  'AWS::CodePipeline::Pipeline': (p, g, arn) => arn('codepipeline', p.Name ?? g),
  'AWS::DynamoDB::Table': (p, g, arn) => arn('dynamodb', `table/${p.TableName ?? g}`),
  'AWS::ECR::PullThroughCacheRule': () => '*',
  'AWS::ECR::Repository': (p, g, arn) => arn('ecr', `repository/${p.RepositoryName ?? g.toLowerCase()}`),
  'AWS::ECR::RepositoryCreationTemplate': () => '*',
  'AWS::Events::Archive': (p, g, arn) => arn('events', `archive/${p.ArchiveName ?? g}`),
  'AWS::Events::EventBus': (p, _, arn) => arn('events', `event-bus/${p.Name as string}`),
  'AWS::Events::EventBusPolicy': (_, __, arn) => arn('events', 'event-bus/churn-events'),
  'AWS::Events::Rule': (p, g, arn) =>
    arn('events', `rule/${p.EventBusName ? `${p.EventBusName as string}/` : ''}${p.Name ?? g}`),
  'AWS::Glue::Database': (p, _, arn) => arn('glue', `database/${p.DatabaseInput.Name as string}`),
  'AWS::Glue::Table': (p, _, arn) =>
    arn('glue', `table/${p.DatabaseName as string}/${p.TableInput.Name as string}`),
  'AWS::IAM::OIDCProvider': (p, _, arn) => arn('iam', `oidc-provider/${(p.Url as string).replace('https://', '')}`),
  'AWS::IAM::Role': (p, g, arn) => arn('iam', `role/${p.RoleName ?? g}`),
  'AWS::KMS::Alias': (p, _, arn) => arn('kms', p.AliasName as string),
  'AWS::KMS::Key': (_, __, arn) => arn('kms', 'key/01234567-89ab-cdef-0123-456789abcdef'),
  'AWS::KinesisFirehose::DeliveryStream': (p, _, arn) => arn('firehose', `deliverystream/${p.DeliveryStreamName}`),
  'AWS::Lambda::EventSourceMapping': (_, __, arn) => (
    arn('lambda', 'event-source-mapping:01234567-89ab-cdef-0123-456789abcdef')),
  'AWS::Lambda::Function': (p, _, arn) => arn('lambda', `function:${p.FunctionName}`),
  'AWS::Logs::LogStream': (_, __, arn) => arn('logs', 'log-group:/aws/kinesisfirehose/churn-main-prod-predictions'),
  'AWS::Logs::LogGroup': (p, g, arn) => arn('logs', `log-group:${p.LogGroupName ?? g}`),
  'AWS::Route53::RecordSet': p => `arn:aws:route53:::hostedzone/${p.HostedZoneId}`,
  'AWS::S3::Bucket': (p, g) =>
    'arn:aws:s3:::'
      + `${typeof p.BucketName === 'string' ? p.BucketName : p.BucketName?.['Fn::Join']?.[1][0] ?? g.toLowerCase()}`,
  'AWS::S3::BucketPolicy': (_, g) => `arn:aws:s3:::${g.toLowerCase()}`,
  'AWS::SSM::Parameter': (p, _, arn) => arn('ssm', `parameter/${p.Name as string}`),
  'AWS::SNS::Subscription': (_, __, arn) => arn('sns', 'churn-notifications'),
  'AWS::SNS::Topic': (p, g, arn) => arn('sns', p.TopicName ?? g),
  'AWS::SNS::TopicPolicy': (_, g, arn) => arn('sns', g),
  'AWS::SQS::Queue': (p, g, arn) => arn('sqs', p.QueueName ?? g),
  'AWS::SQS::QueuePolicy': (_, g, arn) => arn('sqs', g),
  'AWS::SageMaker::ModelPackageGroup': (p, _, arn) =>
    arn('sagemaker', `model-package-group/${p.ModelPackageGroupName as string}`),
  'AWS::Scheduler::Schedule': (p, _, arn) => arn('scheduler', `schedule/default/${p.Name as string}`),
  'AWS::StepFunctions::StateMachine': (p, g, arn) => arn('states', `stateMachine:${p.StateMachineName ?? g}`),
  'AWS::WAFv2::WebACLAssociation': (_, __, arn) => gateway(arn, 'restapis/a1b2c3/stages/live'),
};

/** Everything that `cdk deploy` deploys. */
function made(delivery: DeliveryOptions): Made[] {
  const { app, cicd } = stacksOf(delivery);
  const assembly = app.synth();
  return Object.entries(cicd.stacks).flatMap(([name]): Made[] => {
    const artifact = assembly.getStackByName(name);
    const place = planned(delivery).stacks.find(s => s.name === name)!.place;
    const found = Object.entries((artifact.template as Json).Resources as { [id: string]: Json });
    return found.map(([id, { Type: type, Properties: properties = {} }]) => {
      const where = ARNS[type as string];
      if (!where) {
        throw new Error(
          `The guide's policies are not checked for ${type as string}: add it to ARNS and CLOUDFORMATION_CALLS.`,
        );
      }
      const arn = (service: string, resource: string) =>
        `arn:aws:${service}:${service === 'iam' ? '' : place.region ?? HERE.region}:`
        + `${place.account ?? HERE.account}:${resource}`;
      return {
        type: type as string, account: place.account, properties,
        arn: where(properties, `${name}-${id}-0ABCDEFGHIJK`.slice(0, 60), arn),
      };
    });
  });
}

/** Services around an API or a monitor that a role is passed to; of others it is tested with one. */
const PASSED = ['apigateway', 'codedeploy', 'firehose', 'lambda', 'scheduler', 'states'];

/** What a call is made on when it is not the resource itself. */
function target(
  action: string, { arn, properties, account = HERE.account }: Made,
): { readonly resource: string; readonly context?: Context } {
  const listed = /^(route53:ListHostedZones|codedeploy:ListApplications|logs:(Create|Get|Update|Delete|List)Log)/;
  if (listed.test(action) && !/^logs:\w+Log(Group|Stream)/.test(action)) { return { resource: '*' }; }
  if (action.startsWith('logs:') && /ResourcePolic/.test(action)) { return { resource: '*' }; }
  // What is in a database is asked for by it, too; the judge takes one resource of a call.
  if (action.startsWith('glue:') && action.endsWith('Database')) {
    return { resource: arn.replace(/:table\/([^/]+)\/.*/, ':database/$1') };
  }
  if (action === 'iam:GetRole' && !arn.includes(':role/')) {
    return { resource: `arn:aws:iam::${account}:role/churn-main-build` };
  }
  if (/^logs:(Create|Delete)LogStream$/.test(action)) { return { resource: `${arn}:log-stream:delivery` }; }
  if (action === 'lambda:CreateEventSourceMapping') {
    return {
      resource: '*', context: {
        'lambda:FunctionArn': arn.replace(/event-source-mapping:.*/, 'function:churn-main-retrain'),
      },
    };
  }
  if (action === 'route53:GetChange') { return { resource: 'arn:aws:route53:::change/C0123456789' }; }
  if (action.startsWith('wafv2:')) {
    return { resource: action === 'wafv2:GetWebACL' ? properties.WebACLArn as string : arn };
  }
  if (action === 'acm:DescribeCertificate') { return { resource: properties.RegionalCertificateArn as string }; }
  if (action === 'apigateway:POST') {
    // What is made is asked for on the collection (service authorization reference).
    return { resource: arn.replace(/\/[^/]+$/, '') };
  }
  if (action === 'iam:PassRole') {
    return {
      resource: `arn:aws:iam::${account}:role/churn-main-build`, context: {
        'iam:PassedToService': `${PASSED.find(service => arn.includes(`:${service}:`)) ?? 'events'}.amazonaws.com`,
      },
    };
  }
  if (action === 'iam:CreateServiceLinkedRole') {
    return {
      resource: `arn:aws:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/`
        + 'AWSServiceRoleForECRPullThroughCache',
      context: { 'iam:AWSServiceName': 'pullthroughcache.ecr.amazonaws.com' },
    };
  }
  if (['logs:DescribeLogGroups', 'events:PutPermission', 'events:RemovePermission'].includes(action)) {
    return { resource: '*' };
  }
  if (action.startsWith('kms:') && !/:kms:/.test(arn)) {
    return {
      resource: `arn:aws:kms:eu-west-1:${account}:key/01234567-89ab-cdef-0123-456789abcdef`,
      context: action === 'kms:CreateGrant' || action === 'kms:RevokeGrant'
        ? { 'kms:GrantIsForAWSResource': 'true' } : { 'kms:ViaService': 'ecr.eu-west-1.amazonaws.com' },
    };
  }
  const tags = [properties.Tags ?? []].flat() as { readonly Key: string; readonly Value: string }[];
  const tag = tags.find(({ Key }) => Key === KEY_TAG)?.Value ?? '';
  if (action === 'kms:CreateKey') { return { resource: '*', context: { [`aws:RequestTag/${KEY_TAG}`]: tag } }; }
  // KMS goes by a new tag only after a while.
  const late = /^kms:(DescribeKey|EnableKey|EnableKeyRotation|GetKey\w+|ListResourceTags)$/.test(action);
  if (action.startsWith('kms:') && arn.includes(':key/') && !late) {
    return { resource: arn, context: { [`aws:ResourceTag/${KEY_TAG}`]: tag } };
  }
  if (action === 'secretsmanager:GetSecretValue') { return { resource: properties.CredentialArn as string }; }
  return { resource: arn };
}

const BOUNDARY = 'team/limit';
const withBoundary = (account = HERE.account) => ({
  'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/${BOUNDARY}`,
});

describe('the policies', () => {
  const cases: { readonly [name: string]: DeliveryOptions } = {
    default: DELIVERIES.default, severalAccounts: ACCOUNTS, sharedAccounts: DELIVERIES.sharedAccounts,
    connection: DELIVERIES.gitLab,
    apis: DELIVERIES.apis,
    monitored: DELIVERIES.monitored,
    workflows: DELIVERIES.workflowsOfAccounts,
    promotion: {
      ...DELIVERIES.default,
      tooling: HERE,
      promotion: {
        sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/models',
        targetBucketName: 'promoted', eventBusName: 'shared',
        targetModelPackageGroupName: 'copies',
      },
    },
    mails: { ...DELIVERIES.default, notifications: { emailAddresses: ['one@example.com'] } },
  };
  test.each(Object.entries(cases))('let CloudFormation make, change, read and delete every resource of '
    + '"%s"', async (_, delivery) => {
    const plan = planned(delivery);
    const refused = new Set<string>();
    const asked = new Set<string>();
    const seen = new Set<string>();
    for (const resource of made(delivery)) {
      // Every resource is asked for; with all of its calls the first of each type, account and kind of name.
      const kind = `${resource.type} ${resource.account} ${resource.arn.split('/').length}`;
      const calls = CLOUDFORMATION_CALLS[resource.type].split(/\s+/);
      for (const action of seen.has(kind) ? calls.slice(0, 1) : calls) {
        if (action === 'secretsmanager:GetSecretValue' && resource.properties.CredentialArn === undefined) { continue; }
        const { resource: on, context } = target(action, resource);
        const key = `${action} ${on}`;
        if (asked.has(key)) { continue; }
        asked.add(key);
        const boundary = delivery.permissionsBoundaryName
          && /^iam:(CreateRole|PutRolePolicy|DeleteRolePolicy)$/.test(action) ? withBoundary(resource.account) : {};
        if (!await may(plan, resource.account, action, on, { ...context, ...boundary })) { refused.add(key); }
      }
      seen.add(kind);
    }
    expect([...refused]).toEqual([]);
    expect(asked.size).toBeGreaterThan(150);
  }, 120_000);

  const own = planned(ACCOUNTS);
  const role = (name: string, account = '222222222222') => `arn:aws:iam::${account}:role/${name}`;
  test.each<readonly [string, string, Context]>([
    ['iam:CreateUser', 'arn:aws:iam::222222222222:user/eve', {}],
    ['iam:CreateRole', role('other'), withBoundary('222222222222')],
    ['iam:CreateRole', role('churn-x'), {}],
    ['iam:PutRolePolicy', role('churn-x'), {}],
    ['iam:DeleteRolePermissionsBoundary', role('churn-x'), {}],
    ['iam:AttachRolePolicy', role('churn-x'), withBoundary('222222222222')],
    ['iam:PassRole', role('Administrator'), { 'iam:PassedToService': 'codebuild.amazonaws.com' }],
    ['iam:PassRole', role('churn-x'), { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    ['iam:CreatePolicyVersion', 'arn:aws:iam::222222222222:policy/churn-cdk-churn-execution', {}],
    ['s3:GetObject', 'arn:aws:s3:::churn-main-artifacts-222222222222-eu-west-1/model.tar.gz', {}],
    ['s3:DeleteBucket', 'arn:aws:s3:::other', {}],
    ['sagemaker:CreateEndpoint', 'arn:aws:sagemaker:eu-west-1:222222222222:endpoint/churn-main-prod', {}],
    ['sagemaker:UpdateModelPackage', 'arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main/1', {}],
    ['codepipeline:CreatePipeline', 'arn:aws:codepipeline:eu-west-1:222222222222:churn-main-build', {}],
    ['events:PutRule', 'arn:aws:events:eu-west-1:222222222222:rule/other', {}],
    ['events:PutRule', 'arn:aws:events:us-west-2:222222222222:rule/churn-x', {}],
    ...['PutKeyPolicy', 'ScheduleKeyDeletion', 'DisableKeyRotation', 'UntagResource', 'TagResource'].flatMap(name => [
      [`kms:${name}`, KEY, {}], [`kms:${name}`, KEY, { [`aws:ResourceTag/${KEY_TAG}`]: 'other-key' }],
      [`kms:${name}`, KEY, { [`aws:ResourceTag/${KEY_TAG}`]: 'churn-x', 'kms:ResourceAliases': ['alias/other'] }],
    ] as const),
    ['kms:TagResource', KEY, { [`aws:RequestTag/${KEY_TAG}`]: 'churn-x', 'kms:ResourceAliases': ['alias/other'] }],
    ['kms:TagResource', KEY, { 'aws:RequestTag/other': 'churn-x' }],
    ['kms:CreateKey', '*', {}],
    ['kms:CreateAlias', KEY, { 'kms:ResourceAliases': ['alias/other'] }],
    ['kms:CreateAlias', 'arn:aws:kms:eu-west-1:222222222222:alias/other', {}],
    ['kms:CreateGrant', KEY, {}],
    ['kms:CreateGrant', KEY, { 'kms:GrantIsForAWSResource': 'true', 'kms:ResourceAliases': ['alias/other'] }],
    ['kms:Decrypt', KEY, {}],
    ['kms:GenerateDataKey', KEY, {
      'kms:ViaService': 's3.eu-west-1.amazonaws.com', 'kms:ResourceAliases': ['alias/other'],
    }],
  ])('do not let it %s on %s (%j)', async (action, resource, context) => {
    expect(await may(own, '222222222222', action, resource, context)).toBe(false);
  });
  test.each<readonly [string, string, Context]>([
    ['kms:TagResource', '*', { [`aws:RequestTag/${KEY_TAG}`]: 'churn-x' }],
    ['kms:EnableKeyRotation', KEY, {}],
    ['kms:CreateAlias', KEY, {}],
    ['kms:PutKeyPolicy', KEY, { [`aws:ResourceTag/${KEY_TAG}`]: 'churn-x' }],
    ['kms:PutKeyPolicy', KEY, {
      [`aws:ResourceTag/${KEY_TAG}`]: 'churn-x', 'kms:ResourceAliases': ['alias/churn-x'],
    }],
    ['kms:CreateGrant', KEY, { 'kms:GrantIsForAWSResource': 'true', 'kms:ResourceAliases': ['alias/churn-x'] }],
  ])('let it %s on %s (%j)', async (action, resource, context) => {
    expect(await may(own, '222222222222', action, resource, context)).toBe(true);
  });
  test('let it make the account trust GitHub, and nobody else, only where a workflow needs that', async () => {
    const provider = (issuer: string) => `arn:aws:iam::${HERE.account}:oidc-provider/${issuer}`;
    const makes = (plan: DeliveryPlan, resource: string, action: string) => may(plan, HERE.account, action, resource);
    const [create, put] = ['iam:CreateOpenIDConnectProvider', 'ssm:PutParameter'];
    const parameter = (name: string) => `arn:aws:ssm:eu-west-1:${HERE.account}:parameter/${name}`;
    const github = 'token.actions.githubusercontent.com';
    const { engine } = DELIVERIES.workflows;
    const given = planned({
      ...DELIVERIES.workflows, engine: { ...engine, github: { ...engine!.github!, oidcProviderArn: provider(github) } },
    });
    const plan = planned(DELIVERIES.workflows);
    expect(await makes(plan, provider(github), create)).toBe(true);
    expect(await makes(plan, provider('login.example.org'), create)).toBe(false);
    expect(await makes(given, provider(github), create)).toBe(false);
    expect(await makes(plan, parameter('churn-main-tools'), put)).toBe(true);
    expect(await makes(plan, parameter('other'), put)).toBe(false);
    for (const action of [create, put]) {
      const on = action === create ? provider(github) : parameter('churn-main-tools');
      expect(await makes(planned({ ...DELIVERIES.default, tooling: HERE }), on, action)).toBe(false);
    }
  });
  test('let it make a role that has the boundary', async () => {
    expect(await may(own, '222222222222', 'iam:CreateRole', role('churn-x'), withBoundary('222222222222'))).toBe(true);
  });
  test('without a boundary know none', async () => {
    expect(
      await may(planned(DELIVERIES.default), undefined, 'iam:CreateRole', `arn:aws:iam::${HERE.account}:role/churn-x`),
    ).toBe(true);
  });

  test.each(Object.entries({ ...DELIVERIES, ACCOUNTS }))('of "%s" are as long as IAM takes, and few enough for one '
    + 'role', (_, delivery) => {
    const plan = planned(delivery);
    for (const account of new Set(plan.stacks.map(s => s.place.account))) {
      const policies = executionPolicies(plan, account, 'aws-us-gov');
      policies.forEach(({ document }) => expect(JSON.stringify(document).length).toBeLessThanOrEqual(POLICY_LIMIT));
      // IAM user guide, "IAM and AWS STS quotas": 10 managed policies for a role.
      expect(policies.length).toBeLessThanOrEqual(4);
      expect(new Set(policies.map(p => p.name)).size).toBe(policies.length);
      const sids = policies.flatMap(p => p.document.Statement.map(s => s.Sid));
      expect(new Set(sids).size).toBe(sids.length);
      expect(JSON.stringify(policies)).not.toMatch(/undefined|\{\w+\}/);
    }
  });
});
