/** The content of a generated `pyproject.toml`. */
export interface Pyproject {
  readonly name: string;
  readonly requiresPython: string;
  readonly dependencies: readonly string[];
  readonly groups: { readonly [group: string]: readonly string[] };
  readonly defaultGroups: readonly string[];
  readonly tools: string;
}

/** Renders `pyproject.toml` in the layout that `uv add` keeps: one requirement a line. */
export function pyprojectToml(project: Pyproject): string {
  const groups = Object.entries(project.groups).map(([name, requirements]) => `${name} = ${list(requirements)}`);
  return [
    '[project]',
    `name = ${text(project.name)}`,
    'version = "0.0.0"',
    `requires-python = ${text(project.requiresPython)}`,
    `dependencies = ${list(project.dependencies)}`,
    '',
    '[dependency-groups]',
    ...groups,
    '',
    '[tool.uv]',
    '# The repository is code to run, not a package to build.',
    'package = false',
    `default-groups = [${project.defaultGroups.map(text).join(', ')}]`,
    'required-version = ">=0.7"',
    ...(project.tools ? ['', project.tools.trimEnd()] : []),
    '',
  ].join('\n');
}

function list(values: readonly string[]): string {
  return values.length === 0 ? '[]' : `[\n${values.map(value => `    ${text(value)},\n`).join('')}]`;
}

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
function text(value: string): string {
  return JSON.stringify(value);
}
