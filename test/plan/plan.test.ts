import { roleTable } from '../../src/accounts/role-table';
import { PLACEHOLDERS } from '../../src/plan/arn';
import { deliveryDiagram } from '../../src/plan/diagram';
import { isPerRelease } from '../../src/plan/endpoint/served-names';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery, rolesOf } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

const plans = Object.entries(DELIVERIES).map(([
  name, delivery,
]) => [name, planDelivery(normaliseDelivery(delivery))] as const);
const plan = plans[0][1];

test('the default delivery goes build → staging → prod, with a manual approval before prod alone', () => {
  const [group] = plan.groups;
  expect([group.build.name, ...group.environments.map(e => e.name)]).toEqual(['build', 'staging', 'prod']);
  expect(group.environments.map(e => e.manualApproval)).toEqual([false, true]);
});

test('the same delivery gives the same plan', () => {
  expect(planDelivery(normaliseDelivery(DELIVERIES.twoGroups))).toEqual(
    planDelivery(normaliseDelivery(DELIVERIES.twoGroups)),
  );
});

test.each(plans)('in "%s" every stack comes after those that it needs', (_, p) => {
  p.stacks.forEach((stack, i) => {
    const before = p.stacks.slice(0, i).map(s => s.name);
    stack.needs.forEach(name => expect(before).toContain(name));
  });
});

test.each(plans)('in "%s" pipelines come after every stack that they use, and only pipelines deploy '
  + 'endpoints', (_, p) => {
  for (const group of p.groups) {
    const pipelines = p.stacks.find(s => s.name === group.pipelines.stack)!;
    expect(pipelines.needs).toEqual(expect.arrayContaining([
      group.build.stack, ...group.environments.map(e => e.stack),
    ]));
  }
  expect(p.stacks.filter(s => s.kind === 'endpoint').every(s => s.deployedBy === 'deploy-pipeline')).toBe(true);
});

describe.each(plans)('the roles of "%s"', (_, p) => {
  const grants = rolesOf(p).flatMap(role => role.grants.map(grant => ({ role: role.name, ...grant })));

  test('have a reason for every statement, and one more for every wildcard', () => {
    grants.forEach(grant => expect(grant.why).not.toBe(''));
    const wild = grants.filter(g => g.effect !== 'Deny'
      && [...g.actions, ...g.resources].some(text => /[*?]/.test(text)));
    expect(wild.filter(g => !g.wildcard)).toEqual([]);
    expect(grants.filter(g => g.wildcard && !wild.includes(g))).toEqual([]);
  });
  test('name every action in full', () => {
    expect(grants.filter(g => g.actions.some(action => action.includes('*')))).toEqual([]);
  });
  test('use statement ids once per role, and placeholders that exist', () => {
    rolesOf(p).forEach(role => expect(new Set(role.grants.map(g => g.sid)).size).toBe(role.grants.length));
    const used = JSON.stringify(grants.flatMap(g => [g.resources, g.conditions])).match(/\{(\w+)\}/g) ?? [];
    used.forEach(name => expect(PLACEHOLDERS).toContain(name.slice(1, -1)));
  });
  test('pass on only roles of the plan, each to one service', () => {
    const arns = rolesOf(p).map(r => r.arn);
    const passed = grants.filter(g => g.actions.includes('iam:PassRole'));
    expect(passed.length).toBeGreaterThan(0);
    passed.forEach(g => {
      g.resources.forEach(resource => expect(arns).toContain(resource));
      expect(g.conditions?.StringEquals['iam:PassedToService']).toMatch(/amazonaws\.com$/);
    });
  });
  test('let people alone approve, and let only CloudFormation and the rollback of an environment change its '
    + 'endpoint', () => {
    const may = (action: string) => grants.filter(g => g.effect !== 'Deny'
      && g.actions.includes(action)).map(g => g.role);
    // Who sets a status can do nothing else with it; who seals or moves a version can set none.
    const updates = grants.filter(g => g.effect !== 'Deny' && g.actions.includes('sagemaker:UpdateModelPackage'));
    const decide = updates.filter(g => g.conditions?.StringEquals?.['sagemaker:ModelApprovalStatus'] !== undefined);
    expect([...new Set(decide.map(g => g.role))])
      .toEqual(p.groups.flatMap(({ roles }) => [roles.approver, roles.ruleApprover, roles.jiraApprover, roles.refuser]
        .flatMap(role => role?.name ?? [])));
    const others = updates.filter(g => !decide.includes(g));
    expect(others.every(g => g.conditions?.Null['sagemaker:ModelApprovalStatus'] === 'true')).toBe(true);
    const movers = p.groups.flatMap(({ roles: { sealer, approver, toQa, toPreProduction, toProduction } }) =>
      [sealer, approver, toQa, toPreProduction, toProduction].flatMap(role => role?.name ?? []));
    expect(others.filter(g => !movers.includes(g.role))).toEqual([]);
    const sealers = p.groups.map(g => g.roles.sealer);
    expect(sealers.every(s => s.grants.some(g => g.sid === 'NeverDecide' && g.effect === 'Deny'))).toBe(true);
    expect(p.groups.every(g => 'account' in g.roles.approver.assumedBy)).toBe(true);
    const environments = p.groups.flatMap(g => g.environments);
    const namesOf = (some: typeof environments) => some.map(e => e.roles.cloudFormation.name).sort();
    const [score, serve] = [environments.filter(e => e.batch), environments.filter(e => !e.batch)];
    // The endpoint of one release is never changed.
    const changed = serve.filter(e => !isPerRelease(e));
    const rollBack = changed.map(e => e.roles.rollBack!.name);
    expect([...new Set(may('sagemaker:UpdateEndpoint'))].sort()).toEqual([...namesOf(changed), ...rollBack].sort());
    // The pipeline that trains is updated by the build.
    const builds = p.groups.map(g => g.roles.build.name);
    expect([...new Set(may('sagemaker:UpdatePipeline'))].filter(role => !builds.includes(role)).sort())
      .toEqual(namesOf(score));
    const cloudFormation = namesOf(environments);
    expect([...new Set(may('sagemaker:CreateModel'))].sort()).toEqual(cloudFormation);
  });
});

