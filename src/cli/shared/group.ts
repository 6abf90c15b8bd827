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
