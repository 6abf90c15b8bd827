import { workflowFile, type WorkflowTrust } from './model';
import type { Conditions } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** Host of the issuer of GitHub's tokens, which the keys of conditions begin with. */
export const ISSUER = 'token.actions.githubusercontent.com';

/**
 * The longest that a job of a hosted runner takes (GitHub documentation, "Actions limits"): it cannot take its role on
 * again, because its token lasts for minutes.
 */
export const JOB_SESSION_HOURS = 6;

/** Whom a token must be for: what GitHub's own action asks for. */
export const AUDIENCE = 'sts.amazonaws.com';

/** A job of a workflow in the delivery's repository. */
export function trustedJob(
  { engine: { github }, source }: DeliverySettings, workflow: string, branch: string, environments?: readonly string[],
): WorkflowTrust {
  if (!github) { throw new Error('No workflow runs this delivery.'); }
  return {
    provider: github.oidcProviderArn ?? `arn:{partition}:iam::{account}:oidc-provider/${ISSUER}`,
    repository: { name: source.repository, id: github.repositoryId, ownerId: github.ownerId },
    workflow, branch, ...(environments ? { environments } : {}),
  };
}

/**
 * What a token must say. STS knows these claims of GitHub as keys (IAM user guide, "Available keys for AWS OIDC
 * federation"). The owner's number is none of them: it is in the subject of repositories that were made, renamed or
 * transferred since July 2026, and older ones have the names alone, so both forms are right. The repository's number is
 * asked for in any case, because names can be taken again.
 */
export function claimsOf({ repository, workflow, branch, environments }: WorkflowTrust): Conditions {
  const [owner, name] = repository.name.split('/');
  const ref = `refs/heads/${branch}`;
  const about = environments?.map(each => `environment:${each}`) ?? [`ref:${ref}`];
  const repositories = [`${owner}/${name}`, `${owner}@${repository.ownerId}/${name}@${repository.id}`];
  const claim = (key: string) => `${ISSUER}:${key}`;
  return {
    StringEquals: {
      [claim('aud')]: AUDIENCE,
      [claim('sub')]: about.flatMap(what => repositories.map(each => `repo:${each}:${what}`)),
      [claim('repository_id')]: repository.id,
      [claim('ref')]: ref,
      [claim('job_workflow_ref')]: `${repository.name}/${workflowFile(workflow)}@${ref}`,
      ...(environments ? { [claim('environment')]: environments } : {}),
    },
  };
}

