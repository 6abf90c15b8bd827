import type { PlannedStack } from './stack';
import type { Delivery } from '../delivery';
import type { PlannedInfrastructure } from '../infrastructure/model';
import type { PlannedGroup } from '../model';
import { nameOf } from '../names/name-of';

/** All stacks, each after those it needs. */
export function planStacks(
  delivery: Delivery, groups: readonly PlannedGroup[], infrastructure: PlannedInfrastructure, createsRepository: boolean,
): PlannedStack[] {
  const { tooling } = delivery;
  const source: PlannedStack[] = createsRepository
    ? [{ name: nameOf('stack', delivery.name, 'source'), kind: 'source', place: tooling, needs: [], deployedBy: 'infrastructure' }]
    : [];
  const shared: PlannedStack = { name: infrastructure.stack, kind: 'infrastructure', place: tooling, needs: source.map(s => s.name), deployedBy: 'infrastructure' };
  const promotion: PlannedStack[] = delivery.promotion
    ? [{ name: nameOf('stack', delivery.name, 'promotion'), kind: 'promotion', place: tooling, needs: [shared.name], deployedBy: 'infrastructure' }]
    : [];
  return [...source, shared, ...promotion, ...groups.flatMap(group => groupStacks(group, [...source.map(s => s.name), shared.name]))];
}

/** The pipelines come after everything that they use, because CodePipeline starts a pipeline as soon as it is there. */
function groupStacks(group: PlannedGroup, before: readonly string[]): PlannedStack[] {
  const { build, pipelines, environments, replicas } = group;
  return [
    { name: build.stack, kind: 'build', place: build.place, type: build.type, needs: before.slice(-1), deployedBy: 'infrastructure' },
    ...environments.map((e): PlannedStack => ({ name: e.stack, kind: 'environment', place: e.place, type: e.type, needs: [], deployedBy: 'infrastructure' })),
    ...replicas.map((r): PlannedStack => ({ name: r.stack, kind: 'replica', place: r.place, needs: [], deployedBy: 'infrastructure' })),
    {
      name: pipelines.stack, kind: 'delivery', place: pipelines.place, deployedBy: 'infrastructure',
      needs: [...before, build.stack, ...environments.map(e => e.stack), ...replicas.map(r => r.stack)],
    },
    ...environments.map((e): PlannedStack => ({
      name: e.endpointStack, kind: 'endpoint', place: e.place, type: e.type, needs: [build.stack, e.stack, pipelines.stack], deployedBy: 'deploy-pipeline',
    })),
  ];
}
