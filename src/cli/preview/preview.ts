import { WorkingCopy } from './working-copy';
import { openConflicts } from '../../sync/open-conflicts';
import { UserError } from '../shared/command';
import { synthWords } from '../shared/console';
import { openRepository } from '../shared/repository';

/** What a preview is to show. */
interface PreviewArguments {
  readonly upgrade: boolean;
  readonly to?: string;
  /** Only which files change, without the diff. */
  readonly summary: boolean;
}

const USAGE = `Usage: sagemaker-cicd-projen preview [--upgrade] [--to <version>] [--summary]

Shows as a diff what projen would change with the current options, and writes nothing.

  --upgrade       show an upgrade to the newest version
  --to <version>  show an upgrade to that version
  --summary       show which files change, without the diff
`;

/**
 * Shows what a synth, or an upgrade, would do to every file: it is done in a copy, so it covers what the rc file adds
 * of its own, and nothing is written here.
 */
export async function preview(args: readonly string[]): Promise<number> {
  const wanted = parseArguments(args);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { root, rcFile } = openRepository(process.cwd());
  if (!rcFile) { throw new UserError('This directory has no .projenrc file, so there is nothing to preview.'); }
  const copy = await WorkingCopy.of(root, { linkPackages: !wanted.upgrade });
  try {
    const result = wanted.upgrade ? await copy.upgrade(wanted.to) : await copy.synthesize();
    const conflicts = openConflicts(copy.directory);
    // A conflict ends a synth with an error too, and an upgrade with a code of its own; anything else is to be shown.
    const inConflict = wanted.upgrade ? result.status === 3 : result.output.includes('SyncConflictError');
    if (result.status !== 0 && !inConflict) {
      process.stderr.write(`${result.output.trim()}\n\nNothing was changed.\n`);
      return 1;
    }
    process.stdout.write(
      await copy.description({ summaryOnly: wanted.summary, colour: process.stdout.isTTY, conflicts }),
    );
    for (const line of synthWords(result.output)) { process.stdout.write(`${line}\n`); }
    process.stdout.write('\nNothing was changed: this is a preview.\n');
    return 0;
  } finally {
    copy.remove();
  }
}

/**
 * Reads the arguments; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
function parseArguments(args: readonly string[]): PreviewArguments | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const at = rest.indexOf('--to');
  const to = at >= 0 ? rest.splice(at, 2)[1] : undefined;
  if (at >= 0 && (to === undefined || to.startsWith('-'))) {
    throw new UserError(`--to needs a version, for example --to 1.2.3.\n\n${USAGE}`);
  }
  const unknown = rest.find(arg => !['--upgrade', '--summary'].includes(arg));
  if (unknown !== undefined) { throw new UserError(`Unknown argument: ${unknown}.\n\n${USAGE}`); }
  return { upgrade: rest.includes('--upgrade') || to !== undefined, to, summary: rest.includes('--summary') };
}
