import * as fs from 'node:fs';
import * as path from 'node:path';
import { functionLog } from '../../../src/plan/logs';
import { cleanUp, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { evaluate } from '../../../testing/iam/evaluate';
import { readPolicies } from '../../../testing/iam/policies';
import { acts, type Act, succeeds } from '../govern/attacks/acts';
import { ofRetraining } from '../iam/calls/retraining';
import { calls, log, World } from '../iam/calls/world';
import { planOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(300_000);
afterAll(cleanUp);

const DELIVERY = BY_WORKFLOWS.workflowsOfAccounts;
const plan = planOf(DELIVERY);
const assembly = stacksOf(DELIVERY).app.synth();
const world = new World(plan, readPolicies(assembly.directory));
const group = plan.groups.find(({ name }) => name === 'main')!;
const { place } = group.pipelines;
const retrainer = world.role(group.roles.retrainer!);
const table = world.arn(place, 'dynamodb', `table/${group.workflows!.requests}`);
const memory = ofRetraining(world, group, 'AWS::DynamoDB::Table', 'Memory').arn;
const sagemaker = (resource: string) => world.arn(group.build.place, 'sagemaker', resource);
const ofKind = (kind: string) => ({ 'dynamodb:LeadingKeys': [kind] });

/** As `tools/retrain` calls where a workflow builds. */
const CALLS: Act[] = [
  ...log(world, place, functionLog(group.retraining!.function)),
  ...calls(ofRetraining(world, group, 'AWS::SQS::Queue', 'WorkQueue').arn, [
    'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage',
  ].map(action => `sqs:${action}`)),
  ...calls(memory, ['GetItem', 'PutItem', 'UpdateItem'].map(action => `dynamodb:${action}`)),
  // A transaction is authorized as the calls that it consists of (service authorization reference, DynamoDB).
  ...calls(table, ['dynamodb:GetItem', 'dynamodb:PutItem'], ofKind('build')),
  ...calls(sagemaker(`model-package/${group.build.modelPackageGroup}/1`), [
    'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages',
  ]),
  ...calls(world.fill(plan.infrastructure.busArn, place), ['events:PutEvents']),
  ...calls(world.key(group.pipelines.keyAlias, place), ['kms:Decrypt', 'kms:GenerateDataKey']),
].map(call => ({ ...call, principal: retrainer }));

test('every call is allowed, and no statement of its role is superfluous', async () => {
  const answers = await Promise.all(CALLS.map(call => evaluate(world.policies, call)));
  expect(CALLS.filter((_, i) => !answers[i].allowed).map(show)).toEqual([]);
  const role = world.policies.roles.get(retrainer)!;
  const [{ name, document }] = role.policies;
  for (const index of document.Statement.keys()) {
    const mutated = without(world.policies, role, name, index);
    const left = await Promise.all(CALLS.map(call => evaluate(mutated, call)));
    const { Sid } = document.Statement[index];
    expect([Sid, left.some(({ allowed }) => !allowed)]).toEqual([Sid, true]);
  }
});

const others = plan.groups.filter(each => each !== group).map(({ workflows }) => (
  world.arn(place, 'dynamodb', `table/${workflows!.requests}`)));
const CASES: ReadonlyArray<readonly [string, Act[]]> = [
  ['ask for a deployment, or approve one', [
    ...acts(retrainer, ['dynamodb:PutItem', 'dynamodb:GetItem'], table, ofKind('deploy')),
    ...acts(retrainer, ['dynamodb:PutItem', 'dynamodb:GetItem'], table, ofKind('approval')),
  ]],
  ['take or forget a request', acts(
    retrainer, ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], table, ofKind('build'),
  )],
  ['have another group built', acts(retrainer, 'dynamodb:PutItem', others, ofKind('build'))],
  ['start pipelines or builds', [
    ...acts(retrainer, 'codepipeline:StartPipelineExecution', world.arn(place, 'codepipeline', 'churn-main-build')),
    ...acts(retrainer, 'codebuild:StartBuild', world.arn(
      place, 'codebuild', `project/${group.pipelines.rollBackProject}`,
    )),
  ]],
  ['take on another role', acts(retrainer, 'sts:AssumeRole', [...world.policies.roles.keys()].filter(role => role !== retrainer))],
];

test.each(CASES)('what trains again cannot %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(0);
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(world.policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('the function is told of the table in place of a pipeline', () => {
  const settings = fs.readdirSync(assembly.directory).map(name => path.join(assembly.directory, name, 'settings.json'))
    .filter(file => fs.existsSync(path.join(path.dirname(file), 'retrain.py')))
    .map(file => JSON.parse(fs.readFileSync(file, 'utf8')));
  expect(settings).toContainEqual(expect.objectContaining({
    group: 'main', pipeline: 'build-main', engine: { type: 'github-actions', table: 'churn-main-requests' },
    scheduleRule: `arn:{partition}:events:eu-west-1:111111111111:rule/${group.retraining!.scheduleRule!}`,
  }));
});
