/**
 * ECR API reference, CreateRepository, repositoryName.
 *
 * @pattern ^(?=.{2,100}$)[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$
 * @allowed 2 to 100 lower-case letters and digits, with single ".", "_", "-" and "/" between them
 * @examples ["training"]
 */
type RepositoryName = string;

/**
 * @pattern ^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$
 * @maxLength 253
 * @allowed the host of a registry without scheme and path, for example "public.ecr.aws"
 * @examples ["public.ecr.aws"]
 */
type RegistryHost = string;

/**
 * ECR API reference, CreatePullThroughCacheRule, credentialArn.
 *
 * @pattern ^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+$
 * @minLength 50
 * @maxLength 612
 * @allowed the ARN of a Secrets Manager secret whose name begins with ecr-pullthroughcache/
 * (arn:aws:secretsmanager:<region>:<account>:secret:ecr-pullthroughcache/<name>)
 * @examples ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/docker-hub-AbCdEf"]
 */
type CredentialArn = string;

/** The upstream registry that missing images are pulled from. */
export interface PullThroughCacheOptions {
  /** Host of the registry. */
  readonly upstreamRegistryUrl: RegistryHost;

  /**
   * ARN of a Secrets Manager secret with the registry's credentials, in the account and region in which models are
   * built.
   *
   * @default - none; required for registries that need credentials, such as Docker Hub
   */
  readonly credentialArn?: CredentialArn;
}

/**
 * An ECR repository for your own images, in the build environment of every deployment group.
 *
 * In Python write `ContainerRepositoryOptions(...)`: in a list, jsii silently drops unknown keys of a plain dict.
 */
export interface ContainerRepositoryOptions {
  /** Name, unique in the project; the names of project and group are prefixed to it. */
  readonly name: RepositoryName;

  /**
   * Pulls images from an upstream registry on first use; the name is then the prefix of those images.
   *
   * @default - images are pushed
   */
  readonly pullThroughCache?: PullThroughCacheOptions;
}