test('whoever builds is denied to approve, reject and serve', () => {
  const { build, pipeline } = plan.groups[0].roles;
  for (const role of [build, pipeline]) {
    const denied = role.grants.filter(g => g.effect === 'Deny').flatMap(g => g.actions);
    expect(denied).toEqual(expect.arrayContaining([
      'sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage', 'sagemaker:UpdateEndpoint',
    ]));
  }
});

test('data that a group\'s parameters name can be read by its jobs and by no other group\'s', () => {
  const groups = planDelivery(normaliseDelivery(DELIVERIES.twoGroups)).groups;
  const reads = groups.map(g =>
    g.roles.processing.grants.flatMap(grant => grant.resources).filter(r => r.includes('dev-data')));
  expect(reads).toEqual([[
    'arn:{partition}:s3:::dev-data/churn', 'arn:{partition}:s3:::dev-data/churn/*', 'arn:{partition}:s3:::dev-data',
  ], []]);
});

test('other accounts that deploy a group\'s models may read its packages, each named once', () => {
  const delivery = normaliseDelivery({
    ...DELIVERIES.default,
    deploymentGroups: [{
      name: 'g', deployEnvironments: [
        { name: 'a', account: '222222222222' }, { name: 'b', account: '222222222222' }, { name: 'c' },
      ],
    }],
  });
  expect(planDelivery(delivery).groups[0].build.readerAccounts).toEqual(['222222222222']);
});

test.each(plans)('the diagram of "%s" shows every group, environment and approval', (_, p) => {
  const diagram = deliveryDiagram(p);
  expect(diagram).toMatchSnapshot();
  p.groups.forEach(g => g.environments.forEach(e => expect(diagram).toContain(
    e.batch ? `score pipeline ${e.batch.pipelineName}` : `endpoint ${e.endpointName}`)));
  expect(diagram.match(/manual approval/g)
    ?? []).toHaveLength(p.groups.flatMap(g => g.environments).filter(e => e.manualApproval).length);
});

test('text in a diagram cannot end a node', () => {
  const p = planDelivery(normaliseDelivery({
    ...DELIVERIES.default, deploymentGroups: [{ name: 'main', sourceBranch: 'a"]b<c' }],
  }));
  expect(deliveryDiagram(p)).toContain('branch a#quot;]b#lt;c');
});

test('the role table has a row for every role and statement', () => {
  const rows = roleTable(plan).trim().split('\n').length - 2;
  expect(rows).toBe(rolesOf(plan).reduce((sum, role) => sum + 1 + role.grants.length, 0));
});
