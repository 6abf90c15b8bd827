import * as fs from 'node:fs';
import * as path from 'node:path';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';

/** What is asked of the `pyproject.toml` that was there. */
export interface ForeignPyproject {
  readonly name?: string;
  /** Whether it has a `[project]` table: without one, as in older repositories of Poetry, uv adds nothing to it. */
  readonly isProject: boolean;
  readonly requiresPython?: string;
  /** Names of the requirements of the code, in the normal form of PyPI. */
  readonly dependencies: readonly string[];
  /** Names of the requirements by dependency group. */
  readonly groups: { readonly [group: string]: readonly string[] };
  /** Names of the tables below `[tool]`. */
  readonly tools: readonly string[];
}

type Table = { readonly [key: string]: unknown };

/** Reads `pyproject.toml`; undefined when there is none, or none that can be read. */
export function pyprojectOf(root: string): ForeignPyproject | undefined {
  const file = path.join(root, 'pyproject.toml');
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) { return undefined; }
  let all: Table;
  try {
    all = getStaticTOMLValue(parseTOML(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
  const [project, tools, groups] = [all.project, all.tool, all['dependency-groups']].map(table);
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    name: text(project.name) ?? text(table(tools.poetry).name),
    isProject: all.project !== undefined,
    requiresPython: text(project['requires-python']),
    dependencies: names(project.dependencies),
    groups: Object.fromEntries(Object.entries(groups).map(([group, requirements]) => [group, names(requirements)])),
    tools: Object.keys(tools),
  };
}

/** The name of a requirement, as PyPI compares names. */
export function requirementName(requirement: string): string {
  return (/^[A-Za-z0-9._-]+/.exec(requirement.trim())?.[0] ?? requirement).toLowerCase().replace(/[-_.]+/g, '-');
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Table : {};
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string').map(requirementName) : [];
}
