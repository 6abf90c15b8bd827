import { execFileSync } from 'node:child_process';
import { type ForeignPyproject, type Manifest, packageManager, requirementName } from './manifests';
import { FRAMEWORKS } from '../../options/knowledge/frameworks';
import { UV_VERSION } from '../../options/knowledge/uv-version';
import { nodeRequirements, packageName } from '../../project/components/node-tools';
import { pythonRequirements, SAGEMAKER_SDK } from '../../project/components/python-requirements';
import { packageVersion, peerRanges } from '../../project/package-files';
import { PACKAGE } from '../shared/repository';
import { compareVersions, lowest } from '../shared/semver';
import { asCode, quoted } from '../shared/words';

/** What a `package.json` that was there needs. */
export interface NpmSteps {
  /** Commands that add what is missing and raise what is too old. */
  readonly commands: readonly string[];
  /** What is there in another version than the project is tested with, in words. */
  readonly differing: readonly string[];
}

/** How a `package.json` that was there gets the packages of the project, with the fewest changes to what it says. */
export function npmSteps(root: string, manifest: Manifest, python: boolean): NpmSteps {
  const { dependencies = {}, devDependencies = {} } = manifest;
  const own = python ? [] : [`${PACKAGE}@^${packageVersion()}`];
  // What this package is not compatible with otherwise, and the command line that understands what the library writes.
  const demanded = new Set([...own.map(packageName), ...Object.keys(peerRanges()), 'aws-cdk']);
  const wanted = [...own, ...nodeRequirements(!python)].map(spec => {
    const name = packageName(spec);
    const range = spec.slice(name.length + 1);
    const present = dependencies[name] ?? devDependencies[name];
    return {
      spec, name, range, present,
      isOld: present !== undefined && isOlder(present, range),
      production: name in dependencies,
    };
  });
  const needed = wanted.filter(({ name, present, isOld }) => present === undefined || (isOld && demanded.has(name)));
  const manager = packageManager(root);
  return {
    commands: [
      [manager.dev, needed.filter(({ production }) => !production)],
      [manager.run, needed.filter(({ production }) => production)],
    ]
      .map(([command, packages]) => [command as string, ...(packages as typeof needed).map(({ spec }) => quoted(spec))])
      .filter(words => words.length > 1)
      .map(words => words.join(' ')),
    differing: wanted
      .filter(({ present, isOld }) => present !== undefined && isOld)
      .map(
        ({ name, present, range }) =>
          `${name} is ${present} in yours and ${range} in the `
            + `project${demanded.has(name) ? '; the command raises it' : ''}`,
      ),
  };
}

function isOlder(present: string, range: string): boolean {
  const [theirs, ours] = [lowest(present), lowest(range)];
  return theirs !== undefined && ours !== undefined && compareVersions(theirs, ours) < 0;
}

/** What a `pyproject.toml` that was there needs. */
export interface UvSteps {
  /** Commands that add what is missing; none when uv cannot add anything to the file. */
  readonly commands: readonly string[];
  /** Requirements that are there already, whose versions are the user's. */
  readonly present: readonly string[];
  /** What must be done manually before the commands work, in words. */
  readonly before: readonly string[];
}

/** Packages that bring the same module, of which there can be only one. */
const SAME: { readonly [name: string]: string } = { 'xgboost-cpu': 'xgboost', 'xgboost': 'xgboost-cpu' };

/**
 * How a `pyproject.toml` that was there gets the requirements of the project, with the fewest changes to what it says.
 */
export function uvSteps(
  uv: string,
  pyproject: ForeignPyproject | undefined,
  framework: string,
  python: boolean,
): UvSteps {
  if (!pyproject) { return { commands: [], present: [], before: ['it is not valid TOML; fix it first'] }; }
  const groups = Object.entries(pythonRequirements(python ? ['sagemaker-cicd-projen'] : undefined));
  const wanted = [
    { option: '', there: pyproject.dependencies, requirements: FRAMEWORKS[framework].requirements },
    ...groups.map(([group, requirements]) => ({
      option: ` --group ${group}`,
      // Only the group "dev" is installed beside the dependencies; the others stand alone.
      there: [...(pyproject.groups[group] ?? []), ...(group === 'dev' ? pyproject.dependencies : [])],
      requirements,
    })),
  ];
  const commands = wanted
    .map(({ option, there, requirements }) => ({
      option,
      missing: requirements.filter(requirement => !isThere(there, requirement)),
    }))
    .filter(({ missing }) => missing.length > 0)
    // The lock is made once all are added; nothing is installed before `setup`.
    .map(({ option, missing }) => `${uv} add --no-sync${option} ${missing.map(quoted).join(' ')}`);
  return {
    commands: pyproject.isProject ? commands : [],
    present: wanted.flatMap(({ there, requirements }) =>
      requirements.filter(requirement => isThere(there, requirement)),
    ),
    before: manual(pyproject, commands),
  };
}

function isThere(there: readonly string[], requirement: string): boolean {
  const name = requirementName(requirement);
  return [name, SAME[name]].some(known => there.includes(known));
}

function manual({ isProject, requiresPython, dependencies }: ForeignPyproject, commands: readonly string[]): string[] {
  const [, minor] = /3\.(\d+)/.exec(requiresPython ?? '') ?? [];
  const isOld = requiresPython === undefined || (minor !== undefined && Number(minor) < 11);
  return [
    ...(isProject
      ? []
      : [
        'it has no [project] table, which uv needs: add one (name, version, requires-python = ">=3.11"), then '
          + `run\n\n${asCode(commands)}\n`,
      ]),
    ...(isProject && isOld
      ? [
        'the project\'s code needs Python 3.11: set requires-python = ">=3.11" (it is '
          + `${requiresPython ?? 'not set'}), or uv may find no matching versions`,
      ]
      : []),
    ...(dependencies.includes('sagemaker')
      ? [
        `sagemaker is a dependency, but the group sdk needs ${SAGEMAKER_SDK} and uv locks one version: remove yours `
          + 'from the dependencies or upgrade it',
      ]
      : []),
  ];
}

/** The command that runs uv: the one on the PATH, or the one that the project installs into the repository. */
export function uvProgram(root: string): { readonly program: string; readonly install: readonly string[] } {
  try {
    execFileSync('uv', ['--version'], { cwd: root, stdio: 'ignore' });
    return { program: 'uv', install: [] };
  } catch {
    return {
      program: '.uv/bin/uv',
      install: [`python3 -m venv .uv && .uv/bin/python -m pip install --quiet uv==${UV_VERSION}`],
    };
  }
}
