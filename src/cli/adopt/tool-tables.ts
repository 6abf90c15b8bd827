import * as fs from 'node:fs';
import * as path from 'node:path';
import { packageText } from '../../project/package-files';

/** Files whose settings win over those in `pyproject.toml`, by tool. */
const ELSEWHERE: { readonly [tool: string]: readonly string[] } = {
  ruff: ['ruff.toml', '.ruff.toml'],
  mypy: ['mypy.ini', '.mypy.ini'],
  pytest: ['pytest.ini', '.pytest.ini'],
};

/** What the tests and linters of the project need to know, in words, where the user's own settings say something else. */
const NEEDS: { readonly [tool: string]: string } = {
  ruff: 'leave out `pipelines/local`',
  mypy: 'check `model`, `pipelines` and `tests` with mypy_path = "model" and explicit_package_bases',
  pytest: 'pythonpath = ["model", "."] and --import-mode=append, without which the project\'s tests find no module',
};

/** The tables of the linters and of pytest that a `pyproject.toml` lacks, and what to change about those that are there. */
export function missingTables(root: string, present: readonly string[]): { readonly lines: readonly string[]; readonly notes: readonly string[] } {
  const tables = toolTables();
  const own = (tool: string): string | undefined => ELSEWHERE[tool].find(file => fs.existsSync(path.join(root, file)));
  const theirs = Object.keys(ELSEWHERE).filter(tool => present.includes(tool) || own(tool) !== undefined);
  const missing = Object.keys(ELSEWHERE).filter(tool => !theirs.includes(tool));
  return {
    lines: missing.flatMap(tool => tables.get(tool) ?? []),
    notes: [
      ...(missing.length > 0 ? [`It has no settings of ${missing.join(', ')}: the command of "Next" appends the project's.`] : []),
      ...theirs.map(tool => `${tool} is set up ${present.includes(tool) ? 'in it' : `in \`${own(tool)}\``} already. For the project: ${NEEDS[tool]}.`),
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
