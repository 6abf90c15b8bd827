/* eslint-disable @typescript-eslint/no-require-imports -- what needs projen is loaded once it is known to be there */
import { type GivenOptions, parseArguments, USAGE } from './adopt/arguments';
import { checkRepository } from './adopt/check-repository';
import { defaultName } from './adopt/default-name';
import { adoptWithProjen, hasProjen } from './adopt/find-projen';
import { ADOPT_DIRECTORY } from './adopt/layout';
import { type Command, UserError } from './command';
import { checkProject } from '../options/check-project';
import { OptionError } from '../options/engine/option-error';

/**
 * Adds a project to the git repository in the working directory: it writes what is not there, changes nothing that is, commits nothing, and
 * reports what was kept and what may be wired up.
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
  const { Adopter } = require('./adopt/adoption') as typeof import('./adopt/adoption');
  const { report, writeReport } = require('./adopt/report') as typeof import('./adopt/report');
  const { wiring } = require('./adopt/wiring') as typeof import('./adopt/wiring');
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
