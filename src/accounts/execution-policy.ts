import { executionStatements } from './execution-statements';
import { type PolicyStatement, type ServiceScope } from './statement';
import { placesOf } from '../plan/infrastructure/bootstrap';
import type { DeliveryPlan } from '../plan/model';
import { STACK_KINDS } from '../plan/stacks/kinds';
import type { PlannedStack } from '../plan/stacks/stack';

/** A customer-managed policy for the role that CloudFormation deploys with. */
export interface ExecutionPolicy {
  readonly name: string;
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly PolicyStatement[] };
}

/** Characters of a managed policy without white space (IAM user guide, "IAM and AWS STS quotas"). */
export const POLICY_LIMIT = 6144;

/**
 * What CloudFormation needs in one account to deploy this delivery's stacks there, and nothing else: the bootstrap
 * gives it every permission by default (CDK guide, "Bootstrapping your environment").
 *
 * @param account the account; undefined for the one account of a delivery that names none
 * @param partition partition of the ARNs
 */
export function executionPolicies(
  plan: DeliveryPlan, account: string | undefined, partition: string,
): ExecutionPolicy[] {
  const stacks = stacksOf(plan, account);
  const kinds = [...new Set(stacks.map(s => s.kind))].map(kind => STACK_KINDS[kind]);
  const foreign = kinds.flatMap(kind => kind.foreign?.(plan) ?? []);
  const regions = [...new Set(placesOf(plan.delivery).filter(p => p.account === account).map(p => p.region))];
  const arn: ServiceScope['arn'] = (service, resource, region = (regions.length === 1
    ? regions[0]
    : undefined) ?? '*') => (
    `arn:${partition}:${service}:${region}:${account ?? '*'}:${resource}`
  );
  const prefixes = [...new Set([plan.delivery.name, ...foreign.map(names => names.prefix)].map(namePrefix))];
  const named: ServiceScope['named'] = (service, resource, region) => prefixes.map(prefix => arn(
    service,
    resource.replace('{}', prefix),
    region,
  ));
  const scope: ServiceScope = { plan, foreign, account, partition, prefixes, arn, named };
  const services = new Set(stacks.flatMap(stack => {
    const kind = STACK_KINDS[stack.kind];
    return [...kind.services, ...kind.further?.(stack, plan) ?? []];
  }));
  const statements = executionStatements(scope, services);
  const base =
    `${namePrefix(plan.delivery.name) || 'delivery'}-cdk-${plan.delivery.infrastructure.bootstrapQualifier}-execution`;
  return pack(statements).map((Statement, i) => ({
    name: i === 0 ? base : `${base}-${i + 1}`,
    document: { Version: '2012-10-17', Statement },
  }));
}

/** Statements in as few policies as fit their order. */
function pack(statements: readonly PolicyStatement[]): PolicyStatement[][] {
  const policies: PolicyStatement[][] = [[]];
  for (const statement of statements) {
    const last = policies[policies.length - 1];
    const size = JSON.stringify({ Version: '2012-10-17', Statement: [...last, statement] }).length;
    if (last.length > 0 && size > POLICY_LIMIT) {
      policies.push([statement]);
    } else {
      last.push(statement);
    }
  }
  return policies;
}

/**
 * What all names of a delivery begin with, see `nameOf`: the project's name as names have it, cut where the shortest
 * kind of name may cut it (a bucket's: 63 characters without account, region and hash).
 */
export function namePrefix(project: string): string {
  const slug = project.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const start = slug === '' || /^[a-z]/.test(slug) ? slug : `x-${slug}`;
  return start.slice(0, 24).replace(/-+$/, '');
}

/** The stacks of an account that `cdk deploy` deploys. */
export function stacksOf(plan: DeliveryPlan, account: string | undefined): PlannedStack[] {
  return plan.stacks.filter(s => s.place.account === account && s.deployedBy === 'infrastructure');
}

