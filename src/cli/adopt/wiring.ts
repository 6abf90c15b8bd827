import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Adoption } from './adoption';
import { missingRules } from './ignore-lines';
import { missingLinesFile } from './layout';
import { manifestOf } from './manifest';
import { npmSteps, packageManager } from './npm-steps';
import { pyprojectOf } from './pyproject';
import { missingTables } from './tool-tables';
import { uvSteps } from './uv-steps';
import { appArguments, UV_VERSION } from '../../project/commands';

/** What has to be done so that files that were kept work with the project. */
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

/** What wires up the files that were kept, by path; those that need nothing but words are not among them. */
export function wiring(root: string, { kept, given }: Adoption, ownVersion: OwnVersion): ReadonlyMap<string, Wiring> {
  const isFile = (file: string): boolean => kept.some(({ path: wanted, found, what }) => wanted === file && found === file && what === 'file');
  const python = given.projenrcPython === true;
  const all: { readonly [file: string]: () => Wiring } = {
    '.gitignore': () => rules(root, '.gitignore', ownVersion, 'what projen, npm and uv install would be committed'),
    '.gitattributes': () => rules(root, '.gitattributes', ownVersion, 'git might change line ends in the project\'s memory'),
    'package.json': () => npm(root, python),
    'pyproject.toml': () => pyproject(root, String(given.framework ?? 'xgboost'), python),
    'cdk.json': () => ({
      commands: [], notes: ['It runs your app: `npx cdk synth`. The delivery\'s app is run by `npx projen synth`, `diff` and `deploy`, which name it with --app; by hand: '
      + `\`npx cdk synth ${appArguments(python)}\`.`],
    }),
  };
  return new Map(Object.entries(all).filter(([file]) => isFile(file)).map(([file, make]) => [file, make()]));
}

/** The command that runs uv: the one on the PATH, or the one that the project installs into the repository. */
export function uvProgram(root: string): { readonly program: string; readonly install: readonly string[] } {
  try {
    execFileSync('uv', ['--version'], { cwd: root, stdio: 'ignore' });
    return { program: 'uv', install: [] };
  } catch {
    return { program: '.uv/bin/uv', install: [`python3 -m venv .uv && .uv/bin/python -m pip install --quiet uv==${UV_VERSION}`] };
  }
}

function rules(root: string, file: string, ownVersion: OwnVersion, without: string): Wiring {
  const lines = missingRules(path.join(root, file), ownVersion(file));
  return lines.length === 0
    ? { commands: [], notes: ['It has every rule of the project.'] }
    : { commands: [append(file)], notes: [`It lacks ${lines.length} rules; without them ${without}: ${lines.map(line => `\`${line}\``).join(', ')}.`], lines };
}

function append(file: string): string {
  return `cat ${missingLinesFile(file)} >> ${file}`;
}

function npm(root: string, python: boolean): Wiring {
  const manifest = manifestOf(root);
  if (!manifest) { return { commands: [], notes: ['It cannot be read as JSON; mend it, then add what `devDependencies` of the project\'s version says.'] }; }
  const { commands, differing } = npmSteps(root, manifest, python);
  const manager = packageManager(root);
  return {
    commands,
    notes: [
      'The project\'s tasks need its npm packages; a command of "Next" adds them.',
      ...differing.map(text => `${text}.`),
      'Its scripts stay yours. The tasks are run by `npx projen <task>`; add `"test": "npx projen test"` and the like if you want them as scripts.',
      ...(manager.lock === 'package-lock.json' ? [] : [`There is a ${manager.lock}: the task \`setup\` and the deploy pipeline run \`npm ci\`, so install by hand and set \`infrastructure.installCommands\` in the rc file.`]),
    ],
  };
}

function pyproject(root: string, framework: string, python: boolean): Wiring {
  const uv = uvProgram(root);
  const found = pyprojectOf(root);
  const { commands, present, before } = uvSteps(uv.program, found, framework, python);
  const { lines, notes } = missingTables(root, found?.tools ?? []);
  return {
    commands: [...(found && lines.length > 0 ? [append('pyproject.toml')] : []), ...(commands.length > 0 ? [...uv.install, ...commands] : [])],
    notes: [
      'The project\'s code and tests need its requirements, in the dependencies and in groups of their own.',
      ...before.map(text => `First: ${text}.`),
      ...(present.length > 0 ? [`Yours stay as they are for what is there already; the project is tested with ${present.map(text => `\`${text}\``).join(', ')}.`] : []),
      ...notes,
    ],
    ...(lines.length > 0 ? { lines } : {}),
  };
}
