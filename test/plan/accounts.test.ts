import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { deliveryDiagram } from '../../src/plan/diagram';
import { bootstrapRoleArn, placesOf } from '../../src/plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../../src/plan/infrastructure/deployers';
import type { DeliveryPlan, PlannedGroup } from '../../src/plan/model';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

const plan = (delivery: DeliveryOptions): DeliveryPlan => planDelivery(normaliseDelivery(delivery));
const waves = (group: PlannedGroup): string[][] => group.waves.map(wave => wave.environments.map(e => e.name));
const named = (p: DeliveryPlan, name: string): PlannedGroup => p.groups.find(g => g.name === name)!;
const kinds = (p: DeliveryPlan, names: readonly string[]): string[] => names.map(name =>
  p.stacks.find(s => s.name === name)!)
  .map(s => `${s.kind} ${s.place.account ?? ''} ${s.place.region ?? ''}`.trim());

describe('two groups over seven accounts', () => {
  const p = plan(DELIVERIES.sevenAccounts);
  const [dev, main] = p.groups;

  test('everything is where it belongs: pipelines in the tooling account, the rest in its own', () => {
    expect(kinds(p, p.stacks.map(s => s.name))).toMatchSnapshot();
    expect(new Set(p.stacks.map(s => s.place.account)).size).toBe(7);
    expect(p.stacks.filter(s => s.place.account === '111111111111').map(s =>
      s.kind)).toEqual(['source', 'infrastructure', 'delivery', 'delivery', 'pipeline']);
  });
  test('environments that go along with the one before them share its wave', () => {
    expect([waves(dev), waves(main)]).toEqual([[['dev-a', 'dev-b']], [['preprod'], ['acceptance'], ['prod']]]);
  });
  test('a registry is read by the tooling account and by the accounts that its models are served in, not by its own '
    + 'nor by those of other groups', () => {
    expect(dev.build.readerAccounts).toEqual(['111111111111', '333333333333', '444444444444']);
    expect(main.build.readerAccounts).toEqual(['111111111111', '666666666666', '777777777777']);
  });
  test('artifacts are read by exactly the models of other accounts and whoever prepares their deployment, pipeline '
    + 'artifacts by exactly their deploy roles', () => {
    expect(dev.build.artifactReaders).toEqual([
      dev.roles.deployRunner.arn, ...dev.environments.map(e => e.roles.model.arn),
    ]);
    expect(main.build.artifactReaders).toEqual([
      'arn:{partition}:iam::111111111111:role/churn-main-deployrunner',
      'arn:{partition}:iam::777777777777:role/churn-main-acceptance-model',
      'arn:{partition}:iam::666666666666:role/churn-main-prod-model',
    ]);
    expect(main.pipelines.artifactReaders).toEqual(main.environments.map(e => e.roles.deploy.arn));
    expect(main.build.imageReaders).toEqual([]);
  });
  test('the gate asks the registry, and no region needs a copy', () => {
    for (const { pipelines, replicas, environments } of p.groups) {
      expect([pipelines.asksRegistry, replicas, environments.filter(e =>
        e.replicaGroup !== undefined)]).toEqual([true, [], []]);
    }
  });
  test('each environment has the network and the log bucket of its own place alone', () => {
    expect([p.delivery.network, dev.build.network, ...main.environments.map(e =>
      e.network)].map(n => n?.vpcId.slice(-1))).toEqual(['0', 'b', 'e', 'f', 'a']);
    expect([dev.build, ...dev.environments, main.build].map(e =>
      e.s3AccessLogsBucketArn)).toEqual(['arn:aws:s3:::dev-logs', undefined, undefined, undefined]);
  });
  test('the infrastructure goes from development to production, pipelines with production, an approval there and where '
    + 'models have one', () => {
    const { self, tiers } = p.infrastructure.pipeline!;
    const stacks = (names: readonly string[]): string[] => kinds(p, names).map(kind => kind.replace(' eu-west-1', ''));
    expect([self, ...tiers].map(t => [t.name, t.manualApproval, t.waves.map(stacks)])).toEqual([
      ['SelfMutate', true, [['source 111111111111'], ['infrastructure 111111111111'], ['pipeline 111111111111']]],
      ['Deploy-dev', false, [['build 222222222222', 'environment 333333333333', 'environment 444444444444']]],
      ['Deploy-preprod', true, [['build 555555555555', 'environment 555555555555', 'environment 777777777777']]],
      ['Deploy-prod', true, [
        ['delivery 111111111111', 'environment 666666666666'], ['delivery 111111111111'],
      ]],
    ]);
  });
  test('each deployer takes on the bootstrap roles of the accounts of its type and of no other', () => {
    const places = placesOf(p.delivery);
    expect(places.map(where => where.account)).toEqual([
      '111111111111', '222222222222', '333333333333', '444444444444', '555555555555', '777777777777', '666666666666',
    ]);
    const { roles, pipeline } = p.infrastructure;
    const taken = (type: EnvironmentType) => roles[DEPLOYER_ROLES[type]]!.grants.find(g =>
      g.sid === 'Bootstrap')!.resources;
    expect(pipeline!.deployers.map(d => [d.type, d.places.map(where => where.account)])).toEqual([
      ['dev', ['222222222222', '333333333333', '444444444444']],
      ['preprod', ['555555555555', '777777777777']],
      ['prod', ['111111111111', '666666666666']],
    ]);
    for (const { type, places: reached } of pipeline!.deployers) {
      expect(taken(type)).toEqual(reached.flatMap(where =>
        ['deploy', 'file-publishing'].map(kind => bootstrapRoleArn(p.delivery, kind, where))));
    }
    expect(taken(EnvironmentType.PROD)[0]).toBe(
      'arn:{partition}:iam::111111111111:role/cdk-mlteam-deploy-role-111111111111-eu-west-1',
    );
  });
  test('the repositories are two, of which one is created', () => {
    expect(p.source.repositories.map(r => r.repository)).toEqual(['churn']);
    expect(p.delivery.infrastructure).toMatchObject({
      source: { repository: 'churn-platform', create: false }, sourceBranch: 'main',
    });
  });
});

