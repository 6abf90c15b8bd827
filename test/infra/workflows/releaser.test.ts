import { cleanUp, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { evaluate } from '../../../testing/iam/evaluate';
import { readPolicies } from '../../../testing/iam/policies';
import { acts, type Act, succeeds } from '../govern/attacks/acts';
import { World } from '../iam/calls/world';
import { planOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(300_000);
afterAll(cleanUp);

const plan = planOf(BY_WORKFLOWS.workflows);
const world = new World(plan, readPolicies(stacksOf(BY_WORKFLOWS.workflows).app.synth().directory));
const [group] = plan.groups;
const { place, rollBackProject, recordProject, keyAlias } = group.pipelines;
const releaser = world.role(group.roles.releaser);
const runner = world.role(group.roles.deployRunner);
const table = world.arn(place, 'dynamodb', `table/${group.workflows!.requests}`);
const bus = world.fill(plan.infrastructure.busArn, place);
const project = world.arn(place, 'codebuild', `project/${rollBackProject}`);
const ofKind = (kind: string) => ({ 'dynamodb:LeadingKeys': [kind] });
const NAMES = 'codebuild:environment.environmentVariables.name';
const RETURN = { [NAMES]: ['ROLL_BACK_IN', 'EXECUTION_ID', 'STARTED_BY'] };
const REQUESTED = { 'events:source': ['sagemaker-cicd.requests'], 'events:detail-type': ['Workflow Requested'] };

/** As `tools/operate/approve_deployment.py` and `retry_deployment.py` call, and what shows what waits. */
const CALLS: Act[] = [
  ...acts(releaser, 'dynamodb:PutItem', table, ofKind('approval')),
  ...acts(releaser, 'dynamodb:PutItem', table, ofKind('deploy')),
  ...acts(releaser, 'events:PutEvents', bus, REQUESTED),
  ...acts(releaser, 'codebuild:StartBuild', project, RETURN),
  ...acts(releaser, 'codebuild:BatchGetBuilds', project),
  ...['deploy', 'build', 'approval'].flatMap(kind => acts(releaser, 'dynamodb:Query', table, ofKind(kind))),
  ...acts(releaser, ['kms:Decrypt', 'kms:GenerateDataKey'], world.key(keyAlias, place), {
    'kms:ViaService': `dynamodb.${place.region}.amazonaws.com`,
  }),
];

test('people may do what the commands do, and no statement of their role is superfluous', async () => {
  const answers = await Promise.all(CALLS.map(call => evaluate(world.policies, call)));
  expect(CALLS.filter((_, i) => !answers[i].allowed).map(show)).toEqual([]);
  const role = world.policies.roles.get(releaser)!;
  const [{ name, document }] = role.policies;
  for (const index of document.Statement.keys()) {
    const mutated = without(world.policies, role, name, index);
    const left = await Promise.all(CALLS.map(call => evaluate(mutated, call)));
    const { Sid } = document.Statement[index];
    expect([Sid, left.some(({ allowed }) => !allowed)]).toEqual([Sid, true]);
  }
});

/** A value of each field of a build that its own condition key tells of. */
const OVERRIDES: { readonly [key: string]: string } = {
  'source.buildspec': 'true', 'source.location': 'mine/tools.zip', 'source.auth.type': 'SECRETS_MANAGER',
  'source.auth.resource': 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:mine', 'source.insecureSsl': 'true',
  'serviceRole': world.role(group.roles.gate), 'environment.image': 'mine', 'environment.certificate': 'mine/ca.zip',
  'environment.computeType': 'BUILD_GENERAL1_2XLARGE', 'environment.type': 'LINUX_GPU_CONTAINER',
  'environment.imagePullCredentialsType': 'SERVICE_ROLE', 'environment.privilegedMode': 'true',
  'environment.registryCredential.credential': 'mine',
  'environment.fleet.fleetArn': 'arn:aws:codebuild:eu-west-1:111111111111:fleet/mine',
  'artifacts.location': 'mine', 'cache.location': 'mine', 'cache.type': 'S3', 'encryptionKey': 'mine',
  'logsConfig': 'true', 'logsConfig.s3Logs.location': 'mine', 'secondarySources': 'true', 'secondaryArtifacts': 'true',
};

const CASES: ReadonlyArray<readonly [string, Act[]]> = [
  ...Object.entries(OVERRIDES).map(([key, value]) => [
    `return an endpoint with another ${key}`,
    acts(releaser, 'codebuild:StartBuild', project, { ...RETURN, [`codebuild:${key}`]: value }),
  ] as const),
  ['hand variables to the build that shells and Python obey', ['BASH_ENV', 'PATH', 'LD_PRELOAD', 'PYTHONPATH'].flatMap(
    name => acts(releaser, 'codebuild:StartBuild', project, { [NAMES]: ['ROLL_BACK_IN', name] }))],
  ['start other builds', acts(releaser, 'codebuild:StartBuild', world.arn(
    place, 'codebuild', `project/${recordProject}`,
  ), RETURN)],
  ['change or run past the project', acts(
    releaser, ['codebuild:UpdateProject', 'codebuild:StartBuildBatch', 'codebuild:RetryBuild', 'codebuild:StartSandbox'],
    project,
  )],
  ['ask for a build, or take what others asked for', [
    ...acts(releaser, 'dynamodb:PutItem', table, ofKind('build')),
    ...['deploy', 'build', 'approval'].flatMap(kind => acts(
      releaser, ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table, ofKind(kind))),
  ]],
  ['put other events on the bus', [
    ...acts(releaser, 'events:PutEvents', bus, { ...REQUESTED, 'events:source': ['sagemaker-cicd.monitoring'] }),
    ...acts(releaser, 'events:PutEvents', bus, { ...REQUESTED, 'events:detail-type': ['Workflow Failed'] }),
  ]],
  ['take on a role of the delivery', acts(releaser, 'sts:AssumeRole', [...world.policies.roles.keys()])],
];

test.each(CASES)('the releaser cannot %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(0);
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(world.policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('nobody but the releaser approves, and nobody else returns by hand', async () => {
  const others = [...world.policies.roles.keys()].filter(role => role !== releaser && !/-cfn-exec-role-/.test(role));
  const tried = [
    ...acts(others, 'dynamodb:PutItem', table, ofKind('approval')),
    ...acts(others.filter(role => role !== runner), 'codebuild:StartBuild', project, RETURN),
  ];
  const allowed = await Promise.all(tried.map(act => succeeds(world.policies, act)));
  expect(tried.filter((_, i) => allowed[i]).map(show)).toEqual([]);
});

test('where reviewers of the repository approve, nobody does in AWS', () => {
  const { grants } = planOf(BY_WORKFLOWS.workflowsOfAccounts).groups[0].roles.releaser;
  expect(grants.filter(({ actions, conditions }) => (
    actions.includes('dynamodb:PutItem') && JSON.stringify(conditions).includes('approval')))).toEqual([]);
});
