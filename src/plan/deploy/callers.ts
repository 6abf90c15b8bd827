import type { NamedEnvironment } from '../endpoint/model';
import type { NamedGroup } from '../model';
import type { RoleId } from '../roles/role-model';

/** Who takes on which role of an environment, by their ARNs. */
export interface Callers {
  /** Making and executing change sets. */
  readonly deploy: readonly string[];
  /** Publishing files, and copying models to another region. */
  readonly supply: readonly string[];
  /** Looking at what is live, before and after. */
  readonly verify: readonly string[];
  /** What follows a change: moving an API, removing what was replaced. */
  readonly finish: readonly string[];
  /** Returning an endpoint at once. */
  readonly rollBack: readonly string[];
}

/**
 * CodePipeline has one role for change sets and one for everything else. Workflows have a role for each job, and nobody
 * but the job in an environment of the host changes anything there; the return is AWS's own with both.
 */
export function callersOf({ roles }: NamedGroup, environment: NamedEnvironment): Callers {
  const { deployRunner, preparer, deployPipeline } = roles;
  const { shipper } = environment.roles;
  const arns = (...ids: ReadonlyArray<RoleId | undefined>) => ids.flatMap(id => id?.arn ?? []);
  return {
    deploy: arns(deployPipeline, shipper),
    supply: arns(preparer ?? deployRunner),
    verify: arns(deployRunner, preparer, shipper),
    finish: arns(deployRunner, shipper),
    rollBack: arns(deployRunner),
  };
}

/** Whoever fetches what the stacks have published: code and tools. */
export function assetReadersOf({ roles, environments }: NamedGroup): RoleId[] {
  return [roles.deployPipeline, roles.assembler, roles.preparer, ...environments.map(e => e.roles.shipper)]
    .flatMap(id => id ?? []);
}
