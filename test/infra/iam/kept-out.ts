import type { World } from './calls/world';
import { show } from './table';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Policies } from '../../../testing/iam/policies';
import type { Request } from '../../../testing/iam/request';

/** Those of some requests that are allowed. */
export async function allowed(policies: Policies, requests: readonly Request[]): Promise<string[]> {
  const found: string[] = [];
  for (const request of requests) {
    const answer = await evaluate(policies, request);
    if (answer.allowed) { found.push(`${show(request)}: ${answer.reason}`); }
  }
  return found;
}

/** Every role of a delivery's templates but some. */
export function rolesBut(world: World, ...but: (string | undefined)[]): string[] {
  return [...world.policies.roles.keys()].filter(arn => !but.includes(arn));
}

/**
 * What makes a difference to who is kept out: groups, accounts, regions, shared accounts, names, the engine. The others
 * have the same roles with other sources.
 */
export const KEPT_APART = [
  'default', 'twoGroups', 'sevenAccounts', 'regions', 'sharedAccounts', 'longNames', 'workflowsOfAccounts',
];
