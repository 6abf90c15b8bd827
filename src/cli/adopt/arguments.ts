import { nearest } from '../../options/engine/nearest';
import { projectSchema } from '../../options/schemas/project-schema';
import { WORDS } from '../../project/checks/check-options';
import { UserError } from '../command';

/** Options that were given as flags, by their names in the rc file. */
export type GivenOptions = { readonly [option: string]: string | boolean };

const FLAGS = new Map(WORDS.map(option => [`--${kebab(option)}`, option]));
const ALLOWED_VALUES = [['--framework', 'xgboost, sklearn'], ['--problem-type', 'binary, multiclass, regression']] as const;

/** Shown for `--help`, and beside a wrong argument. */
export const USAGE = `Usage: sagemaker-cicd-projen adopt [--name <name>] [--model-name <name>] [--framework <framework>] [--problem-type <type>] [--projenrc-python]
                                    [--permissions-boundary-name <name>] [--s3-access-logs-bucket-arn <arn>]

Adds what a repository of this kind has to the git repository in this directory. Nothing that is there is changed, nothing is committed.

  --name <name>        name of the project; by default that of package.json or pyproject.toml, else the directory's
${ALLOWED_VALUES.map(([flag, values]) => `  ${`${flag} <...>`.padEnd(20)} ${values}`).join('\n')}
  --projenrc-python    write the options and the CDK app in Python instead of TypeScript

Exit codes: 0 adopted; 1 not adopted, nothing was written.
`;

/**
 * Reads the arguments; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseArguments(args: readonly string[]): GivenOptions | undefined {
  const given: { [option: string]: string | boolean } = {};
  const rest = args.filter(arg => arg !== '--');
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === '--help' || rest[i] === '-h') { return undefined; }
    const [, flag, , inline] = /^(--[^=]+|[^=]*)(=([^]*))?$/.exec(rest[i]) ?? [];
    const option = FLAGS.get(kebab(flag)) ?? (flag === '--no-projenrc-python' ? 'projenrcPython' : undefined);
    if (option === undefined) { throw unknown(flag); }
    if (projectSchema.properties?.[option].type === 'boolean') {
      given[option] = truth(flag, inline);
      continue;
    }
    const value = inline ?? rest[++i];
    if (value === undefined || value.startsWith('--')) { throw new UserError(`${flag} needs a value.\n\n${USAGE}`); }
    given[option] = value;
  }
  return given;
}

function truth(flag: string, inline: string | undefined): boolean {
  if (inline !== undefined && inline !== 'true' && inline !== 'false') { throw new UserError(`${flag} takes true or false, not "${inline}".`); }
  return (inline !== 'false') === !flag.startsWith('--no-');
}

function unknown(flag: string): UserError {
  const near = nearest(kebab(flag), [...FLAGS.keys(), '--help']);
  const isOption = Object.keys(projectSchema.properties ?? {}).includes(camel(flag.replace(/^--/, '').split('.')[0]));
  const advice = near ? `Did you mean ${near}?` : isOption ? 'It is written in the rc file, once that is there.' : '';
  return new UserError(`There is no argument ${flag}. ${advice}\n\n${USAGE}`);
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, c => `-${c}`).toLowerCase();
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}
