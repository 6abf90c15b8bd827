import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Adoption } from './adoption';
import { TOOLS } from './advice';
import { ADOPT_DIRECTORY } from './existing-repository';
import { manifestOf, packageManager, pyprojectOf } from './manifests';
import { npmSteps, uvProgram, uvSteps } from './packages';
import type { RepositoryOptions } from '../../options/repository';
import { filled } from '../../options/schemas/filled';
import { appArguments } from '../../project/commands';
import { packageText } from '../../project/package-files';

/** What must be done so that files that were kept work with the project. */
export interface Wiring {
  /** Commands that wire it up. */
  readonly commands: readonly string[];
  /** What to know about it, in sentences. */
  readonly notes: readonly string[];
  /** Lines to append to the file, which are laid beside the report for a command to take. */
  readonly lines?: readonly string[];
}

/** Gives the absolute path of the project's own version of a file. */
export type OwnVersion = (file: string) => string;

/** The repository that is wired up, and how the project in it is written. */
interface Place {
  readonly root: string;
  readonly python: boolean;
  readonly framework: string;
  readonly ownVersion: OwnVersion;
}

/**
 * The files that need more than words, in the order of their commands: what git ignores first, since the later ones
 * install something.
 */
const WIRED: { readonly [file: string]: (place: Place) => Wiring } = {
  '.gitignore': place => rules(place, '.gitignore', 'git would commit what projen, npm and uv install'),
  '.gitattributes': place => rules(place, '.gitattributes', "git might change line endings in the project's sync "
    + 'memory'),
  'package.json': npm,
  'pyproject.toml': pyproject,
  'cdk.json': cdk,
};

/** What wires up the files that were kept, by path; those that need nothing but words are not among them. */
export function wiring(root: string, { kept, given }: Adoption, ownVersion: OwnVersion): ReadonlyMap<string, Wiring> {
  const isFile = (file: string): boolean => kept.some(({ path: wanted, found, what }) =>
    wanted === file && found === file && what === 'file');
  const { projenrcPython: python, framework } = filled('RepositoryOptions', given as RepositoryOptions);
  const place = { root, ownVersion, python, framework };
  return new Map(Object.entries(WIRED).filter(([file]) => isFile(file)).map(([file, make]) => [file, make(place)]));
}

/** The commands that make an adopted repository ready, in order. */
export function nextSteps(root: string, { kept }: Adoption, wired: ReadonlyMap<string, Wiring>): string[] {
  const isKept = (file: string): boolean => kept.some(({ path: wanted }) => wanted === file);
  const commands = (file: string): readonly string[] => wired.get(file)?.commands ?? [];
  return [
    ...commands('.gitignore'),
    ...commands('.gitattributes'),
    ...(isKept('package.json') ? commands('package.json') : ['npm install']),
    // The rc file in Python runs from the lock.
    ...(isKept('pyproject.toml') ? commands('pyproject.toml') : ['npx projen python:lock']),
    'npx projen',
    packageManager(root).lock === 'package-lock.json' ? 'npx projen setup' : 'npx projen python:install',
    'npx projen test',
  ];
}

/** Lines that a kept file lacks, for a command to append. */
export function missingLinesFile(file: string): string {
  return `${ADOPT_DIRECTORY}/missing.${file.replace(/^\./, '')}`;
}

function append(file: string): string {
  return `cat ${missingLinesFile(file)} >> ${file}`;
}

/** @param without what happens without the rules, in words */
function rules({ root, ownVersion }: Place, file: string, without: string): Wiring {
  const lines = missingRules(path.join(root, file), ownVersion(file));
  if (lines.length === 0) { return { commands: [], notes: ['It has all rules of the project.'] }; }
  const named = lines.map(line => `\`${line}\``).join(', ');
  return {
    commands: [append(file)],
    notes: [`It lacks ${lines.length} rules; without them ${without}: ${named}.`],
    lines,
  };
}

