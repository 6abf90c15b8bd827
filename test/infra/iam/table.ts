import { stepsOf } from './calls';
import type { Step, World } from './calls/world';
import { evaluate } from '../../../testing/iam/evaluate';
import { expand } from '../../../testing/iam/expand';
import type { IamRole, Policies, PolicyDocument } from '../../../testing/iam/policies';
import type { Answer, Request } from '../../../testing/iam/request';

/** A request of the table with what was decided. */
export interface Decided {
  readonly step: Step;
  readonly request: Request;
  readonly answer: Answer;
}

const tables = new WeakMap<World, Promise<readonly Decided[]>>();

/** Every call of a delivery's parts, decided; each request once. */
export function decideAll(world: World): Promise<readonly Decided[]> {
  const known = tables.get(world);
  if (known) { return known; }
  const made = decide(world);
  tables.set(world, made);
  return made;
}

async function decide(world: World): Promise<readonly Decided[]> {
  const decided = new Map<string, Decided>();
  for (const step of stepsOf(world)) {
    for (const request of step.calls.flatMap(call => expand(world.policies, { ...call, principal: step.principal }))) {
      const id = JSON.stringify(request);
      if (!decided.has(id)) { decided.set(id, { step, request, answer: await evaluate(world.policies, request) }); }
    }
  }
  return [...decided.values()];
}

/** The policies without one statement of one role. */
export function without(policies: Policies, role: IamRole, policy: string, index: number): Policies {
  const rest = ({ Version, Statement }: PolicyDocument): PolicyDocument => ({
    Version, Statement: Statement.filter((_, i) => i !== index),
  });
  const changed: IamRole = {
    ...role, policies: role.policies.map(p => (p.name === policy ? { ...p, document: rest(p.document) } : p)),
  };
  return { ...policies, roles: new Map([...policies.roles, [role.arn, changed]]) };
}

/** One line about a request. */
export function show({ principal, action, resource, context }: Request): string {
  return `${principal.split('/').pop()} ${action} ${resource}${context ? ` ${JSON.stringify(context)}` : ''}`;
}
