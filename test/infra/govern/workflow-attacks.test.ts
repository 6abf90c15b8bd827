import { type Act, acts, succeeds } from './attacks/acts';
import { cleanUp } from '../../../testing/deliveries/synth';
import { worldOf } from '../iam/deliveries';
import { show } from '../iam/table';

jest.setTimeout(400_000);
afterAll(cleanUp);

const world = worldOf('workflowsGxp');
const { policies, plan } = world;
const { infrastructure: { workflow, roles: ofInfrastructure, place }, governance: { audit, roles: ofGovernance } } = plan;
const [group] = plan.groups;
const { roles, environments } = group;
const machine = world.arn(group.pipelines.place, 'states', `stateMachine:${group.workflows!.decisions}`);
const changes = world.arn(place, 'states', `stateMachine:${workflow!.decisions}`);
const table = world.arn(group.pipelines.place, 'dynamodb', `table/${group.workflows!.requests}`);
const records = world.bucket(audit!.evidenceBucket!, audit!.place);
const releaser = world.role(roles.releaser);
const approver = world.role(ofInfrastructure.approver!);
const recorder = world.role(ofGovernance.recorder!);
// CloudFormation's own role makes these resources; who may hand it a template is asked elsewhere.
const all = [...policies.roles.keys()].filter(role => !/-cfn-exec-role-/.test(role));
const but = (...who: readonly string[]) => all.filter(role => !who.includes(role));
const APPROVAL = { 'dynamodb:LeadingKeys': ['approval'] };
const PUT = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };

const FORBIDDEN: ReadonlyArray<readonly [string, Act[]]> = [
  ['decide about a deployment but the releaser', acts(but(releaser), ['states:StartExecution', 'states:StartSyncExecution'],
    machine)],
  ['decide about the infrastructure but its approver', acts(but(approver), 'states:StartExecution', changes)],
  ['enter an approval into the table past the record, the releaser included', acts(
    all, ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table, APPROVAL,
  )],
  ['change what a decision starts', acts(
    all, ['states:UpdateStateMachine', 'states:DeleteStateMachine', 'states:PublishStateMachineVersion'],
    [machine, changes],
  )],
  ['write a record but the recorder', ['main', 'infrastructure'].flatMap(chain => acts(
    but(recorder), 's3:PutObject', `${records}/records/${chain}/00000001.json`, PUT,
  ))],
  ['write over a record or delete one, the recorder included', [
    ...acts(all, 's3:PutObject', `${records}/records/main/00000001.json`, { 's3:ObjectCreationOperation': 'true' }),
    ...acts(all, ['s3:DeleteObject', 's3:DeleteObjectVersion'], `${records}/records/main/00000001.json`),
  ]],
  ['have the recorder decide, or ask for what it records', [
    ...acts(recorder, 'states:StartExecution', [machine, changes]),
    ...acts(recorder, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], table, { 'dynamodb:LeadingKeys': ['deploy'] }),
  ]],
  ['read decisions in a build, or make one', acts(
    [roles.buildRunner, roles.build].map(role => world.role(role)), 'states:DescribeExecution',
    `${machine.replace('stateMachine', 'execution')}:a`,
  )],
];

test.each(FORBIDDEN)('nobody can %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(0);
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('who is asked decides, who deploys reads the record, and the recorder reads what was decided', async () => {
  const done = [
    ...acts(releaser, 'states:StartExecution', machine), ...acts(approver, 'states:StartExecution', changes),
    ...environments.flatMap(({ roles: { shipper } }) => acts(
      world.role(shipper!), 's3:GetObject', `${records}/records/main/00000001.json`,
    )),
    ...acts(world.role(ofInfrastructure.deployerProd!), 's3:GetObject', `${records}/records/infrastructure/00000001.json`),
    ...acts(recorder, 'states:DescribeExecution', `${machine.replace('stateMachine', 'execution')}:a`),
  ];
  for (const act of done) { expect([show(act), await succeeds(policies, act)]).toEqual([show(act), true]); }
});
