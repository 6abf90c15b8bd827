import { GITLAB } from './gitlab-trust';
import { AUDIENCE, ISSUER } from './trust';
import type { DeliveryPlan } from '../model';
import { rolesOf } from '../plan';

/** Who vouches for the jobs of a delivery, and whom its tokens are for. */
export interface HostIdentity {
  /** Name of the construct. */
  readonly id: 'Github' | 'Gitlab';
  /** Host of the issuer. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** ARN of the provider that the account has already. */
  readonly given?: string;
  /** Option with that ARN. */
  readonly option: string;
}

/** The provider of the repository's host; undefined where CodePipeline runs the delivery. */
export function hostIdentity(plan: DeliveryPlan): HostIdentity | undefined {
  const { github, gitlab } = plan.delivery.engine;
  if (github) {
    return {
      id: 'Github', issuer: ISSUER, audiences: [AUDIENCE], given: github.oidcProviderArn,
      option: 'engine.github.oidcProviderArn',
    };
  }
  return gitlab && {
    id: 'Gitlab', issuer: GITLAB, audiences: audiencesOf(plan), given: gitlab.oidcProviderArn,
    option: 'engine.gitlab.oidcProviderArn',
  };
}

/** The audiences of all roles that pipelines at GitLab take on. */
function audiencesOf(plan: DeliveryPlan): string[] {
  return rolesOf(plan).flatMap(({ assumedBy }) => ('pipeline' in assumedBy ? [assumedBy.pipeline.audience] : [])).sort();
}
