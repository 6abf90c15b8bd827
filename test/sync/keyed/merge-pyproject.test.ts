import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Pyproject, pyprojectToml } from '../../../src/project/components/pyproject';
import { mergeToml } from '../../../src/sync/keyed/toml-edit';

const tools = fs.readFileSync(path.join(__dirname, '..', '..', '..', 'templates', 'python-tools.toml'), 'utf8');
const project: Pyproject = {
  name: 'churn', requiresPython: '>=3.11', dependencies: ['numpy>=1.26', 'pandas>=2.2'],
  groups: { dev: ['ruff>=0.8'], sdk: ['sagemaker==2.239.0'] }, defaultGroups: ['dev'], tools,
};
const base = pyprojectToml(project);

test('a raised requirement and one that uv added beside it both survive', () => {
  const theirs = base
    .replace('    "pandas>=2.2",\n', '    "pandas>=2.2",\n    "requests>=2.32",\n')
    .replace('    "ruff>=0.8",\n', '    "ruff>=0.8", # fast\n    "mypy",\n');
  const ours = pyprojectToml({
    ...project,
    dependencies: ['numpy>=1.26', 'pandas>=2.3', 'pyarrow'],
    groups: { dev: ['ruff>=0.9'], infra: ['jsii'], sdk: ['sagemaker==2.240.0'] },
    defaultGroups: ['dev', 'infra'],
  });
  expect(mergeToml(base, ours, theirs)).toEqual({
    text: theirs
      .replace('"pandas>=2.2",', '"pandas>=2.3",\n    "pyarrow",')
      .replace('"ruff>=0.8", # fast', '"ruff>=0.9", # fast')
      .replace('2.239.0",\n]', '2.240.0",\n]\ninfra = [\n    "jsii",\n]')
      .replace('["dev"]', '["dev", "infra"]'),
    conflicts: [],
  });
});

test('a requirement that both changed stays the user\'s and is told by its normalised name', () => {
  const theirs = base
    .replace('sagemaker==2.239.0', 'SageMaker[local] == 2.230')
    .replace('"pandas>=2.2"', '"pandas >= 2.3"')
    .replace('    "numpy>=1.26",\n', '');
  const ours = pyprojectToml({
    ...project,
    dependencies: ['numpy>=2', 'pandas>=2.3'],
    groups: { ...project.groups, sdk: ['sagemaker==2.240.0'] },
  });
  expect(mergeToml(base, ours, theirs)).toEqual({
    text: theirs,
    conflicts: [
      { key: 'project.dependencies[numpy]', kept: 'removed', offered: '"numpy>=2"' },
      { key: 'dependency-groups.sdk[sagemaker]', kept: '"SageMaker[local] == 2.230"', offered: '"sagemaker==2.240.0"' },
    ],
  });
});

test('a requirement that the options dropped goes unless the user changed it', () => {
  const ours = pyprojectToml({ ...project, dependencies: [] });
  const theirs = base.replace('"pandas>=2.2"', '"pandas"').replace('"numpy>=1.26",', '"numpy >=1.26", # for arrays');
  expect(mergeToml(base, ours, theirs)).toEqual({
    text: theirs.replace('    "numpy >=1.26", # for arrays\n', ''),
    conflicts: [{ key: 'project.dependencies[pandas]', kept: '"pandas"', offered: 'removed' }],
  });
  expect(mergeToml(base, ours, `${base}# end`)?.text).toContain('dependencies = []\n');
});

test.each([
  ['the spelling of names does not matter', '"a-b>=1"', '"a-b>=2"', '"A_.B >= 1", "c"', '"a-b>=2", "c"'],
  [
    'a distribution may stand there once for each marker',
    '"n<2; python_version<\'3.9\'", "n>=2; python_version>=\'3.9\'"',
    '"n<2; python_version<\'3.9\'", "n>=3; python_version>=\'3.9\'"',
    '"u", "n<2; python_version<\'3.9\'", "n>=2; python_version>=\'3.9\'"',
    '"u", "n<2; python_version<\'3.9\'", "n>=3; python_version>=\'3.9\'"',
  ],
  [
    'an included group is an item of its own', '"a>=1"', '"a>=2", {include-group = "x"}',
    '"a>=1", {include-group = "mine"}', '"a>=2", {include-group = "x"}, {include-group = "mine"}',
  ],
  [
    'a requirement by address is known by its name', '"a @ https://x.example/a-1.whl"',
    '"a @ https://x.example/a-2.whl"', '"a@https://x.example/a-1.whl", "b"', '"a @ https://x.example/a-2.whl", "b"',
  ],
])('in lists of requirements %s', (_, before, ours, theirs, merged) => {
  for (const key of ['dependency-groups.dev', 'project.dependencies', 'project.optional-dependencies.x']) {
    expect(mergeToml(`${key} = [${before}]\n`, `${key} = [${ours}]\n`, `${key} = [${theirs}]\n`)).toEqual({
      text: `${key} = [${merged}]\n`,
      conflicts: [],
    });
  }
});

test('of a distribution that stands there once for each marker the same one changed on both sides is in '
  + 'conflict', () => {
  const group = (version: string) =>
    `dependency-groups.x = ["n<2; python_version<'3.9'", "n>=${version}; python_version>='3.9'"]\n`;
  expect(mergeToml(group('2'), group('3'), group('2.5'))).toEqual({
    text: group('2.5'),
    conflicts: [
      {
        key: "dependency-groups.x[n;python_version>='3.9']",
        kept: '"n>=2.5; python_version>=\'3.9\'"',
        offered: '"n>=3; python_version>=\'3.9\'"',
      },
    ],
  });
});

test('other lists know no names of distributions', () => {
  expect(mergeToml('x.l = ["a>=1"]\n', 'x.l = ["a>=2"]\n', 'x.l = ["a>=1", "A"]\n')?.text).toBe(
    'x.l = ["A", "a>=2"]\n',
  );
});

test('without a base the requirements of both are there, and the user\'s versions', () => {
  const merged = mergeToml(
    undefined, '[project]\ndependencies = ["a>=1", "b"]\n', '[project]\ndependencies = ["a>=2", "c"]\n',
  );
  expect(merged).toEqual({
    text: '[project]\ndependencies = ["a>=2", "b", "c"]\n',
    conflicts: [{ key: 'project.dependencies[a]', kept: '"a>=2"', offered: '"a>=1"' }],
  });
});

test('what changes in the tools\' tables arrives, with our comments', () => {
  const theirs = base
    .replace('line-length = 110', 'line-length = 100 # narrow')
    .replace('testpaths = ["tests"]', 'testpaths = ["tests", "more"]');
  const ours = pyprojectToml({
    ...project,
    tools: tools
      .replace('"threadpoolctl.*", ', '')
      .replace('# The libraries', '# All libraries')
      .replace('strict = true', 'strict = true\n# Faster.\nsqlite_cache = true'),
  });
  const merged = mergeToml(base, ours, theirs);
  expect(merged).toEqual({
    text: theirs.replace('"threadpoolctl.*", ', '').replace('# The libraries', '# All libraries')
      .replace('explicit_package_bases = true', 'explicit_package_bases = true\n# Faster.\nsqlite_cache = true'),
    conflicts: [],
  });
});
