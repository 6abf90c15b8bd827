import { UserError } from '../command';

/** What a preview is to show. */
export interface PreviewArguments {
  readonly upgrade: boolean;
  readonly to?: string;
  /** Only which files change, without the diff. */
  readonly summary: boolean;
}

export const PREVIEW_USAGE = `Usage: sagemaker-cicd-projen preview [--upgrade] [--to <version>] [--summary]

Shows what projen would do to every file with the options as they are now, as a diff, and writes nothing.

  --upgrade       show what the upgrade to the newest version would do
  --to <version>  show what the upgrade to that version would do
  --summary       show which files change, without the diff
`;

/**
 * Reads the arguments; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parsePreviewArguments(args: readonly string[]): PreviewArguments | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const at = rest.indexOf('--to');
  const to = at >= 0 ? rest.splice(at, 2)[1] : undefined;
  if (at >= 0 && (to === undefined || to.startsWith('-'))) { throw new UserError(`--to needs a version, for example --to 1.2.3.\n\n${PREVIEW_USAGE}`); }
  const unknown = rest.find(arg => !['--upgrade', '--summary'].includes(arg));
  if (unknown !== undefined) { throw new UserError(`There is no argument ${unknown}.\n\n${PREVIEW_USAGE}`); }
  return { upgrade: rest.includes('--upgrade') || to !== undefined, to, summary: rest.includes('--summary') };
}
