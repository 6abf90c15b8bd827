import { buildPlaces } from './environments';
import { nearest } from '../engine/nearest';
import { showValue } from '../engine/option-error';
import { entryPaths, valueAt } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';

/**
 * Registries that ECR fetches from (ECR user guide, "Sync an upstream registry with an Amazon ECR private registry"),
 * and whether they want credentials.
 */
const UPSTREAMS: { readonly [host: string]: boolean } = {
  'public.ecr.aws': false, 'registry.k8s.io': false, 'quay.io': false,
  'registry-1.docker.io': true, 'ghcr.io': true, 'registry.gitlab.com': true, 'cgr.dev': true,
};

/** Hosts that are often written for Docker Hub; ECR knows it by the one of its API. */
const DOCKER_HUB = ['docker.io', 'hub.docker.com', 'index.docker.io', 'registry.hub.docker.com'];

const wantsCredentials = (host: string): boolean | undefined => (/^[a-z0-9-]+\.azurecr\.io$/.test(host) ? true
  : Object.prototype.hasOwnProperty.call(UPSTREAMS, host) ? UPSTREAMS[host] : undefined);

/** Repositories for images of the user's own. */
export const containerRepositoryRules: RuleFamily = options => {
  const entries = entryPaths(options, 'containerRepositories');
  const names = entries.map(entry => valueAt(options, `${entry}.name`));
  return [
    ...entries.map((entry, i) => rule<[string]>([`${entry}.name`], name => (names.indexOf(name) === i ? [] : [
      problem(`${entry}.name`, name, 'a name that is unique in the project', 'Choose another name.'),
    ]))),
    ...entries.flatMap(entry => cacheRules(options, `${entry}.pullThroughCache`)),
  ];
};

function cacheRules(options: unknown, cache: string): Rule[] {
  const [hostPath, credentialPath] = [`${cache}.upstreamRegistryUrl`, `${cache}.credentialArn`];
  const build = buildPlaces(options);
  return [
    rule<[string?]>([hostPath], host => (host === undefined || wantsCredentials(host) !== undefined ? [] : [
      problem(
        hostPath, host, `a registry that ECR can cache: ${Object.keys(UPSTREAMS).join(', ')}, <name>.azurecr.io`,
        hostFix(host),
      ),
    ])),
    rule<[string?, string?]>([hostPath, credentialPath], (host, credential) => {
      const wanted = host === undefined ? undefined : wantsCredentials(host);
      if (wanted === undefined || wanted === (credential !== undefined)) { return []; }
      return wanted
        ? [problem(credentialPath, undefined, `the ARN of a secret with the credentials for ${host}`, 'ECR needs '
          + 'credentials for this registry: store them in Secrets Manager, in a secret whose name begins with '
          + 'ecr-pullthroughcache/.')]
        : [problem(
          credentialPath, credential, `no value for ${host}`,
          'ECR needs no credentials for this registry. Remove it.',
        )];
    }),
    // "The account and Region that the secret is in must match" those of the cache (ECR user guide, "Creating a pull
    // through cache rule"), which is where models are built.
    ...build.flatMap(({ places }) => ([['region', 3], ['account', 4]] as const).map(([
      field, part,
    ]) => rule<ReadonlyArray<string | undefined>>(
      [credentialPath, ...places.map(place => `${place}.${field}`)], (arn, ...values) => {
        const where = values.find(value => value !== undefined);
        return arn === undefined || where === undefined || arn.split(':')[part] === where ? [] : [problem(
          credentialPath, arn, `a secret in the ${field} in which models are built (${showValue(where)})`,
          'ECR reads secrets only in its own account and region: store it there. For builds in several accounts or '
            + 'regions, push the images instead.',
        )];
      }))),
  ];
}

function hostFix(host: string): string {
  if (DOCKER_HUB.includes(host)) { return 'ECR names Docker Hub "registry-1.docker.io".'; }
  const near = nearest(host, Object.keys(UPSTREAMS));
  if (near) { return `Did you mean ${showValue(near)}?`; }
  return /\.dkr\.ecr\./.test(host)
    ? "Use images of another account's ECR by their own address, without a cache."
    : 'Push images of other registries instead.';
}