/** The rules of the project's `.gitignore` or `.gitattributes` that the user's lacks. */
function missingRules(theirs: string, ours: string): string[] {
  const there = new Set(rulesOf(theirs).flatMap(rule => [rule, `/${rule}`, `${rule}/`, `/${rule}/`]));
  // What projen takes back with `!` is hidden by no rule of its own, and how all files are treated is not the project's
  // to say.
  return [...new Set(rulesOf(ours))].filter(rule => !there.has(rule) && !/^(!|\*\s)/.test(rule));
}

function rulesOf(file: string): string[] {
  return fs
    .readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
}

function npm({ root, python }: Place): Wiring {
  const manifest = manifestOf(root);
  if (!manifest) {
    return {
      commands: [],
      notes: ["It is not valid JSON. Fix it, then add the `devDependencies` of the project's version."],
    };
  }
  const { commands, differing } = npmSteps(root, manifest, python);
  const manager = packageManager(root);
  return {
    commands,
    notes: [
      'The project\'s tasks need its npm packages; a command of "Next" adds them.',
      ...differing.map(text => `${text}.`),
      'Its scripts are unchanged. Run tasks with `npx projen <task>`, or add scripts such as `"test": "npx projen '
        + 'test"`.',
      ...(manager.lock === 'package-lock.json'
        ? []
        : [
          `${manager.lock} exists, but the task \`setup\` and the deploy pipeline run \`npm ci\`: install manually `
            + 'and set `infrastructure.installCommands` in the rc file.',
        ]),
    ],
  };
}

function pyproject({ root, framework, python }: Place): Wiring {
  const uv = uvProgram(root);
  const found = pyprojectOf(root);
  const { commands, present, before } = uvSteps(uv.program, found, framework, python);
  const { lines, notes } = missingTables(root, found?.tools ?? []);
  return {
    commands: [
      ...(found && lines.length > 0 ? [append('pyproject.toml')] : []),
      ...(commands.length > 0 ? [...uv.install, ...commands] : []),
    ],
    notes: [
      "The project's code and tests need its requirements, in the dependencies and in separate groups.",
      ...before.map(text => `First: ${text}.`),
      ...(present.length > 0
        ? [
          'Your existing requirements are unchanged; the project is tested with '
            + `${present.map(text => `\`${text}\``).join(', ')}.`,
        ]
        : []),
      ...notes,
    ],
    ...(lines.length > 0 ? { lines } : {}),
  };
}

/**
 * The tables of the linters and of pytest that a `pyproject.toml` lacks, and what to change about those that are there.
 */
export function missingTables(root: string, present: readonly string[]): Pick<Required<Wiring>, 'lines' | 'notes'> {
  const tables = toolTables();
  const own = (tool: string): string | undefined =>
    TOOLS[tool].elsewhere.find(file => fs.existsSync(path.join(root, file)));
  const theirs = Object.keys(TOOLS).filter(tool => present.includes(tool) || own(tool) !== undefined);
  const missing = Object.keys(TOOLS).filter(tool => !theirs.includes(tool));
  const place = (tool: string): string => present.includes(tool) ? 'in it' : `in \`${own(tool)}\``;
  return {
    lines: missing.flatMap(tool => tables.get(tool) ?? []),
    notes: [
      ...(missing.length > 0
        ? [`It has no settings of ${missing.join(', ')}: the command of "Next" appends the project's.`]
        : []),
      ...theirs.map(tool => `${tool} is set up ${place(tool)} already. For the project: ${TOOLS[tool].needs}.`),
    ],
  };
}

/** The lines of the project's tables by tool. */
function toolTables(): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  let tool = '';
  for (const line of packageText('templates', 'python-tools.toml').split('\n')) {
    tool = /^\[+tool\.(\w+)/.exec(line)?.[1] ?? tool;
    tables.set(tool, [...(tables.get(tool) ?? []), line]);
  }
  return tables;
}

function cdk({ python }: Place): Wiring {
  return {
    commands: [],
    notes: ["It runs your app: `npx cdk synth`. The delivery's app is run by `npx projen synth`, `diff` and "
      + `\`deploy\`, which name it with --app. Manually: \`npx cdk synth ${appArguments(python)}\`.`],
  };
}
