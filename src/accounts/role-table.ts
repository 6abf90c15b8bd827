import type { DeliveryPlan } from '../plan/model';
import { rolesOf } from '../plan/plan';
import type { Grant, Principal } from '../plan/roles/role-model';
import { namesOf } from '../plan/roles/trust';
import type { GitlabTrust, WorkflowTrust } from '../plan/workflows/model';

/** Every role of a plan, or those that differ from another plan's, as a Markdown table. */
export function roleTable(plan: DeliveryPlan, other?: DeliveryPlan): string {
  const known = new Set(other ? rolesOf(other).map(role => JSON.stringify(role)) : []);
  const rows = rolesOf(plan).filter(role => !known.has(JSON.stringify(role))).flatMap(role => [
    `| **${role.name}** | ${principal(role.assumedBy)} | ${role.purpose} | |`,
    ...role.grants.map((grant: Grant) => `| | | ${allowed(grant)} | ${reason(grant)} |`),
  ]);
  return ['| role | assumed by | permissions | why |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function principal(who: Principal): string {
  if ('service' in who) { return who.service; }
  if ('roles' in who) { return who.roles.map(arn => arn.split('/').pop()!).join(', '); }
  if ('pipeline' in who) { return pipelineOf(who.pipeline); }
  return 'job' in who ? jobOf(who.job) : namesOf(who);
}

function jobOf({ repository, workflow, branch, environments }: WorkflowTrust): string {
  return `workflow ${workflow} of ${repository.name}, branch ${branch}`
    + `${environments ? `, environment ${environments.join(' or ')}` : ''}`;
}

function pipelineOf({ project, branch, audience, sources }: GitlabTrust): string {
  return `pipeline of ${project.path}, branch ${branch}, started by ${sources.join(' or ')}, with a token for ${audience}`;
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
