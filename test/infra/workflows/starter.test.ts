import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Aspects } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { executionPolicies } from '../../../src/accounts/execution-policy';
import { functionLog } from '../../../src/plan/logs';
import { cleanUp, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { evaluate } from '../../../testing/iam/evaluate';
import { readPolicies } from '../../../testing/iam/policies';
import { acts, type Act, succeeds } from '../govern/attacks/acts';
import { calls, log, World } from '../iam/calls/world';
import { planOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(300_000);
afterAll(cleanUp);

const { workflowsOfAccounts: DELIVERY, workflows: WITHOUT_APP } = BY_WORKFLOWS;
const { app, stacks } = stacksOf(DELIVERY);
for (const pack of [new AwsSolutionsChecks({ reports: false }), new NIST80053R5Checks({ reports: false })]) {
  Aspects.of(app).add(pack);
}
const assembly = app.synth();
const plan = planOf(DELIVERY);
const [dev, group] = plan.groups;
const { place, stack } = group.pipelines;
const starter = group.workflows!.starter!;
const delivery = Template.fromStack(stacks[stack]);
const world = new World(plan, readPolicies(assembly.directory));
const role = world.role(group.roles.starter!);
const ofStarter = (type: string, id: string) => world.resourcesOf(type, stack)
  .find(({ logicalId }) => logicalId.startsWith(`Starter${id}`))!.arn;
const queue = ofStarter('AWS::SQS::Queue', 'WorkQueue');
const letters = ofStarter('AWS::SQS::Queue', 'WorkDeadLetters');
const table = world.arn(place, 'dynamodb', `table/${group.workflows!.requests}`);
const { keyArn } = plan.delivery.engine.github!.app!;
const SIGNING = { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256' };
const ofKind = (kind: string) => ({ 'dynamodb:LeadingKeys': [kind] });

/** As `tools/start` calls, and what Lambda does for it. */
const CALLS: Act[] = [
  ...log(world, place, functionLog(starter.function)),
  ...calls(queue, ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
    action => `sqs:${action}`)),
  ...calls(letters, ['sqs:SendMessage']),
  ...calls(table, ['dynamodb:GetItem'], ofKind('deploy')), ...calls(table, ['dynamodb:GetItem'], ofKind('build')),
  ...calls(keyArn, ['kms:Sign'], SIGNING),
  ...calls(world.fill(plan.infrastructure.busArn, place), ['events:PutEvents']),
  ...['dynamodb', 'sqs'].flatMap(service => calls(
    world.key(group.pipelines.keyAlias, place), ['kms:Decrypt', 'kms:GenerateDataKey'],
    { 'kms:ViaService': `${service}.${place.region}.amazonaws.com` },
  )),
].map(call => ({ ...call, principal: role }));

test('it has no finding of AwsSolutions or NIST 800-53 without a written reason', () => {
  const found = assembly.getStackByName(stack).messages.map(({ id, entry }) => `${id} ${String(entry.data)}`)
    .filter(text => /Starter/.test(text) && /AwsSolutions|NIST/.test(text));
  expect(found).toEqual([]);
});

test('the rule takes exactly what this group is asked for', () => {
  delivery.hasResourceProperties('AWS::Events::Rule', {
    Name: starter.rule,
    EventBusName: 'churn-events',
    EventPattern: {
      'account': ['111111111111'], 'region': ['eu-west-1'],
      'source': ['sagemaker-cicd.requests'], 'detail-type': ['Workflow Requested'],
      'detail': { project: ['churn'], group: ['main'] },
    },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
});

test('what fails waits and is laid aside, each with an alarm', () => {
  delivery.hasResourceProperties('AWS::SQS::Queue', {
    RedrivePolicy: { maxReceiveCount: 40 }, KmsMasterKeyId: Match.anyValue(), VisibilityTimeout: 360,
  });
  delivery.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'churn-main-failures-startwait', AlarmActions: [Match.anyValue()], Threshold: 7200,
  });
  const [id] = Object.keys(delivery.findResources('AWS::SQS::Queue')).filter(name => /^StarterWorkDead/.test(name));
  const alarms = Object.values(delivery.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.filter(({ Properties }) => JSON.stringify(Properties.Dimensions)?.includes(id))).toHaveLength(1);
});

test('the function gets its settings, one request at a time, and hardly any beside each other', () => {
  const made = Object.values(delivery.findResources('AWS::Lambda::Function', {
    Properties: { FunctionName: starter.function },
  }))[0].Properties;
  expect(made.Handler).toBe('start.handler');
  expect(Object.keys(made.Environment.Variables).sort()).toEqual(['DEAD_LETTERS_URL', 'QUEUE_URL']);
  const folder = path.join(assembly.directory, `asset.${(made.Code.S3Key as string).replace('.zip', '')}`);
  expect(JSON.parse(fs.readFileSync(path.join(folder, 'settings.json'), 'utf8'))).toEqual({
    project: 'churn', group: 'main', bus: 'arn:{partition}:events:eu-west-1:111111111111:event-bus/churn-events',
    table: 'churn-main-requests', repository: 'acme/churn', repositoryId: '123456789',
    appId: '4711', installationId: '815', keyArn,
    workflows: { deploy: { file: 'deploy-main.yml', ref: 'main' }, build: { file: 'build-main.yml', ref: 'main' } },
  });
  delivery.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FunctionName: { Ref: Match.stringLikeRegexp('^StarterFunction') }, BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
  });
});

