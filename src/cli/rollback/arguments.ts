import { UserError } from '../shared/command';

export const USAGE = `Usage: sagemaker-cicd-projen rollback --environment <name> [--group <name>] [--config <file>]
       sagemaker-cicd-projen rollback --environment <name> --retry <version> [--group <name>]

Returns an environment's endpoint to the version that was live before, at once: its instances start as soon as the
deploy pipeline has. The pipeline then makes the stack agree. The version that is left is recorded as rolled back:
no later execution deploys it there, until someone tries it again with --retry. Needs credentials of the role
<project>-<group>-releaser in the account that the pipelines run in.

  --environment <name>  the environment, as in config/delivery.json
  --retry <version>     try this version of the model package group again where it was rolled back
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

const FLAGS = ['environment', 'retry', 'group', 'config'] as const;

/**
 * What is asked for; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseRollback(args: readonly string[]): Wanted | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const found: { [flag in typeof FLAGS[number]]?: string } = {};
  while (rest.length > 0) {
    const [argument, value] = rest.splice(0, 2);
    const flag = FLAGS.find(name => argument === `--${name}`);
    if (!flag) { throw new UserError(`Unknown argument: ${argument}.\n\n${USAGE}`); }
    if (value === undefined || value.startsWith('-')) { throw new UserError(`${argument} needs a value.\n\n${USAGE}`); }
    found[flag] = value;
  }
  const { environment, retry } = found;
  if (environment === undefined) { throw new UserError(`Name the environment with --environment.\n\n${USAGE}`); }
  if (retry !== undefined && !/^[1-9][0-9]*$/.test(retry)) {
    throw new UserError(`--retry is ${retry}: it must be the number of a version, for example 7.`);
  }
  return { ...found, environment };
}
