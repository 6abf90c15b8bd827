import { UserError } from '../shared/command';
import { parseFlags } from '../shared/flags';

export const USAGE = `Usage: sagemaker-cicd-projen rollback --environment <name> [--group <name>] [--config <file>]
       sagemaker-cicd-projen rollback --environment <name> --retry <version> [--group <name>]

Returns an environment's endpoint to the version that was live before, at once: its instances start as soon as the
deploy pipeline has, or where workflows deploy the build in AWS that returns endpoints. Then the stack is made to agree.
The version that is left is recorded as rolled back: no later execution deploys it there, until someone tries it again
with --retry. Needs credentials of the role <project>-<group>-releaser in the tooling account.

  --environment <name>  the environment, as in config/delivery.json
  --retry <version>     try this version of the model package group again where it was rolled back
  --group <name>        the deployment group, if several have an environment of that name
  --config <file>       the delivery (default: config/delivery.json)
`;

export const RETRY_USAGE = `Usage: sagemaker-cicd-projen retry-deployment --environment <name> --version <number>
       [--group <name>] [--config <file>]

Has a version deployed to an environment, also where it was rolled back; only approved versions are deployed. Needs
credentials of the role <project>-<group>-releaser in the tooling account.

  --environment <name>  the environment, as in config/delivery.json
  --version <number>    number of the version in the model package group
  --group <name>        the deployment group, if several have an environment of that name
  --config <file>       the delivery (default: config/delivery.json)
`;

/** What a person asks for. */
export interface Wanted {
  readonly environment: string;
  readonly retry?: string;
  readonly group?: string;
  readonly config?: string;
}

/**
 * What is asked for; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseRollback(args: readonly string[]): Wanted | undefined {
  const found = parseFlags(args, ['environment', 'retry', 'group', 'config'], USAGE);
  if (!found) { return undefined; }
  const { environment, retry } = found;
  if (retry !== undefined) { checkVersion('--retry', retry); }
  return { ...found, environment: named(environment, USAGE) };
}

/**
 * The same of a version that is tried again.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseRetry(args: readonly string[]): Wanted | undefined {
  const found = parseFlags(args, ['environment', 'version', 'group', 'config'], RETRY_USAGE);
  if (!found) { return undefined; }
  const { environment, version: retry, ...more } = found;
  const name = named(environment, RETRY_USAGE);
  if (retry === undefined) { throw new UserError(`Give the number of the version with --version.\n\n${RETRY_USAGE}`); }
  checkVersion('--version', retry);
  return { ...more, environment: name, retry };
}

function named(environment: string | undefined, usage: string): string {
  if (environment === undefined) { throw new UserError(`Name the environment with --environment.\n\n${usage}`); }
  return environment;
}

function checkVersion(flag: string, version: string): void {
  if (!/^[1-9][0-9]*$/.test(version)) {
    throw new UserError(`${flag} is ${version}: it must be the number of a version, for example 7.`);
  }
}
