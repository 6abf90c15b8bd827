import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Owner } from './ownership';
import type { FileChange } from './snapshots';
import { hasChanged, type VersionChange, type VersionChanges } from './versions';
import { count } from '../shared/words';

/** What an upgrade came to. */
export interface Outcome {
  /** Whether any file differs from before. */
  readonly changed: boolean;
  readonly versions: VersionChanges;
  /** What the synth did; empty in an ejected repository. */
  readonly files: ReadonlyMap<Owner, readonly FileChange[]>;
  /** Files with markers to resolve. */
  readonly conflicts: readonly string[];
  /** Null when they were not run. */
  readonly testsPassed: boolean | null;
  /** Why they were not run. */
  readonly testsSkipped?: string;
  /** The end of the output of tests that failed. */
  readonly testOutput?: string;
}

/** Exit code of the command. */
export function exitCode({ conflicts, testsPassed }: Outcome): number {
  if (conflicts.length > 0) { return 3; }
  return testsPassed === false ? 4 : 0;
}

/** Where the report lies; git ignores it. */
export const REPORT_DIRECTORY = 'build/upgrade';

/** Removes the report of an earlier upgrade, so that nobody takes it for this one's. */
export function removeReport(root: string): void {
  fs.rmSync(path.join(root, REPORT_DIRECTORY), { recursive: true, force: true });
}

/** Writes `report.md` for people and pull requests, and `result.json` for programs. */
export function writeReport(root: string, outcome: Outcome): void {
  const directory = path.join(root, REPORT_DIRECTORY);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, 'report.md'), report(outcome));
  const { changed, conflicts, testsPassed, versions } = outcome;
  const changes = [...versions.main, ...versions.others].filter(hasChanged);
  const named = (registry: string): object =>
    Object.fromEntries(
      changes
        .filter(change => change.registry === registry)
        .map(({ name, before, after }) => [name, { before: before ?? null, after: after ?? null }]),
    );
  const result = { changed, conflicts, testsPassed, versions: { npm: named('npm'), pypi: named('PyPI') } };
  fs.writeFileSync(path.join(directory, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
}

/** The report as Markdown; pull requests show it, terminals print it. */
export function report(outcome: Outcome): string {
  if (!outcome.changed) { return 'Nothing to upgrade: everything is at its newest version.\n'; }
  return [...conflictLines(outcome), ...versionLines(outcome), ...fileLines(outcome), ...testLines(outcome)]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}

function conflictLines({ conflicts }: Outcome): string[] {
  if (conflicts.length === 0) { return []; }
  return [
    `## Conflicts in ${count(conflicts.length, 'file')}`, '',
    'You and the new version changed the same lines of:', '',
    ...conflicts.map(file => `- \`${file}\``), '',
    'In each file, keep the right lines between `<<<<<<< yours` and `>>>>>>> generated`, remove the three marker '
      + 'lines, then run `npx projen` and',
    '`npx projen test`. On the machine that ran the upgrade, your version of each is in `.projen/conflicts/`.',
    '',
  ];
}

function versionLines({ versions }: Outcome): string[] {
  const rows = versions.main.filter(hasChanged);
  const unchanged = versions.main
    .filter(change => !hasChanged(change))
    .map(change => `${change.name} ${change.after ?? ''} (${change.registry})`);
  return [
    '## Versions', '',
    ...(rows.length > 0
      ? ['| package | registry | before | after |', '|---|---|---|---|', ...rows.map(versionRow), '']
      : []),
    ...(versions.others.length > 0 ? [`${count(versions.others.length, 'other package')} changed.`, ''] : []),
    ...(unchanged.length > 0 ? [`Unchanged: ${unchanged.join(', ')}.`, ''] : []),
  ];
}

function versionRow({ name, registry, before, after }: VersionChange): string {
  return `| ${name} | ${registry} | ${before ?? 'none'} | ${after ?? 'none'} |`;
}

const TITLES: ReadonlyArray<readonly [Owner, string]> = [
  ['conflicted', 'with conflicts'],
  ['merged', 'merged with your changes'],
  ['managed', 'generated from the options'],
];

function fileLines({ files }: Outcome): string[] {
  const rows = TITLES.flatMap(([owner, title]) =>
    (files.get(owner) ?? []).map(change => `| \`${change.path}\` | ${title} | ${size(change)} |`),
  );
  if (rows.length === 0) { return []; }
  return ['## Files', '', '| file | how | lines |', '|---|---|---|', ...rows, ''];
}

function size({ kind, added, removed }: FileChange): string {
  if (kind !== 'changed') { return kind === 'added' ? 'new' : 'removed'; }
  return added === undefined ? 'binary' : `+${added} -${removed}`;
}

function testLines({ testsPassed, testsSkipped, testOutput }: Outcome): string[] {
  const state =
    testsPassed === null
      ? `Not run: ${testsSkipped ?? 'skipped'}.`
      : `The repository's tests ${testsPassed ? 'pass' : '**fail**'}.`;
  return ['## Tests', '', state, '', ...(testOutput ? ['```text', testOutput.replace(/```/g, "'''"), '```', ''] : [])];
}
