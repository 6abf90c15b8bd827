/* eslint-disable @typescript-eslint/no-require-imports -- what needs projen is loaded once it is known to be there */
import { ADOPT_DIRECTORY, checkRepository } from './existing-repository';
import { adoptWithProjen, hasProjen } from './find-projen';
import { defaultName } from './manifests';
import type { GivenOptions } from './rc-file';
import { checkProject } from '../../options/check-project';
import { nearest } from '../../options/engine/nearest';
import { OptionError } from '../../options/engine/option-error';
import { projectSchema } from '../../options/schemas/project-schema';
import { WORDS } from '../../project/checks/check-options';
import { type Command, UserError } from '../shared/command';

const FLAGS = new Map(WORDS.map(option => [`--${kebab(option)}`, option]));
const ALLOWED_VALUES = [
  ['--framework', 'xgboost, sklearn'],
  ['--problem-type', 'binary, multiclass, regression'],
] as const;

/** Shown for `--help`, and beside a wrong argument. */
const USAGE = 'Usage: sagemaker-cicd-projen adopt [--name <name>] [--model-name <name>] [--framework <framework>] '
  + `[--problem-type <type>] [--projenrc-python]
                                    [--permissions-boundary-name <name>] [--s3-access-logs-bucket-arn <arn>]

Adds the files of a generated repository to the git repository in this directory. Changes no existing file, commits
nothing.

  --name <name>        name of the project; default: the name in package.json or pyproject.toml, else the directory's
${ALLOWED_VALUES.map(([flag, values]) => `  ${`${flag} <...>`.padEnd(20)} ${values}`).join('\n')}
  --projenrc-python    write the options and the CDK app in Python instead of TypeScript

Exit codes: 0 adopted; 1 not adopted, nothing was written.
`;

/**
 * Adds a project to the git repository in the working directory: it writes what is not there, changes nothing that is,
 * commits nothing, and reports what was kept and what may be wired up.
 */
export const adopt: Command = async args => {
  const given = parseArguments(args);
  if (!given) {
    process.stdout.write(USAGE);
    return 0;
  }
  const root = process.cwd();
  checkRepository(root, given.projenrcPython === true);
  const name = typeof given.name === 'string' ? given.name : defaultName(root);
  const problems = checkProject({ ...given, name });
  if (problems.length > 0) { throw new UserError(new OptionError(problems).message); }
  if (!hasProjen()) { return adoptWithProjen(root, args); }
  process.stdout.write(`${write(root, name, given)}\nThis report: ${ADOPT_DIRECTORY}/report.md\n`);
  return 0;
};

function write(root: string, name: string, given: GivenOptions): string {
  const { Adopter } = require('./adoption') as typeof import('./adoption');
  const { report, writeReport } = require('./report') as typeof import('./report');
  const { wiring } = require('./wiring') as typeof import('./wiring');
  const adopter = new Adopter(root, name, given);
  const ownVersion = (file: string): string => adopter.ownVersion(file);
  try {
    const adoption = adopter.adopt();
    const wired = wiring(root, adoption, ownVersion);
    const text = report(root, adoption, wired);
    writeReport(root, text, adoption, wired, ownVersion);
    return text;
  } catch (error) {
    // Loaded once more, the class may be another one.
    if (error instanceof Error && error.name === 'OptionError') { throw new UserError(error.message); }
    throw error;
  } finally {
    adopter.remove();
  }
}

/**
 * Reads the arguments; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
function parseArguments(args: readonly string[]): GivenOptions | undefined {
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
  if (inline !== undefined && inline !== 'true' && inline !== 'false') {
    throw new UserError(`${flag} takes true or false, not "${inline}".`);
  }
  return (inline !== 'false') === !flag.startsWith('--no-');
}

function unknown(flag: string): UserError {
  const near = nearest(kebab(flag), [...FLAGS.keys(), '--help']);
  const isOption = Object.keys(projectSchema.properties ?? {}).includes(camel(flag.replace(/^--/, '').split('.')[0]));
  const advice = near ? `Did you mean ${near}?` : isOption ? 'Set it in the rc file after adopting.' : '';
  return new UserError(`Unknown argument: ${flag}. ${advice}\n\n${USAGE}`);
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, c => `-${c}`).toLowerCase();
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}
