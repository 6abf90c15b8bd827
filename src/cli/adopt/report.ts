import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Adoption } from './adoption';
import { findings, keptNote } from './advice';
import { ADOPT_DIRECTORY, ignoredPaths, type Obstacle, trackedFiles } from './existing-repository';
import { missingLinesFile, nextSteps, type OwnVersion, type Wiring } from './wiring';
import { asCode, count } from '../shared/words';

/** Where the project's versions of the files that were kept lie, to compare. */
const OWN_VERSIONS = `${ADOPT_DIRECTORY}/files`;

/** What was adopted, what was kept and what to do next, as Markdown. */
export function report(root: string, adoption: Adoption, wired: ReadonlyMap<string, Wiring>): string {
  const { name, kept, added, rcFile } = adoption;
  return [
    `# ${name} is adopted`, '',
    `${count(added.length, 'file')} added, ${count(kept.length, 'path')} kept. Your files are unchanged, and nothing `
      + 'was committed.',
    '',
    '## Next', '',
    ...byHandFirst(wired),
    'Run in this order:', '',
    asCode(nextSteps(root, adoption, wired)), '',
    `Then check \`git status\` and commit. The options are in \`${rcFile}\`; after a change, run \`npx projen\`.`,
    '',
    ...section('Kept', keptLines(adoption, wired)),
    ...section('Added', addedLines(root, adoption)),
    ...section('What you may want to connect', wireUpLines(root, adoption)),
    ...section('To hand a file back', [
      `Remove its line from \`userOwned\` in \`${rcFile}\` and commit. Generated files (package.json, cdk.json, `
        + 'tsconfig.json, buildspec.yml, .gitignore, .gitattributes, config/delivery*.json, pipelines/local/, pipelines/monitor/) are '
        + 'then replaced by `npx projen`. Replace all others with `npx projen sync:restore <path>`, after `npx '
        + 'projen`.',
    ]),
    ...section('To undo everything', [
      'Before you commit. This removes only the added files:', '',
      asCode([`xargs rm -df < ${ADOPT_DIRECTORY}/added.txt; rm -rf .projen`]), '',
      'This does not undo the commands of "Next": `git checkout -- .` restores your own '
        + `files${kept.length > 0 ? '' : ' (none was kept)'}.`,
    ]),
  ].join('\n');
}

function byHandFirst(wired: ReadonlyMap<string, Wiring>): string[] {
  const files = [...wired]
    .filter(([, { notes }]) => notes.some(note => note.startsWith('First: ')))
    .map(([file]) => `\`${file}\``);
  return files.length === 0
    ? []
    : [`First read ${files.join(' and ')} under "Kept": they need a change before these work.`, ''];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function keptLines({ kept }: Adoption, wired: ReadonlyMap<string, Wiring>): string[] {
  if (kept.length === 0) { return []; }
  const single = kept.filter(({ path: file, found }) => file.split('/').length === found.split('/').length);
  const blocked = kept.filter(obstacle => !single.includes(obstacle));
  const ways = [...new Set(blocked.map(({ found }) => found))];
  return [
    `Each is listed in \`userOwned\`. Compare with the project's versions in \`${OWN_VERSIONS}/\`: \`git diff `
      + `--no-index <path> ${OWN_VERSIONS}/<path>\`.`,
    '',
    ...single.flatMap(obstacle => [
      `- \`${obstacle.path}\`${spelling(obstacle)}`,
      ...(wired.get(obstacle.path)?.notes ?? [keptNote(obstacle.path)]).map(
        note => `  - ${note.trimEnd().replace(/\n(?=.)/g, '\n  ')}`,
      ),
    ]),
    ...ways.map(way => {
      const files = blocked.filter(({ found }) => found === way);
      return `- \`${way}\` is a ${files[0].what}; the project has a directory there, whose `
        + `${count(files.length, 'file')} were not written. What needs them does not work until you move yours away `
        + 'and hand over the path.';
    }),
  ];
}

function spelling({ path: file, found, what }: Obstacle): string {
  const other = found === file ? '' : `, which is \`${found}\` here (the same file on a case-insensitive file `
    + 'system)';
  return what === 'file' ? other : `${other}, which is a ${what}`;
}

const HIDDEN =
  'Your ignore rules hide some of them from git. Commit them: change the rule, or use `git add --force`.';

function addedLines(root: string, { added }: Adoption): string[] {
  const places = new Map<string, number>();
  for (const file of added) {
    const place = file.includes('/')
      ? `${file
        .split('/')
        .slice(0, file.startsWith('.projen/') ? 1 : -1)
        .join('/')}/`
      : file;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  const hidden = ignoredPaths(root, added);
  return [
    ...[...places].map(([place, number]) => `- \`${place}\`${place.endsWith('/') ? `: ${count(number, 'file')}` : ''}`),
    ...(hidden.length === 0 ? [] : ['', HIDDEN, '']),
    ...hidden.map(({ path: file, rule }) => `- \`${file}\` (\`${rule}\`)`),
  ];
}

function wireUpLines(root: string, { kept, added }: Adoption): string[] {
  const known = new Set([...kept.map(({ found }) => found), ...added]);
  const found = findings(trackedFiles(root).filter(file => !known.has(file)));
  const shadowed = trackedFiles(root).filter(file => added.includes(`model/${file}`)).map(file => `\`${file}\``);
  const isPackage =
    added.includes('tests/__init__.py') && trackedFiles(root).some(file => /^tests\/[^/]+\.py$/.test(file));
  return [
    ...found.map(line => `- ${line}`),
    ...(shadowed.length > 0
      ? [
        `- ${shadowed.join(', ')}: in tests, this module name means the one in \`model/\`. If your tests import `
          + 'yours, move it into a package.',
      ]
      : []),
    ...(isPackage
      ? [
        "- The project's `__init__.py` makes `tests/` a package: your tests import helpers in it as `tests.helper`.",
      ]
      : []),
  ];
}

/**
 * Lays the report, the project's versions of what was kept and the list of what was added where git does not see them.
 */
export function writeReport(
  root: string,
  text: string,
  adoption: Adoption,
  wired: ReadonlyMap<string, Wiring>,
  ownVersion: OwnVersion,
): void {
  const write = (file: string, content: string | Buffer): void => {
    const target = path.join(root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  };
  fs.rmSync(path.join(root, ADOPT_DIRECTORY), { recursive: true, force: true });
  write(`${ADOPT_DIRECTORY}/.gitignore`, '*\n');
  write(`${ADOPT_DIRECTORY}/report.md`, text);
  write(
    `${ADOPT_DIRECTORY}/added.txt`,
    [...adoption.added, ...adoption.directories]
      .filter(file => !`${file}/`.startsWith('.projen/'))
      .map(file => `${file}\n`)
      .join(''),
  );
  for (const { path: file } of adoption.kept) { write(`${OWN_VERSIONS}/${file}`, fs.readFileSync(ownVersion(file))); }
  for (const [file, { lines }] of wired) {
    if (lines) { write(missingLinesFile(file), `\n# For sagemaker-cicd-projen\n${lines.join('\n').trimEnd()}\n`); }
  }
}
