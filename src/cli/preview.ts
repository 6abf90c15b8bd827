import { UserError } from './command';
import { parsePreviewArguments, PREVIEW_USAGE } from './preview/arguments';
import { WorkingCopy } from './preview/working-copy';
import { synthWords } from './upgrade/console';
import { openRepository } from './upgrade/repository';
import { openConflicts } from '../sync/open-conflicts';

/**
 * Shows what a synth, or an upgrade, would do to every file: it is done in a copy, so it covers what the rc file adds of its own, and nothing is
 * written here.
 */
export async function preview(args: readonly string[]): Promise<number> {
  const wanted = parsePreviewArguments(args);
  if (!wanted) {
    process.stdout.write(PREVIEW_USAGE);
    return 0;
  }
  const { root, rcFile } = openRepository(process.cwd());
  if (!rcFile) { throw new UserError('There is no .projenrc file in this directory, so there is nothing to preview.'); }
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
    process.stdout.write(await copy.description({ summaryOnly: wanted.summary, colour: process.stdout.isTTY, conflicts }));
    for (const line of synthWords(result.output)) { process.stdout.write(`${line}\n`); }
    process.stdout.write('\nNothing was changed: this is a preview.\n');
    return 0;
  } finally {
    copy.remove();
  }
}