describe('two regions', () => {
  const p = plan(DELIVERIES.twoRegions);
  const [group] = p.groups;
  const [staging, eu, us, too] = group.environments;

  test('another region than the tooling\'s gets a bucket and a key for the deploy pipeline, once', () => {
    expect(group.replicas.map(r => r.place)).toEqual([{ account: '111111111111', region: 'us-east-1' }]);
    expect(p.stacks.filter(s => s.kind === 'replica').map(s => s.place)).toEqual(group.replicas.map(r => r.place));
    expect(group.replicas.map(r => r.artifactReaders)).toEqual([[us.roles.deploy.arn, too.roles.deploy.arn]]);
    expect(group.pipelines.artifactReaders).toEqual([staging.roles.deploy.arn, eu.roles.deploy.arn]);
  });
  test('another region than the build\'s gets copies of the model, made by a role of its own', () => {
    expect(group.environments.map(e => e.replicaGroup !== undefined)).toEqual([false, false, true, true]);
    expect(group.environments.map(e => e.roles.replicate !== undefined)).toEqual([false, false, true, true]);
    // The second copy is made with a role of the build account itself, which needs no bucket policy for that.
    expect(group.build.artifactReaders).toEqual([
      group.roles.deployRunner.arn, eu.roles.model.arn, us.roles.replicate!.arn,
    ]);
    expect(group.build.readerAccounts).toEqual(['111111111111', '333333333333']);
  });
  test('regions of one wave are deployed to at the same time', () => {
    expect(waves(group)).toEqual([['staging'], ['eu', 'us'], ['us-too']]);
  });
  test('each endpoint has its own key', () => {
    expect([eu, us].map(e => e.endpoint.kmsKeyArn)).toEqual([
      undefined, 'arn:aws:kms:us-east-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef',
    ]);
  });
  test('a build in another region than the tooling\'s is asked by the deploy tools, not by the gate', () => {
    const [elsewhere] = plan(DELIVERIES.regions).groups;
    expect(elsewhere.pipelines.asksRegistry).toBe(false);
    expect(elsewhere.roles.gate.grants.map(g => g.sid)).not.toContain('Package');
  });
  test('copies depend on where the build is, buckets of the deploy pipeline on where the tooling is', () => {
    const [{ replicas, environments }] = plan(DELIVERIES.regions).groups;
    expect(replicas.map(r => r.place.region)).toEqual(['eu-central-1', 'us-east-1']);
    expect(environments.map(e =>
      [e.name, e.replicaGroup !== undefined])).toEqual([['same', false], ['near', true], ['far', true]]);
  });
});

