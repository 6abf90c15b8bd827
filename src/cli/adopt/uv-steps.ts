import { quoted } from './npm-steps';
import { type ForeignPyproject, requirementName } from './pyproject';
import { FRAMEWORKS } from '../../options/frameworks';
import { pythonRequirements, SAGEMAKER_SDK } from '../../project/python-requirements';

/** What a `pyproject.toml` that was there needs. */
export interface UvSteps {
  /** Commands that add what is missing; none when uv cannot add anything to the file. */
  readonly commands: readonly string[];
  /** Requirements that are there already, whose versions are the user's. */
  readonly present: readonly string[];
  /** What has to be done by hand before the commands work, in words. */
  readonly before: readonly string[];
}

function isThere(there: readonly string[], requirement: string): boolean {
  const name = requirementName(requirement);
  return [name, SAME[name]].some(known => there.includes(known));
}

/** Packages that bring the same module, of which there can be only one. */
const SAME: { readonly [name: string]: string } = { 'xgboost-cpu': 'xgboost', 'xgboost': 'xgboost-cpu' };

/** How a `pyproject.toml` that was there gets the requirements of the project, with the fewest changes to what it says. */
export function uvSteps(uv: string, pyproject: ForeignPyproject | undefined, framework: string, python: boolean): UvSteps {
  if (!pyproject) { return { commands: [], present: [], before: ['it cannot be read as TOML; mend it first'] }; }
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
    .map(({ option, there, requirements }) => ({ option, missing: requirements.filter(requirement => !isThere(there, requirement)) }))
    .filter(({ missing }) => missing.length > 0)
    // The lock is made once all are added; nothing is installed before `setup`.
    .map(({ option, missing }) => `${uv} add --no-sync${option} ${missing.map(quoted).join(' ')}`);
  return {
    commands: pyproject.isProject ? commands : [],
    present: wanted.flatMap(({ there, requirements }) => requirements.filter(requirement => isThere(there, requirement))),
    before: manual(pyproject, commands),
  };
}

function manual({ isProject, requiresPython, dependencies }: ForeignPyproject, commands: readonly string[]): string[] {
  const [, minor] = /3\.(\d+)/.exec(requiresPython ?? '') ?? [];
  const isOld = requiresPython === undefined || (minor !== undefined && Number(minor) < 11);
  return [
    ...(isProject ? [] : [`it has no [project] table, without which uv adds nothing to it: give it one (name, version, requires-python = ">=3.11"), then run\n\n${indented(commands)}\n`]),
    ...(isProject && isOld ? [`the project's code needs Python 3.11: set requires-python = ">=3.11" (it is ${requiresPython ?? 'not set'}), or uv may find no versions that fit`] : []),
    ...(dependencies.includes('sagemaker') ? [`sagemaker is among its dependencies; the pipeline is compiled with ${SAGEMAKER_SDK} in the group sdk, and uv locks one version of it: move yours out of the dependencies or raise it`] : []),
  ];
}

/** Lines as Markdown code. */
export function indented(lines: readonly string[]): string {
  return lines.map(line => `    ${line}`).join('\n');
}
