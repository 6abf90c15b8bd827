import { MONITORED } from '../../../testing/deliveries/monitored';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import { acts, type Act, succeeds } from '../govern/attacks/acts';
import { ofRetraining, retrainingSteps } from '../iam/calls/retraining';
import type { World } from '../iam/calls/world';
import { makeWorld } from '../iam/deliveries';
import { decideAll, show, without } from '../iam/table';

jest.setTimeout(300_000);
afterAll(cleanUp);

/** Two groups, of which only the first one is trained again, so that there is somebody to keep out. */
const world: World = makeWorld({
  ...MONITORED,
  deploymentGroups: [...MONITORED.deploymentGroups!, {
    name: 'dev', buildEnvironment: { account: '222222222222' }, retraining: { schedule: 'rate(7 days)' },
    deployEnvironments: [{ name: 'dev', account: '555555555555' }],
  }],
});
const [group, other] = world.plan.groups;
const { place } = group.pipelines;
const retrainer = world.role(group.roles.retrainer!);
const table = ofRetraining(world, group, 'AWS::DynamoDB::Table', 'Memory').arn;
const queue = ofRetraining(world, group, 'AWS::SQS::Queue', 'WorkQueue').arn;
const build = world.arn(place, 'codepipeline', group.pipelines.buildPipeline);
const deploy = world.arn(place, 'codepipeline', group.pipelines.deployPipeline);
const version = world.arn(group.build.place, 'sagemaker', `model-package/${group.build.modelPackageGroup}/7`);

const own = async () => (await decideAll(world)).filter(({ request }) => request.principal === retrainer);

test('every call of the function, and what rules bring it, is allowed', async () => {
  const names = new Set(retrainingSteps(world, group).map(({ name }) => name));
  const decided = (await decideAll(world)).filter(({ step }) => names.has(step.name));
  expect(new Set(decided.map(({ step }) => step.name))).toEqual(names);
  expect(names.size).toBe(4);
  expect(decided.filter(({ answer }) => !answer.allowed).map(({ request }) => show(request))).toEqual([]);
});

test('no statement and no action of its role is superfluous', async () => {
  const calls = await own();
  const role = world.policies.roles.get(retrainer)!;
  const called = new Set(calls.map(({ request }) => request.action));
  const [{ name, document }] = role.policies;
  expect(document.Statement.flatMap(({ Action }) => Action).filter(action => !called.has(action))).toEqual([]);
  for (const index of document.Statement.keys()) {
    const mutated = without(world.policies, role, name, index);
    const answers = await Promise.all(calls.map(({ request }) => evaluate(mutated, request)));
    expect([index, answers.some(({ allowed }) => !allowed)]).toEqual([index, true]);
  }
});

const BUILD = ['codepipeline:StartPipelineExecution', 'codepipeline:StopPipelineExecution'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
const roles = [...world.policies.roles.keys()];
const others = roles.filter(role => role !== retrainer);
const CASES: ReadonlyArray<readonly [string, Act[]]> = [
  ['approve, reject or register as what trains again', acts(
    retrainer, ['sagemaker:UpdateModelPackage', 'sagemaker:CreateModelPackage', 'sagemaker:DeleteModelPackage'], version,
  )],
  ['deploy as what trains again', [
    ...acts(retrainer, BUILD, deploy), ...acts(retrainer, 'codepipeline:PutApprovalResult', `${deploy}/Deploy-prod/Approve`),
  ]],
  ['build another group as what trains again', acts(
    retrainer, BUILD, [other.pipelines.buildPipeline, other.pipelines.deployPipeline].map(name =>
      world.arn(place, 'codepipeline', name)),
  )],
  ['start as what trains again what it did not decide about', [
    ...acts(retrainer, ['sqs:SendMessage', 'sqs:SetQueueAttributes', 'sqs:PurgeQueue'], queue),
    ...acts(retrainer, ['dynamodb:DeleteItem', 'dynamodb:DeleteTable'], table),
  ]],
  ['take on another role as what trains again', acts(retrainer, 'sts:AssumeRole', others)],
  ['start the training past the build', [
    ...acts(retrainer, 'sagemaker:StartPipelineExecution', world.arn(
      group.build.place, 'sagemaker', `pipeline/${group.build.pipelineName}`,
    )),
    ...acts(retrainer, 'sagemaker:CreateTrainingJob', world.arn(
      group.build.place, 'sagemaker', 'training-job/pipelines-1',
    )),
    ...acts(retrainer, 'codebuild:StartBuild', world.arn(place, 'codebuild', `project/${group.pipelines.buildProject}`)),
  ]],
  ['change what is remembered, as anybody else', acts(others, WRITE, table)],
  ['ask for a retraining past the rules', acts(others, 'sqs:SendMessage', queue)],
  ['call the function past the queue', acts(
    roles.filter(role => !/deployer|cfn-exec/.test(role)),
    ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'],
    world.arn(place, 'lambda', `function:${group.retraining!.function}`),
  )],
  ['bring work by a rule of somebody else', [
    ...acts('events.amazonaws.com', 'sqs:SendMessage', queue, {
      'aws:SourceArn': `arn:aws:events:eu-west-1:${world.at(place).account}:rule/mine`,
    }),
    ...acts('events.amazonaws.com', 'sqs:SendMessage', queue, {
      'aws:SourceArn': `arn:aws:events:eu-west-1:999999999999:rule/${group.retraining!.scheduleRule}`,
    }),
  ]],
];

test.each(CASES)('nobody can %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(0);
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(world.policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('what trains again starts a build', async () => {
  expect(await succeeds(world.policies, acts(retrainer, BUILD[0], build)[0])).toBe(true);
});