describe('several groups in the same accounts', () => {
  const p = plan(DELIVERIES.sharedAccounts);

  test('a group that deploys to its build account and to the tooling account lets only the latter in', () => {
    const { build, roles, environments } = named(p, 'infrastructure');
    const back = environments[1].roles.model.arn;
    expect(build).toMatchObject({
      readerAccounts: ['111111111111'], artifactReaders: [roles.deployRunner.arn, back], imageReaders: [back],
    });
  });
  test('an account that is deployed to by two groups reads from each of them with the roles of that group', () => {
    for (const name of ['north', 'south']) {
      const { build, environments, roles } = named(p, name);
      expect([build.readerAccounts, build.artifactReaders, build.imageReaders]).toEqual([
        ['111111111111', '333333333333'], [roles.deployRunner.arn, environments[1].roles.model.arn],
        [environments[1].roles.model.arn],
      ]);
    }
  });
  test('repositories for images are per group, those that are filled by ECR within the limit of a prefix', () => {
    const [base, open, hub] = named(p, 'north').build.repositories;
    expect([base.upstream, open.upstream, hub.upstream?.credentialArn]).toEqual([
      undefined, { registryUrl: 'public.ecr.aws' }, expect.stringContaining('ecr-pullthroughcache/hub'),
    ]);
    expect(p.groups.flatMap(g => g.build.repositories.slice(1)).every(r => r.repository.length <= 30)).toBe(true);
    expect(new Set(p.groups.flatMap(g => g.build.repositories.map(r => r.repository))).size).toBe(9);
  });
  test('three accounts, one region: each place once', () => {
    expect(placesOf(p.delivery).map(where => where.account)).toEqual(['111111111111', '222222222222', '333333333333']);
  });
});

test('one account that is named everywhere is treated like one that is named nowhere: nobody else is let in', () => {
  const account = { account: '111111111111', region: 'eu-west-1' };
  const everywhere = plan({
    ...DELIVERIES.default, tooling: account,
    deploymentGroups: [{
      name: 'main', buildEnvironment: account, deployEnvironments: [{ name: 'a', ...account }, {
        name: 'b', ...account, type: EnvironmentType.PROD,
      }],
    }],
  });
  for (const p of [everywhere, plan(DELIVERIES.default)]) {
    for (const { build, pipelines, replicas } of p.groups) {
      expect([
        build.readerAccounts, build.artifactReaders, build.imageReaders, pipelines.artifactReaders, replicas,
      ]).toEqual([[], [], [], [], []]);
    }
    expect(placesOf(p.delivery)).toHaveLength(1);
  }
});

test('infrastructure that is deployed by hand has no pipeline, no roles for one, and creates no repository of its '
  + 'own', () => {
  const p = plan({ ...DELIVERIES.default, infrastructure: { pipeline: false, source: { repository: 'other' } } });
  expect([p.infrastructure.pipeline, p.infrastructure.roles, p.source.repositories.map(r =>
    r.repository)]).toEqual([undefined, {}, ['churn']]);
});

test('a repository of the infrastructure\'s own is created beside the model\'s, even where the name must be '
  + 'cut', () => {
  expect(plan({ ...DELIVERIES.default, infrastructure: { source: {} } }).source.repositories.map(r =>
    r.repository)).toEqual(['churn', 'churn-infrastructure']);
  const long = plan({
    ...DELIVERIES.default, name: 'x'.repeat(120), infrastructure: { source: {} },
  }).source.repositories.map(r => r.repository);
  expect(long.map(name => name.length)).toEqual([100, 100]);
  expect(new Set(long).size).toBe(2);
});

test('the infrastructure comes from the branch of the first group that reaches production', () => {
  const branch = (delivery: DeliveryOptions): string => normaliseDelivery(delivery).infrastructure.sourceBranch;
  expect(branch(DELIVERIES.sevenAccounts)).toBe('main');
  expect(branch({ ...DELIVERIES.default, deploymentGroups: [{ name: 'a', sourceBranch: 'x' }, { name: 'b' }] })).toBe(
    'x',
  );
});

test('a topic of the user\'s own is used, and none is made', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:111111111111:team';
  expect(plan({ ...DELIVERIES.default, notifications: { topicArn } }).infrastructure).toMatchObject({ topicArn });
  expect(plan({ ...DELIVERIES.default, notifications: { topicArn } }).infrastructure.topic).toBeUndefined();
});

test('in the diagram an environment follows all of the wave before it', () => {
  const diagram = deliveryDiagram(plan(DELIVERIES.twoRegions));
  expect(diagram).toContain('g0e1 & g0e2 --> g0a3');
  expect(diagram).toContain('g0e0 --> g0a1');
  expect(diagram).toContain('g0e0 --> g0a2');
});