test('each group starts its own workflows, on the branches that roles trust', () => {
  const other = planOf({
    ...DELIVERY, deploymentGroups: [{ ...DELIVERY.deploymentGroups![1], sourceBranch: 'release/next' }],
  }).groups[0];
  expect(other.sourceBranch).toBe('release/next');
  const settings = fs.readdirSync(assembly.directory).map(name => path.join(assembly.directory, name, 'settings.json'))
    .filter(file => fs.existsSync(file)).map(file => JSON.parse(fs.readFileSync(file, 'utf8')))
    .filter(({ workflows }) => workflows?.deploy);
  expect(Object.fromEntries(settings.map(({ group: name, workflows }) => [name, workflows]))).toEqual({
    dev: {
      deploy: { file: 'deploy-dev.yml', ref: 'main' }, build: { file: 'build-dev.yml', ref: dev.sourceBranch },
    },
    main: { deploy: { file: 'deploy-main.yml', ref: 'main' }, build: { file: 'build-main.yml', ref: 'main' } },
  });
});

test('without an App there is none of it', () => {
  const template = Template.fromStack(stacksOf(WITHOUT_APP).stacks['churn-main-delivery']);
  expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toEqual([]);
  const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
  expect(rules.filter(({ EventPattern }) => JSON.stringify(EventPattern).includes('Workflow Requested'))
    .map(({ Name }) => Name as string)).toEqual(['churn-main-requestwatch']);
});

test('every call is allowed, and no statement of its role is superfluous', async () => {
  const answers = await Promise.all(CALLS.map(call => evaluate(world.policies, call)));
  expect(CALLS.filter((_, i) => !answers[i].allowed).map(show)).toEqual([]);
  const made = world.policies.roles.get(role)!;
  const [{ name, document }] = made.policies;
  for (const index of document.Statement.keys()) {
    const mutated = without(world.policies, made, name, index);
    const left = await Promise.all(CALLS.map(call => evaluate(mutated, call)));
    expect([document.Statement[index].Sid, left.some(({ allowed }) => !allowed)]).toEqual([
      document.Statement[index].Sid, true,
    ]);
  }
});

const others = [...world.policies.roles.keys()].filter(each => each !== role);
const CASES: ReadonlyArray<readonly [string, Act[]]> = [
  ['ask, take or change a request as what starts workflows', acts(
    role, ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table, ofKind('deploy'),
  )],
  ['approve as what starts workflows', [
    ...acts(role, ['dynamodb:PutItem', 'dynamodb:GetItem'], table, ofKind('approval')),
  ]],
  ['read the App\'s private key, or sign anything else with it', [
    ...acts(role, 'kms:Sign', keyArn, { 'kms:SigningAlgorithm': 'RSASSA_PSS_SHA_256' }),
    ...acts(role, ['kms:ImportKeyMaterial', 'kms:GetParametersForImport', 'kms:PutKeyPolicy'], keyArn),
  ]],
  ['sign as the App, as anybody else but another group\'s starter', acts(
    others.filter(each => each !== world.role(dev.roles.starter!) && !/-cfn-exec-role-/.test(each)), 'kms:Sign', keyArn,
    SIGNING,
  )],
  ['take on a role as what starts workflows', acts(role, 'sts:AssumeRole', others)],
  ['start a workflow past the table', acts(others, 'sqs:SendMessage', queue)],
  ['bring work by a rule of somebody else', acts('events.amazonaws.com', 'sqs:SendMessage', queue, {
    'aws:SourceArn': 'arn:aws:events:eu-west-1:111111111111:rule/churn-events/mine',
  })],
];

test.each(CASES)('nobody can %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(0);
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(world.policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('the bootstrap of the tooling account lets CloudFormation make the function, where there is one', () => {
  const allowed = (options: typeof DELIVERY) => JSON.stringify(executionPolicies(planOf(options), '111111111111', 'aws'));
  expect(allowed(DELIVERY)).toContain('lambda:CreateEventSourceMapping');
  expect(allowed({ ...DELIVERY, retraining: undefined })).toContain('lambda:CreateEventSourceMapping');
  expect(allowed(WITHOUT_APP)).not.toContain('lambda:CreateFunction');
});
