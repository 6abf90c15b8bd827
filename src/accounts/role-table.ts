import type { DeliveryPlan } from '../plan/model';
import { rolesOf } from '../plan/plan';
import type { Grant, Principal } from '../plan/roles/role-model';
import { namesOf } from '../plan/roles/trust';

/** Every role of a plan as a Markdown table: who assumes it, what it may call, and why. */
export function roleTable(plan: DeliveryPlan): string {
  const rows = rolesOf(plan).flatMap(role => [
    `| **${role.name}** | ${principal(role.assumedBy)} | ${role.purpose} | |`,
    ...role.grants.map((grant: Grant) => `| | | ${allowed(grant)} | ${reason(grant)} |`),
  ]);
  return ['| role | assumed by | permissions | why |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function principal(who: Principal): string {
  if ('service' in who) { return who.service; }
  return 'role' in who ? who.role.split('/').pop()! : namesOf(who);
}

function allowed(grant: Grant): string {
  const what = `${grant.effect === 'Deny' ? '**never** ' : ''}${grant.actions.map(code).join(' ')} on `
    + `${grant.resources.map(code).join(' ')}`;
  return grant.conditions ? `${what} if ${code(JSON.stringify(grant.conditions))}` : what;
}

function reason(grant: Grant): string {
  return cell(grant.wildcard ? `${grant.why} ${grant.wildcard}` : grant.why);
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|');
}
