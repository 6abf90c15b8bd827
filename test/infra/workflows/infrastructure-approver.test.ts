import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { DeploymentApprovals } from '../../../src/options/github-actions';
import { cleanUp, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { evaluate } from '../../../testing/iam/evaluate';
import { readPolicies } from '../../../testing/iam/policies';
import { acts, succeeds } from '../govern/attacks/acts';
import { World } from '../iam/calls/world';
import { planOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(300_000);
afterAll(cleanUp);

const { workflowsOfAccounts } = BY_WORKFLOWS;
const DELIVERY: DeliveryOptions = {
  ...workflowsOfAccounts,
  engine: {
    ...workflowsOfAccounts.engine,
    github: { ...workflowsOfAccounts.engine!.github!, approvals: DeploymentApprovals.AWS },
  },
};
const plan = planOf(DELIVERY);
const assembly = stacksOf(DELIVERY).app.synth();
const world = new World(plan, readPolicies(assembly.directory));
const { workflow, roles, place } = plan.infrastructure;
const approver = world.role(roles.approver!);
const deployer = world.role(roles.deployerProd!);
const table = world.arn(place, 'dynamodb', `table/${workflow!.approvals}`);
const requests = world.arn(place, 'dynamodb', `table/${plan.groups[1].workflows!.requests}`);
const key = world.key(workflow!.keyAlias, place);
const APPROVAL = { 'dynamodb:LeadingKeys': ['approval'] };

test('who approves changes writes decisions, and no statement of the role is superfluous', async () => {
  const calls = [
    ...acts(approver, 'dynamodb:PutItem', table, APPROVAL),
    ...acts(approver, ['kms:Decrypt', 'kms:GenerateDataKey'], key, {
      'kms:ViaService': `dynamodb.${place.region}.amazonaws.com`,
    }),
  ];
  const answers = await Promise.all(calls.map(call => evaluate(world.policies, call)));
  expect(calls.filter((_, i) => !answers[i].allowed).map(show)).toEqual([]);
  const role = world.policies.roles.get(approver)!;
  const [{ name, document }] = role.policies;
  for (const index of document.Statement.keys()) {
    const mutated = without(world.policies, role, name, index);
    const left = await Promise.all(calls.map(call => evaluate(mutated, call)));
    expect(left.some(({ allowed }) => !allowed)).toBe(true);
  }
});

test('the job that deploys reads them', async () => {
  expect(await succeeds(world.policies, acts(deployer, 'dynamodb:GetItem', table, APPROVAL)[0])).toBe(true);
});

test('nobody else decides about changes, and who does decides about nothing else', async () => {
  const others = [...world.policies.roles.keys()].filter(role => role !== approver && !/-cfn-exec-role-/.test(role));
  const tried = [
    ...acts(others, ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table, APPROVAL),
    ...acts(approver, ['dynamodb:PutItem', 'dynamodb:GetItem'], requests, APPROVAL),
    ...acts(approver, ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table, APPROVAL),
    ...acts(approver, 'sts:AssumeRole', others),
  ];
  const done: string[] = [];
  for (const act of tried) {
    if (await succeeds(world.policies, act)) { done.push(show(act)); }
  }
  expect(done).toEqual([]);
});

test('the tools know the table where people decide in AWS, and none where reviewers do', () => {
  const tablesIn = (directory: string): unknown[] => fs.readdirSync(directory)
    .map(name => path.join(directory, name, 'stages.json')).filter(file => fs.existsSync(file))
    .map(file => (JSON.parse(fs.readFileSync(file, 'utf8')) as { approvals?: string }).approvals);
  expect(tablesIn(assembly.directory)).toEqual(['churn-approvals']);
  expect(tablesIn(stacksOf(workflowsOfAccounts).app.synth().directory)).toEqual([undefined]);
});
