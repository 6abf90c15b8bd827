import { namerFor, type PlannedName } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliverySettings, DeliverySource } from '../settings';

/** Repositories that are created, in a stack of their own; it is undefined when there are none. */
export interface NamedSource {
  readonly repositories: readonly DeliverySource[];
  readonly stack?: string;
}

export function nameSource(delivery: DeliverySettings): { repositories: DeliverySource[]; stack?: PlannedName } {
  const repositories = createdRepositories(delivery);
  if (repositories.length === 0) { return { repositories }; }
  return { repositories, stack: namerFor(placeOf(delivery.tooling)).regional('stack', delivery.name, 'source') };
}

/** Model and infrastructure may come from one repository, which is then created once. */
function createdRepositories({ source, infrastructure }: DeliverySettings): DeliverySource[] {
  const isOther = infrastructure.pipeline && infrastructure.source.repository !== source.repository;
  return (isOther ? [source, infrastructure.source] : [source]).filter(repository => repository.create);
}
