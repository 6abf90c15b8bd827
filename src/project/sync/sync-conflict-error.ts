import * as fs from 'node:fs';
import * as path from 'node:path';
import { incomingCopy, userCopy } from '../../sync/copies';
import { LABELS } from '../../sync/line-merge';
import { ToldError } from '../../told-error';

/**
 * Thrown at the very end of a synth that left or found conflicts: everything else has been brought up to date.
 *
 * @internal
 */
export class SyncConflictError extends ToldError {
  public constructor(
    root: string, public readonly files: readonly string[], outcome = 'Everything else is up to date.',
  ) {
    super('SyncConflictError', message(root, files, outcome));
    Object.defineProperty(this, 'files', { enumerable: false });
  }
}

function message(root: string, files: readonly string[], outcome: string): string {
  const exists = (file: string): boolean => fs.existsSync(path.join(root, file));
  const list = files.map(file => {
    if (exists(incomingCopy(file))) {
      return `  - ${file}: yours was kept; the project's version is ${incomingCopy(file)}: copy what you want from `
        + 'it, then delete it';
    }
    const copy = exists(userCopy(file)) ? ` (your original version: ${userCopy(file)})` : '';
    return `  - ${file}: choose between <<<<<<< ${LABELS.yours} and >>>>>>> ${LABELS.generated}, and remove the marker `
      + `lines${copy}`;
  });
  const what = files.length === 1 ? 'One file was changed' : `${files.length} files were changed`;
  return `${what} by you and by the project in the same place.\n${list.join('\n')}\nThen run projen again. ${outcome}`;
}
