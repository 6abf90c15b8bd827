import * as fc from 'fast-check';
import type { DeliveryOptions } from '../../src/options/delivery';
import { type DeployEnvironmentOptions, EnvironmentType } from '../../src/options/deployment-group';

const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444'];
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2'];
const TYPES = [EnvironmentType.DEV, EnvironmentType.PREPROD, EnvironmentType.PROD];
const WORDS = [
  'main', 'dev', 'Dev', 'a', 'b', 'a-b', 'b-a', 'build', 'replica', 'delivery', 'infrastructure', 'prod', 'eu-west-1',
  'deadbeef', '0a1b2c3d',
];

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const groupName = fc.oneof(
  fc.constantFrom(...WORDS, 'feature/x', 'feature-x'), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/),
);
const environmentName = fc.oneof(fc.constantFrom(...WORDS), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/));
const account = optional(fc.constantFrom(...ACCOUNTS));
const region = optional(fc.constantFrom(...REGIONS));

/** Environments in the order of their types, so that most of what is made passes the checks. */
const environments = fc.uniqueArray(
  fc.record({
    name: environmentName, account, region, type: fc.constantFrom(...TYPES),
    manualApproval: optional(fc.boolean()), parallelWithPrevious: fc.boolean(),
  }),
  { selector: e => e.name, maxLength: 6 },
).map((list): DeployEnvironmentOptions[] => {
  const sorted = [...list].sort((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type));
  return sorted.map((e, i) => ({
    ...e, parallelWithPrevious: e.parallelWithPrevious && i > 0
    && sorted[i - 1].type === e.type,
  }));
});

const group = fc.record({
  name: groupName,
  sourceBranch: fc.constantFrom('main', 'develop'),
  buildEnvironment: optional(fc.record({
    name: optional(environmentName), account, region, type: optional(fc.constantFrom(...TYPES)),
  })),
  deployEnvironments: optional(environments),
});

const repository = fc.record({
  name: fc.stringMatching(/^[a-z0-9]+([._/-][a-z0-9]+){0,3}$/).filter(name => name.length >= 2 && name.length <= 100),
  pullThroughCache: optional(fc.constantFrom(
    ...['public.ecr.aws', 'quay.io', 'registry.k8s.io'].map(upstreamRegistryUrl => ({ upstreamRegistryUrl })),
  )),
});

/**
 * Deliveries with any names, over several accounts and regions or in one place that is not named; nearly all of them
 * are valid.
 */
export const arbitraryDelivery: fc.Arbitrary<DeliveryOptions> = fc.record({
  name: fc.oneof(
    fc.constantFrom('churn', 'a', 'a-b', '@team/churn'), fc.stringMatching(/^[A-Za-z@][A-Za-z0-9@._/-]{0,127}$/),
  ),
  isPlaced: fc.boolean(),
  deploymentGroups: fc.uniqueArray(group, { selector: g => g.name, minLength: 1, maxLength: 4 }),
  containerRepositories: fc.uniqueArray(repository, { selector: r => r.name, maxLength: 3 }),
  pipeline: fc.boolean(),
  own: fc.boolean(),
}).map(({ isPlaced, pipeline, own, deploymentGroups, ...delivery }): DeliveryOptions => ({
  ...delivery,
  endpoint: { smokeTest: { body: '1' } },
  tooling: isPlaced ? { account: ACCOUNTS[0], region: REGIONS[0] } : {},
  infrastructure: { pipeline, ...(own ? { source: {} } : {}) },
  deploymentGroups: isPlaced ? deploymentGroups : deploymentGroups.map(g => ({
    ...g,
    buildEnvironment: g.buildEnvironment && { ...g.buildEnvironment, account: undefined, region: undefined },
    deployEnvironments: g.deployEnvironments?.map(e => ({ ...e, account: undefined, region: undefined })),
  })),
}));
