import type { DeliveryPlan } from '../../src/plan/model';
import { rolesOf } from '../../src/plan/plan';
import type { WorkflowTrust } from '../../src/plan/workflows/model';
import { HERE } from '../iam/assembly';
import type { Policies, PolicyDocument } from '../iam/policies';

/** What the token of a job says that a role is for, as `Origin` of the simulator has it. */
interface Origin {
  readonly owner: string;
  readonly owner_id: number;
  readonly name: string;
  readonly repository_id: number;
  /** The workflow's file. */
  readonly file: string;
  readonly ref: string;
  readonly environment: string;
}

/** A synthesized role that trusts GitHub, and whom the plan means by that. */
interface TrustedRole {
  readonly trust: PolicyDocument;
  readonly origins: readonly Origin[];
}

/** All roles of a delivery that trust GitHub, by their ARNs; one that the plan knows nothing of is an error. */
export function trustedRoles(plan: DeliveryPlan, { roles }: Policies): { readonly [arn: string]: TrustedRole } {
  const planned = new Map(rolesOf(plan).flatMap(({ arn, assumedBy }): [string, WorkflowTrust][] =>
    ('job' in assumedBy ? [[fill(arn), assumedBy.job]] : [])));
  const trusting = [...roles.values()].filter(({ trust }) => JSON.stringify(trust).includes('Federated'));
  return Object.fromEntries(trusting.map(({ arn, trust }) => {
    const job = planned.get(arn);
    if (!job) { throw new Error(`${arn} trusts GitHub, and the plan does not say why`); }
    return [arn, { trust, origins: originsOf(job) }];
  }));
}

function originsOf({ repository, workflow, branch, environments = [''] }: WorkflowTrust): Origin[] {
  const [owner, name] = repository.name.split('/');
  return environments.map(environment => ({
    owner, owner_id: Number(repository.ownerId), name, repository_id: Number(repository.id),
    file: `${workflow}.yml`, ref: `refs/heads/${branch}`, environment,
  }));
}

function fill(text: string): string {
  return text.replace('{partition}', 'aws').replace('{account}', HERE.account);
}
