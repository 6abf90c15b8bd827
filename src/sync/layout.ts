/** Where the copies for conflicts lie, relative to the repository; not committed. */
export const CONFLICTS_DIRECTORY = '.projen/conflicts';

/** Our version of a file that cannot be merged, for the user to look at and to delete. */
export function incomingCopy(file: string): string {
  return `${CONFLICTS_DIRECTORY}/${file}.generated`;
}

/** The user's whole version of a file that now holds conflict markers, or was overwritten. */
export function userCopy(file: string): string {
  return `${CONFLICTS_DIRECTORY}/${file}`;
}
