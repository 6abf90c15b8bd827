import type { GitlabTrust, PipelineSource } from './model';
import { AUDIENCE } from './trust';
import type { Conditions, RoleId } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** Host of the issuer of GitLab's tokens, which the keys of conditions begin with. */
export const GITLAB = 'gitlab.com';

/** Pipelines that somebody starts for a request: by a token, by a scheduled one, in the browser or by the API. */
export const STARTED: readonly PipelineSource[] = ['trigger', 'pipeline', 'web', 'api'];

/**
 * The audience of tokens for a role. GitLab gives a job the tokens that its configuration asks for and no others (GitLab
 * documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens"), so code that runs in a job can take on the role
 * of this job and none else's.
 */
export function audienceOf({ name }: RoleId): string {
  return `${AUDIENCE}/${name}`;
}

/** A job of a pipeline on a branch of the delivery's project. */
export function trustedPipeline(
  { engine: { gitlab }, source }: DeliverySettings, role: RoleId, branch: string, sources: readonly PipelineSource[],
): GitlabTrust {
  if (!gitlab) { throw new Error('No pipeline of GitLab runs this delivery.'); }
  return {
    provider: gitlab.oidcProviderArn ?? `arn:{partition}:iam::{account}:oidc-provider/${GITLAB}`,
    project: { path: source.repository, id: gitlab.projectId },
    branch, audience: audienceOf(role), sources,
  };
}

/**
 * What a token must say. STS knows these claims of gitlab.com as keys (IAM user guide, "Available keys for AWS OIDC
 * federation"); it knows neither the environment of a job nor the file that its pipeline comes from. The number of the
 * project is asked for because a path can be taken again. Pipelines for merge requests run code that nobody has
 * reviewed: they are none of the sources.
 */
export function claimsOfPipeline({ project, branch, audience, sources }: GitlabTrust): Conditions {
  const claim = (key: string) => `${GITLAB}:${key}`;
  return {
    StringEquals: {
      [claim('aud')]: audience,
      [claim('sub')]: `project_path:${project.path}:ref_type:branch:ref:${branch}`,
      [claim('project_id')]: project.id,
      [claim('ref_protected')]: 'true',
      [claim('pipeline_source')]: sources,
    },
  };
}
