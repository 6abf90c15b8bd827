/** Where the report lies, and what belongs to it; git does not see it. */
export const ADOPT_DIRECTORY = '.projen/adopt';

/** Where the project's versions of the files that were kept lie, to compare. */
export const OWN_VERSIONS = `${ADOPT_DIRECTORY}/files`;

/** Lines that a kept file lacks, for a command to append. */
export function missingLinesFile(file: string): string {
  return `${ADOPT_DIRECTORY}/missing.${file.replace(/^\./, '')}`;
}
