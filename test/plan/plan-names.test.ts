import * as fc from 'fast-check';
import { arbitraryDelivery } from './arbitrary-delivery';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { ENVIRONMENT_TYPES } from '../../src/options/knowledge/environment-types';
import { checkDelivery } from '../../src/plan/check';
import type { DeliveryPlan } from '../../src/plan/model';
import { NAME_RULES, type NameRule } from '../../src/plan/names/name-rules';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery, rolesOf } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

/** Everything that is made by the one function that makes names, while plans are made. */
const mockMade = new Set<string>();
jest.mock('../../src/plan/names/name-of', () => {
  const { nameOf } = jest.requireActual<typeof import('../../src/plan/names/name-of')>('../../src/plan/names/name-of');
  return {
    nameOf: (...words: Parameters<typeof nameOf>) => {
      const name = nameOf(...words);
      mockMade.add(name);
      return name;
    },
  };
});

/** With a promotion too, whose names come from another group's. */
const PROMOTED: { readonly [name: string]: DeliveryOptions } = {
  promotion: {
    ...DELIVERIES.sevenAccounts,
    promotion: {
      sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:888888888888:model-package-group/Churn',
      targetBucketName: 'promoted-models',
      eventBusName: 'promotions', targetModelPackageGroupName: 'churn-promoted',
    },
  },
  promotionInOnePlace: {
    ...DELIVERIES.default,
    promotion: {
      sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:888888888888:model-package-group/churn',
      targetBucketName: 'promoted-models',
    },
  },
};
const ALL: { readonly [name: string]: DeliveryOptions } = { ...DELIVERIES, ...PROMOTED };

const plan = (delivery: DeliveryOptions): DeliveryPlan => planDelivery(normaliseDelivery(delivery));

/** A bucket's name as it will be in the longest case: twelve digits and the longest region. */
const filled = (name: string): string =>
  name.replace('{account}', '123456789012').replace('{region}', 'us-isof-south-1');

function expectGoodNames(p: DeliveryPlan): void {
  const names = p.names;
  const wrong = names.filter(({ kind, name }) => {
    const { pattern, max, reserved = 0 }: NameRule = NAME_RULES[kind];
    return !pattern.test(filled(name)) || filled(name).length > (kind === 'bucket' ? max : max - reserved);
  });
  expect(wrong).toEqual([]);
  // Services compare without regard to case here and there (IAM, SageMaker endpoints), so all names must differ like
  // that.
  const seen = new Set<string>();
  const twice = names.map(({ kind, scope, name }) =>
    `${kind} ${scope} ${name.toLowerCase()}`).filter(key => seen.has(key) || !seen.add(key));
  expect(twice).toEqual([]);
}

test.each(Object.entries(ALL))('the names of "%s" fit their services and differ from each other', (_, delivery) => {
  expectGoodNames(plan(delivery));
});

test('every name of a plan is known to the check', () => {
  for (const delivery of Object.values(ALL)) {
    const p = plan(delivery);
    const known = new Set(p.names.map(({ name }) => name));
    const { pipeline, ...shared } = p.infrastructure;
    const given = [
      p.source.stack, p.upgrade?.rule, p.upgrade?.project, p.upgrade?.pipeline,
      ...(p.promotion ? [
        p.promotion.stack, p.promotion.failures, p.promotion.group, p.promotion.pipeline, p.promotion.project,
        p.promotion.rule,
        p.promotion.keyAlias, p.promotion.artifactBucket,
      ] : []),
      ...p.stacks.map(s => s.name), ...rolesOf(p).map(r => r.name),
      shared.stack, shared.keyAlias, shared.bus, shared.archive, shared.topic, shared.failures,
      shared.busStatement,
      pipeline?.name, pipeline?.stack, pipeline?.keyAlias, pipeline?.bucket, pipeline?.synthProject,
      ...(pipeline?.deployers.map(deployer => deployer.project) ?? []), pipeline?.commitRule, pipeline?.commitGate,
      ...p.groups.flatMap(({ build, pipelines, environments, replicas, waves }) => [
        ...[...Object.entries(build), ...Object.entries(pipelines)].flatMap(([key, value]: [string, unknown]) => (
          typeof value === 'string' && !['name', 'type', 's3AccessLogsBucketArn'].includes(key) ? [value] : [])),
        ...build.repositories.map(r => r.repository), ...waves.map(w => w.stage),
        ...replicas.flatMap(r => [r.stack, r.keyAlias, r.bucket]),
        ...environments.flatMap(e => [
          e.stack, e.endpointStack, e.keyAlias, e.captureBucket, e.deploymentBucket, e.replicaGroup, e.endpointName,
          ...Object.values(e.actions),
        ]),
      ]),
    ].filter((name): name is string => name !== undefined);
    expect(given.filter(name => !known.has(name))).toEqual([]);
  }
});

