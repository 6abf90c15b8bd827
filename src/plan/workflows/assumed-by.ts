import { trustedPipeline } from './gitlab-trust';
import type { PipelineSource } from './model';
import { trustedJob } from './trust';
import type { Principal, RoleId } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** The jobs that take a role on, whichever host runs them. */
export interface Jobs {
  /** File of the workflow that they are in. */
  readonly workflow: string;
  readonly branch: string;
  /** What starts pipelines with them; GitHub names what starts a workflow in its file. */
  readonly sources: readonly PipelineSource[];
  /** Environments of the host of which they are in one. */
  readonly environments?: readonly string[];
}

/** What the trust of a role says of them. */
export function assumedBy(
  delivery: DeliverySettings, role: RoleId, { workflow, branch, sources, environments }: Jobs,
): Principal {
  return delivery.engine.gitlab
    ? { pipeline: trustedPipeline(delivery, role, branch, sources) }
    : { job: trustedJob(delivery, workflow, branch, environments) };
}

/** The branch that deployments run on: the host's default one. */
export function defaultBranchOf({ engine: { github, gitlab } }: Pick<DeliverySettings, 'engine'>): string {
  const host = github ?? gitlab;
  if (!host) { throw new Error("The repository's host does not run this delivery."); }
  return host.defaultBranch;
}
