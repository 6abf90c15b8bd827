/** Where images are fetched from when the repository does not have them yet. */
export interface PullThroughCacheOptions {
  /** Host of the registry, for example `public.ecr.aws` or `registry-1.docker.io`. */
  readonly upstreamRegistryUrl: string;

  /**
   * ARN of a Secrets Manager secret with the registry's credentials, in the account and region in which models are
   * built; its name begins with `ecr-pullthroughcache/`.
   *
   * @default - none; required for the registries that ECR does not read without, such as Docker Hub
   */
  readonly credentialArn?: string;
}

/**
 * An ECR repository for images of your own, in the build environment of every deployment group.
 *
 * In Python write `ContainerRepositoryOptions(...)`: of a plain dict in a list jsii drops the names that it does not
 * know without a word.
 */
export interface ContainerRepositoryOptions {
  /**
   * Name, 2 to 100 lower-case letters, digits, ".", "_", "-" and "/", once per project; project and group are put
   * before it.
   */
  readonly name: string;

  /**
   * Fetches images from another registry when they are asked for; the name is then the prefix of what is fetched.
   *
   * @default - images are pushed
   */
  readonly pullThroughCache?: PullThroughCacheOptions;
}
