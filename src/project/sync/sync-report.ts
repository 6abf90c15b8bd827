import { userCopy } from '../../sync/copies';
import { type Decision, FileState } from '../../sync/decision';
import type { Overwritten } from '../../sync/managed-files';

/** States that are worth a line of their own; a plain update, a new file and a file that nobody touched are not. */
const TOLD: { readonly [state: string]: string } = {
  [FileState.MERGED]: 'your changes and the project\'s are both in it',
  [FileState.MOVED]: 'renamed, with your changes',
  [FileState.DROPPED]: 'no longer part of the project, removed',
  [FileState.RELEASED]: 'no longer part of the project; you had changed it, so it stays and is yours',
  [FileState.CONFLICTED]: 'needs your decision',
};

/** What a synth reports about the synced files; nothing if there were only plain updates. */
export function summaryLines(decisions: readonly Decision[], overwritten: readonly Overwritten[]): string[] {
  const told = decisions.filter(({ state }) => TOLD[state] !== undefined);
  const lines = [
    ...told.map(({ path, state }) => `  ${state.padEnd(10)} ${path}: ${TOLD[state]}`),
    ...foreign(decisions).map(({ path }) => `  ${'kept'.padEnd(10)} ${path}: this project did not write it, so it is `
      + 'yours; list it in userOwned, or replace it with sync:restore'),
    ...decisions.flatMap(({ notes }) => notes).map(note => `  ${'note'.padEnd(10)} ${note}`),
    ...overwritten.map(({ file, copy }) =>
      `  ${'replaced'.padEnd(10)} ${file}: it is generated; your version is in ${copy}`),
  ];
  if (lines.length === 0) { return []; }
  const counts = Object.values(FileState).map(state => ({
    state, count: decisions.filter(decision => decision.state === state).length,
  }))
    .filter(({ state, count }) => count > 0 && state !== FileState.UNCHANGED);
  return [`synced files: ${counts.map(({ state, count }) => `${count} ${state}`).join(', ') || 'unchanged'}`, ...lines];
}

/** Files that exist, differ, and of which nothing is remembered. */
function foreign(decisions: readonly Decision[]): Decision[] {
  return decisions.filter(({ state, foreign: isForeign }) => state === FileState.KEPT && isForeign);
}

const STATUS: { readonly [state in FileState]: string } = {
  [FileState.CREATED]: 'not written yet; the next synth writes it',
  [FileState.UNCHANGED]: 'as written',
  [FileState.UPDATED]: 'unchanged; the next synth updates it',
  [FileState.MERGED]: 'edited by you; the next synth merges a newer version',
  [FileState.CONFLICTED]: 'needs your decision',
  [FileState.KEPT]: 'edited by you',
  [FileState.DELETED]: 'deleted by you, stays deleted',
  [FileState.DROPPED]: 'no longer part of the project; the next synth removes it',
  [FileState.RELEASED]: 'no longer part of the project; edited by you, so it stays',
  [FileState.MOVED]: 'renamed by the project; the next synth moves it with your edits',
  [FileState.OWNED]: 'yours (userOwned)',
};

/** Ownership and state of every file, for `sync:status`. */
export function statusText(
  decisions: readonly Decision[], managed: readonly string[], edited: readonly string[], owned: readonly string[],
): string {
  const rows: Array<readonly [string, string, string]> = [
    ...decisions.map(({ path, state, foreign: isForeign }) => [
      path, isForeign || state === FileState.OWNED ? 'yours' : 'synced',
      isForeign ? 'not written by this project' : STATUS[state],
    ] as const),
    ...managed.map(file => [
      file, 'generated', edited.includes(file)
        ? `edited by you; the next synth replaces it and keeps your version in ${userCopy(file)}`
        : 'as written',
    ] as const),
    ...owned.map(file => [file, 'yours', STATUS[FileState.OWNED]] as const),
  ];
  const sorted = rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const widths = [0, 1].map(column => Math.max(0, ...sorted.map(row => row[column].length)));
  const counts = ['synced', 'generated', 'yours'].map(owner =>
    `${sorted.filter(row => row[1] === owner).length} ${owner}`).join(', ');
  const table = sorted.map(([
    file, owner, state,
  ]) => `${file.padEnd(widths[0])}  ${owner.padEnd(widths[1])}  ${state}`).join('\n');
  return `${table}\n\n${counts}. Files that are not listed are yours.\n`;
}