test.each(Object.entries(ALL))('a name that is made anywhere for "%s" is among the names of its '
  + 'plan', (_, delivery) => {
  mockMade.clear();
  const { names } = plan(delivery);
  const known = new Set(names.map(({ name }) => name));
  // Account and region are appended to what is made for a bucket.
  const isBucket = (made: string) => names.some(({ kind, name }) => kind === 'bucket' && name.startsWith(`${made}-`));
  expect(mockMade.size).toBeGreaterThan(30);
  expect([...mockMade].filter(name => !known.has(name) && !isBucket(name))).toEqual([]);
});

test('no name is collected twice, though parts of a plan appear in several places', () => {
  for (const delivery of Object.values(ALL)) {
    const p = plan(delivery);
    expect(new Set(p.names).size).toBe(p.names.length);
    expect(p.names.length).toBe(new Set(p.names.map(({ kind, scope, name }) => `${kind} ${scope} ${name}`)).size);
  }
});

test('the names of a promotion are those of its target group, and its roles are among the roles of the plan', () => {
  const [apart, here] = Object.values(PROMOTED).map(plan);
  expect(apart.promotion?.group).toBe('churn-promoted');
  expect(rolesOf(apart).slice(-3).map(role => role.name)).toEqual([
    expect.stringMatching(/^churn-promoted-eu-west-1-promote-/),
    expect.stringMatching(/^churn-promoted-eu-west-1-promotepipeline-/),
    expect.stringMatching(/^churn-promoted-eu-west-1-promotetrigger-/),
  ]);
  // Without a bus nothing starts it by itself.
  expect(rolesOf(here).slice(-2).map(role => role.name)).toEqual(['churn-promote', 'churn-promotepipeline']);
});

test('a name of the user\'s own that something of the delivery has already is refused, with the option that gives '
  + 'it', () => {
  const [problem, ...more] = checkDelivery({
    ...DELIVERIES.default,
    promotion: {
      ...PROMOTED.promotionInOnePlace.promotion!,
      targetModelPackageGroupName: plan(DELIVERIES.default).groups[0].build.modelPackageGroup,
    },
  });
  expect([problem?.path, more]).toEqual(['promotion.targetModelPackageGroupName', []]);
});

test.each([
  ['groups and environments called like parts of a delivery', {
    deploymentGroups: ['infrastructure', 'source', 'promotion', 'build', 'delivery', 'replica', 'events'].map(name => ({
      name, deployEnvironments: [
        'build', 'replica', 'delivery', 'environment', 'endpoint', 'infrastructure', 'capture', 'artifacts',
      ].map(e => ({ name: e })),
    })),
  }],
  ['names that differ in case, hyphens or where a word ends', {
    deploymentGroups: ['a-b', 'a.b', 'a_b', 'A-B', 'a', 'a-b-c', 'a/b'].map(name => ({
      name, sourceBranch: 'main',
      deployEnvironments: ['b-c', 'c', 'B-C', 'b.c', 'b_c', 'b', 'C'].map(e => ({ name: e })),
    })),
  }],
  ['regions that are environments', {
    tooling: { region: 'eu-west-1' }, deploymentGroups: [{
      name: 'main', deployEnvironments: [
        { name: 'us-east-1' }, { name: 'x', region: 'us-east-1' }, { name: 'us', region: 'us-east-2' },
      ],
    }],
  }],
  ['repositories for images that are called like a group', {
    containerRepositories: ['main', 'base', 'ba/se', 'ba.se'].map(name => ({ name })),
    deploymentGroups: [{ name: 'main' }, { name: 'base' }],
  }],
])('%s do not collide', (_, more: Partial<DeliveryOptions>) => {
  const delivery = { ...DELIVERIES.default, ...more };
  expect(checkDelivery(delivery)).toEqual([]);
  expectGoodNames(plan(delivery));
});

