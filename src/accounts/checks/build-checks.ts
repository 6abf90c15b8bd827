import type { PlannedBuild } from '../../plan/build/model';
import type { PreflightCheck } from '../preflight-check';

/** Secrets for registries that images are fetched from. */
export function imageChecks({ place, repositories }: PlannedBuild): PreflightCheck[] {
  return repositories.flatMap(({ upstream }): PreflightCheck[] => (upstream?.credentialArn ? [{
    kind: 'secret',
    title: `Secret with the credentials for ${upstream.registryUrl}`,
    place,
    wants: { arn: upstream.credentialArn },
    fix: 'Create the secret in the build account and region; its name must begin with ecr-pullthroughcache/.',
  }] : []));
}
