import * as fs from 'node:fs';
import * as path from 'node:path';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { projectName } from '../../options/schemas/project-schema';
import { UserError } from '../shared/command';

/** What is asked of the `package.json` that was there. */
export interface Manifest {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

/** Reads `package.json`; undefined when there is none, or none that can be read: broken or not, it stays as it is. */
export function manifestOf(root: string): Manifest | undefined {
  const file = path.join(root, 'package.json');
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) { return undefined; }
  try {
    const manifest: unknown = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

const MANAGERS = [
  { lock: 'pnpm-lock.yaml', dev: 'pnpm add --save-dev', run: 'pnpm add' },
  { lock: 'yarn.lock', dev: 'yarn add --dev', run: 'yarn add' },
] as const;
const NPM = { lock: 'package-lock.json', dev: 'npm install --save-dev', run: 'npm install' } as const;

/** Which package manager a repository uses, by its lock file. */
export function packageManager(root: string): typeof MANAGERS[number] | typeof NPM {
  return MANAGERS.find(({ lock }) => fs.existsSync(path.join(root, lock))) ?? NPM;
}

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

const { pattern = '', maxLength = 48 } = projectName;

/**
 * A name for the project: that of package.json or pyproject.toml, else the directory's, made valid.
 *
 * @throws UserError when none of them can be made valid
 */
export function defaultName(root: string): string {
  const found = [nameOf(manifestOf(root)?.name), pyprojectOf(root)?.name, path.basename(root)];
  const valid = found.map(name => name && validName(name)).find(name => name);
  if (!valid) {
    throw new UserError(
      'Cannot derive a name from '
        + `${found
          .filter(name => name)
          .map(name => JSON.stringify(name))
          .join(' or ')}. `
        + `Give one with --name, for example --name churn-model: ${projectName['x-allowed']}.`,
    );
  }
  return valid;
}

/** The nearest valid name, or undefined when nothing is left of it. */
function validName(given: string): string | undefined {
  const plain = given.replace(/^@[^/]*\//, '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, maxLength).replace(/-$/, '');
  return new RegExp(pattern).test(name) ? name : undefined;
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Table : {};
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string').map(requirementName) : [];
}
