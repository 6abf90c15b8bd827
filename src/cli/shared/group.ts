import { UserError } from './command';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';

/**
 * The deployment group of a name, or the only one.
 *
 * @throws UserError with the names of all groups
 */
export function groupOf({ groups }: DeliveryPlan, name: string | undefined): PlannedGroup {
  const names = groups.map(group => group.name).join(', ');
  if (name === undefined && groups.length > 1) { throw new UserError(`Name one of the groups ${names} with --group.`); }
  const found = name === undefined ? groups[0] : groups.find(group => group.name === name);
  if (!found) { throw new UserError(`There is no deployment group ${name}. Groups: ${names}.`); }
  return found;
}

/**
 * The group that deploys to an environment, by its name where several have one of that name.
 *
 * @throws UserError with the names that there are
 */
export function groupDeployingTo({ groups }: DeliveryPlan, environment: string, group: string | undefined): PlannedGroup {
  const known = groups.filter(({ name }) => group === undefined || name === group);
  if (known.length === 0) {
    throw new UserError(`There is no deployment group ${group}. Groups: ${groups.map(g => g.name).join(', ')}.`);
  }
  const found = known.filter(({ environments }) => environments.some(e => e.name === environment));
  if (found.length === 1) { return found[0]; }
  if (found.length > 1) {
    const names = found.map(g => g.name).join(', ');
    throw new UserError(`Several groups deploy to ${environment}: name one of ${names} with --group.`);
  }
  const names = known.flatMap(({ environments }) => environments.map(e => e.name));
  throw new UserError(`There is no environment ${environment}. Environments: ${[...new Set(names)].join(', ')}.`);
}