test('random deliveries that pass the checks have names that fit and never collide, the same ones each time', () => {
  fc.assert(fc.property(arbitraryDelivery, delivery => {
    fc.pre(checkDelivery(delivery).length === 0);
    const p = plan(delivery);
    expectGoodNames(p);
    expect(JSON.stringify(plan(JSON.parse(JSON.stringify(delivery)) as DeliveryOptions))).toBe(JSON.stringify(p));
  }), { numRuns: 100 });
});

/** Nobody who deploys to an account reaches one of a higher type, or the tooling account from elsewhere. */
function expectOneDeployerForEachAccount({ infrastructure: { pipeline, place }, stacks, groups }: DeliveryPlan): void {
  const { deployers, self, tiers } = pipeline!;
  const accounts = deployers.flatMap(deployer => [...new Set(deployer.places.map(({ account }) => account))]);
  expect(new Set(accounts).size).toBe(accounts.length);
  const deployerOf = (account?: string) => deployers.find(d => d.places.some(p => p.account === account))!;
  expect(deployerOf(place.account).type).toBe(EnvironmentType.PROD);
  for (const { type, place: { account } } of groups.flatMap(g => [g.build, ...g.environments])) {
    expect(ENVIRONMENT_TYPES.indexOf(deployerOf(account).type)).toBeGreaterThanOrEqual(ENVIRONMENT_TYPES.indexOf(type));
  }
  for (const tier of [self, ...tiers]) {
    for (const name of tier.waves.flat()) {
      expect(deployerOf(stacks.find(stack => stack.name === name)!.place.account).type).toBe(tier.type);
    }
  }
}

test('random deliveries that pass the checks have stacks after those that they need, in tiers that never look ahead, '
  + 'and readers once', () => {
  fc.assert(fc.property(arbitraryDelivery, delivery => {
    fc.pre(checkDelivery(delivery).length === 0);
    const p = plan(delivery);
    const order = new Map(p.stacks.map((stack, i) => [stack.name, i]));
    expect(p.stacks.filter((stack, i) => stack.needs.some(name => !(order.get(name)! < i)))).toEqual([]);
    const { pipeline } = p.infrastructure;
    const inOrder = pipeline ? [pipeline.self, ...pipeline.tiers].flatMap(tier => tier.waves) : [];
    const waveOf = new Map(inOrder.flatMap((wave, i) => wave.map(name => [name, i] as const)));
    // The pipeline's own stack is brought up to date first, though it comes last when it is made.
    const early = p.stacks.filter(stack => waveOf.has(stack.name) && stack.kind !== 'pipeline'
      && stack.needs.some(name => (waveOf.get(name) ?? -1) >= waveOf.get(stack.name)!));
    expect(early).toEqual([]);
    if (p.infrastructure.pipeline) {
      const deployed = p.stacks.filter(s => s.deployedBy === 'infrastructure').map(s => s.name);
      expect(inOrder.flat().sort()).toEqual([...deployed].sort());
      const last = p.stacks.filter(s => s.deployedBy === 'infrastructure').at(-1)!;
      expect([last.kind, [...last.needs].sort()]).toEqual(['pipeline', deployed.slice(0, -1).sort()]);
      expectOneDeployerForEachAccount(p);
    }
    for (const { build, pipelines, replicas, environments, waves } of p.groups) {
      expect(build.readerAccounts).toEqual([...new Set(build.readerAccounts)].sort());
      expect(build.readerAccounts).not.toContain(build.place.account);
      for (const readers of [
        build.artifactReaders, build.imageReaders, pipelines.artifactReaders, ...replicas.map(r => r.artifactReaders),
      ]) {
        expect(new Set(readers).size).toBe(readers.length);
      }
      expect(waves.flatMap(w => w.environments)).toEqual(environments);
      expect(replicas.map(r => r.place.region)).not.toContain(pipelines.place.region);
    }
  }), { numRuns: 100 });
});

test('decisions about each group have a chain of their own, whatever the group is called', () => {
  const names = ['main', 'Main', 'release/2026', 'release-2026', `feature/${'x'.repeat(80)}`];
  const { groups } = planDelivery(normaliseDelivery({
    name: 'churn', endpoint: { smokeTest: { body: '1' } }, deploymentGroups: names.map(name => ({ name })),
  }));
  const chains = groups.map(({ chain }) => chain);
  expect(chains[0]).toBe('main');
  expect(new Set(chains).size).toBe(names.length);
  // As `runner/local_runner/records.py` takes them.
  expect(chains.filter(chain => !/^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/.test(chain))).toEqual([]);
});
