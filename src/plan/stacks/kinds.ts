import type { PlannedStack, StackKind, StackOfKind } from './stack';
import type { DeliveryPlan, NamedDelivery, NamedGroup } from '../model';

/**
 * What CloudFormation works with when it deploys a stack, beside roles, buckets and keys, which all stacks have;
 * `src/accounts` knows the rights to each.
 */
export type DeployedService =
  'signals' | 'bus' | 'projects' | 'logs' | 'pipelines' | 'memory' | 'repositories' | 'registry' | 'images'
  | 'functions' | 'trails' | 'queries' | 'apis' | 'streams' | 'monitors' | 'identities' | 'parameters';

/** Names in a stack that are not made from the delivery's. */
export interface ForeignNames {
  /** What they begin with. */
  readonly prefix: string;
  /** Model package group of exactly this name. */
  readonly modelPackageGroup: string;
  /** Bus that is there already, for rules. */
  readonly bus?: string;
}

/** Everything that makes a kind of stack what it is, but its construct; that is in `src/infra/stack-builders.ts`. */
interface KindOfStack {
  /**
   * When it is deployed: before all others by the infrastructure pipeline, which needs it to work; in the stage of the
   * account's type, not before what it needs. Or by the group's deploy pipeline.
   */
  readonly tier: 'itself' | 'account' | 'deploy-pipeline';
  readonly services: readonly DeployedService[];
  /** What only some of its stacks have. */
  readonly further?: (stack: PlannedStack, plan: DeliveryPlan) => readonly DeployedService[];
  readonly foreign?: (plan: DeliveryPlan) => ForeignNames | undefined;
}

/** A kind that is in a delivery once. */
export interface SharedKind extends KindOfStack {
  readonly stacks: (named: NamedDelivery) => StackOfKind[];
}

/** A kind that each group has. */
export interface GroupKind extends KindOfStack {
  readonly groupStacks: (group: NamedGroup, named: NamedDelivery) => StackOfKind[];
}

/** A kind that a delivery has once, after all others that the infrastructure pipeline deploys. */
export interface LastKind extends KindOfStack {
  readonly lastStacks: (named: NamedDelivery, others: readonly string[]) => StackOfKind[];
}

/** Every kind of stack, in the order of their deployment. */
export const STACK_KINDS: { readonly [K in StackKind]: SharedKind | GroupKind | LastKind } = {
  source: {
    tier: 'itself',
    services: ['repositories'],
    stacks: ({ source, infrastructure: { place } }) => (source.stack ? [{ name: source.stack, place, needs: [] }] : []),
  },
  infrastructure: {
    tier: 'itself',
    services: ['signals', 'bus'],
    further: (_, { delivery: { engine: { github, gitlab } } }) => (
      [github, gitlab].some(host => host && host.oidcProviderArn === undefined) ? ['identities'] : []),
    stacks: ({ source, infrastructure: { stack, place } }) => [{ name: stack, place, needs: given(source.stack) }],
  },
  // Before everything that writes to it or whose calls it records.
  audit: {
    tier: 'account',
    services: ['signals', 'logs', 'queries'],
    stacks: ({ governance: { audit } }) => (audit ? [{ name: audit.stack, place: audit.place, needs: [] }] : []),
  },
  trail: {
    tier: 'account',
    services: ['signals', 'logs', 'trails'],
    stacks: ({ governance: { audit }, infrastructure }) => (audit
      ? audit.trails.map(({ stack, place }) => ({ name: stack, place, needs: [audit.stack, infrastructure.stack] }))
      : []),
  },
  governance: {
    tier: 'account',
    services: ['signals', 'logs', 'functions', 'memory'],
    further: (_, { governance: { roles } }) => (roles.decisions ? ['pipelines'] : []),
    stacks: ({ governance: { audit, decisions }, infrastructure }) => (decisions
      ? [{
        name: decisions.stack, place: decisions.place, needs: [infrastructure.stack, ...given(audit?.stack)],
      }]
      : []),
  },
  promotion: {
    tier: 'account',
    services: ['signals', 'pipelines', 'projects', 'logs', 'registry'],
    foreign: ({ promotion }) => promotion && {
      prefix: promotion.group,
      modelPackageGroup: promotion.group,
      bus: promotion.bus,
    },
    stacks: ({ promotion, infrastructure }) => (promotion
      ? [{ name: promotion.stack, place: promotion.place, needs: [infrastructure.stack] }]
      : []),
  },
  build: {
    tier: 'account',
    services: ['signals', 'projects', 'logs', 'registry', 'images'],
    groupStacks: ({ name: group, build: { stack, place, type } }, { infrastructure }) => [
      { name: stack, place, type, group, needs: [infrastructure.stack] },
    ],
  },
  environment: {
    tier: 'account',
    services: ['signals', 'logs', 'registry'],
    further: ({ group, environment }, { groups }) => {
      const found = groups.find(({ name }) => name === group)?.environments.find(({ name }) => name === environment);
      return [
        ...(found?.api ? ['apis'] as const : []), ...(found?.api?.predictions ? ['streams'] as const : []),
        ...(found?.monitoring ? ['queries', 'monitors'] as const : []),
      ];
    },
    groupStacks: ({ name: group, environments }) => environments.map(({ stack, name: environment, place, type }) => (
      { name: stack, place, type, group, environment, needs: [] })),
  },
  replica: {
    tier: 'account',
    services: [],
    groupStacks: ({ name: group, replicas }) => replicas.map(({ stack, place }) => ({
      name: stack,
      place,
      group,
      needs: [],
    })),
  },
  // It comes after everything that its pipelines use, because CodePipeline starts a pipeline as soon as it is there.
  delivery: {
    tier: 'account',
    services: ['signals', 'pipelines', 'projects', 'logs', 'memory'],
    further: ({ group }, { groups }) => {
      const found = groups.find(({ name }) => name === group);
      return [
        ...(found?.retraining || found?.workflows?.starter ? ['functions'] as const : []),
        ...(found?.workflows ? ['parameters'] as const : []),
      ];
    },
    groupStacks: ({ name: group, pipelines, build, environments, replicas }, { source, infrastructure }) => [{
      name: pipelines.stack,
      place: pipelines.place,
      group,
      needs: [...given(source.stack), ...[infrastructure, build, ...environments, ...replicas].map(part => part.stack)],
    }],
  },
  // The last one: its pipeline starts as soon as it is there, and would deploy what a person is deploying still.
  pipeline: {
    tier: 'itself',
    services: ['signals', 'pipelines', 'projects', 'logs'],
    further: (_, { infrastructure: { workflow } }) => (workflow
      ? ['parameters', ...(workflow.approvals === undefined ? [] : ['memory'] as const)] : []),
    lastStacks: ({ infrastructure: { pipeline, workflow, place } }, others) => [pipeline, workflow].flatMap(part => (
      part ? [{ name: part.stack, place, needs: others }] : [])),
  },
  endpoint: {
    tier: 'deploy-pipeline',
    services: [],
    groupStacks: ({ name: group, build, pipelines, environments }) => environments.map(e => ({
      name: e.endpointStack,
      place: e.place,
      type: e.type,
      group,
      environment: e.name,
      needs: [build.stack, e.stack, pipelines.stack],
    })),
  },
};

function given(stack: string | undefined): string[] {
  return stack === undefined ? [] : [stack];
}
