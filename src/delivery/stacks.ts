import type { Delivery, Place } from './delivery';
import type { PlannedGroup } from './plan';

/** A CloudFormation stack of the delivery. */
export interface PlannedStack {
  readonly name: string;
  readonly kind: 'source' | 'build' | 'environment' | 'delivery' | 'endpoint';
  readonly place: Place;
  /** Names of the stacks that have to be there first. */
  readonly needs: readonly string[];
  /** Who deploys it: `cdk deploy`, or the group's deploy pipeline. */
  readonly deployedBy: 'infrastructure' | 'deploy-pipeline';
}

/** All stacks, each after those it needs. */
export function planStacks(delivery: Delivery, groups: readonly PlannedGroup[], sourceStack: string | undefined): PlannedStack[] {
  const source: PlannedStack[] = sourceStack
    ? [{ name: sourceStack, kind: 'source', place: delivery.tooling, needs: [], deployedBy: 'infrastructure' }]
    : [];
  return [...source, ...groups.flatMap(group => groupStacks(group, source.map(s => s.name)))];
}

/** The pipelines come after everything that they use, because CodePipeline starts a pipeline as soon as it is there. */
function groupStacks(group: PlannedGroup, source: readonly string[]): PlannedStack[] {
  const { build, pipelines, environments } = group;
  return [
    { name: build.stack, kind: 'build', place: build.place, needs: [], deployedBy: 'infrastructure' },
    ...environments.map((e): PlannedStack => ({ name: e.stack, kind: 'environment', place: e.place, needs: [], deployedBy: 'infrastructure' })),
    {
      name: pipelines.stack, kind: 'delivery', place: pipelines.place, deployedBy: 'infrastructure',
      needs: [...source, build.stack, ...environments.map(e => e.stack)],
    },
    ...environments.map((e): PlannedStack => ({
      name: e.endpointStack, kind: 'endpoint', place: e.place, needs: [build.stack, e.stack, pipelines.stack], deployedBy: 'deploy-pipeline',
    })),
  ];
}
