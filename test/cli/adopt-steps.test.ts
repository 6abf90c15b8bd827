import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findings } from '../../src/cli/adopt/advice';
import { pyprojectOf } from '../../src/cli/adopt/manifests';
import { npmSteps, uvSteps } from '../../src/cli/adopt/packages';
import { missingTables } from '../../src/cli/adopt/wiring';

let root: string;
beforeEach(() => { root = fs.mkdtempSync(path.join(os.tmpdir(), 'adopt-steps-')); });
afterEach(() => { fs.rmSync(root, { recursive: true }); });

describe('npm packages', () => {
  test('that are there stay where they are, unless the project cannot work with them', () => {
    const manifest = {
      dependencies: { 'aws-cdk-lib': '^2.100.0', 'constructs': '^10.5.3' },
      devDependencies: { 'typescript': '~5.4.0', 'projen': '^0.80.0', '@types/node': '^22' },
    };
    const { commands, differing } = npmSteps(root, manifest, false);
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(
      /^npm install --save-dev sagemaker-cicd-projen@\^\S+ 'projen@>=\S+ <1\.0\.0' sucrase@\S+ aws-cdk@\S+ tsx@\S+$/,
    );
    expect(commands[1]).toMatch(/^npm install aws-cdk-lib@\^2\.\d+\.0$/);
    expect(differing).toEqual([
      expect.stringMatching(/^projen is \^0\.80\.0 in yours and .*; the command raises it$/),
      expect.stringMatching(/^aws-cdk-lib is \^2\.100\.0 .*; the command raises it$/),
      expect.stringMatching(/^typescript is ~5\.4\.0 in yours and \^7\.0\.0 in the project$/),
    ]);
  });

  test('are added by the package manager whose lock is there', () => {
    fs.writeFileSync(path.join(root, 'pnpm-lock.yaml'), '');
    expect(npmSteps(root, {}, true).commands).toEqual([
      expect.stringMatching(/^pnpm add --save-dev 'projen@.*' aws-cdk@\S+$/),
    ]);
  });
});

describe('Python requirements', () => {
  const steps = (text: string, python: boolean = false): ReturnType<typeof uvSteps> => {
    fs.writeFileSync(path.join(root, 'pyproject.toml'), text);
    return uvSteps('uv', pyprojectOf(root), 'xgboost', python);
  };

  test('that are there are left out, however they are spelt, and a library in another build counts', () => {
    const { commands, present, before } = steps(
      '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["XGBoost>=3", "Pandas[excel]>=2 ; '
        + 'python_version > \'3\'"]\n'
        + '[dependency-groups]\ndev = ["pytest", {include-group = "lint"}]\n',
    );
    const versions = (name: string): string =>
      `'${name}==\\S+ python_version < "3\\.14"' '${name}==\\S+ python_version >= "3\\.14"'`;
    expect(commands).toEqual([
      expect.stringMatching(new RegExp(`^uv add --no-sync ${versions('numpy')} ${versions('scipy')} pyarrow==\\S+$`)),
      expect.stringMatching(/^uv add --no-sync --group dev 'ruff\S+' 'mypy\S+' 'pandas-stubs>=2\.2'$/),
      expect.stringMatching(/^uv add --no-sync --group sdk sagemaker==3/),
    ]);
    expect(present).toEqual([
      expect.stringMatching(/^xgboost-cpu/),
      expect.stringMatching(/^xgboost==/),
      ...Array<unknown>(2).fill(expect.stringMatching(/^pandas==/)),
      expect.stringMatching(/^pytest/),
    ]);
    expect(before).toEqual([]);
  });

  test('of the options in Python have a group of their own', () => {
    expect(steps('[project]\nname = "x"\nrequires-python = ">=3.11"\n', true).commands.at(-1)).toMatch(
      /--group infra 'sagemaker-cicd-projen>=\S+' 'aws-cdk-lib\S+' 'constructs\S+' 'projen\S+'$/,
    );
  });

  test.each([
    ['[tool.poetry]\nname = "x"\n', 0, /^it has no \[project\] table/],
    ['[project]\nname = "x"\nrequires-python = ">=3.9"\n', 3, /needs Python 3\.11: .*it is >=3\.9/],
    ['[project]\nname = "x"\n', 3, /it is not set/],
    [
      '[project]\nname = "x"\nrequires-python = ">=3.11"\ndependencies = ["sagemaker<3"]\n', 3,
      /^sagemaker is a dependency/,
    ],
    ['[project\n', 0, /^it is not valid TOML/],
  ])('need something done by hand first in %j', (text, commands, expected) => {
    const { before, commands: found } = steps(text);
    expect(before).toEqual([expect.stringMatching(expected)]);
    expect(found).toHaveLength(commands);
  });
});

test('tables of tools that are set up somewhere else are not appended, but what the project needs is told', () => {
  fs.writeFileSync(path.join(root, 'pytest.ini'), '');
  const { lines, notes } = missingTables(root, ['ruff']);
  expect(lines.filter(line => line.startsWith('['))).toEqual([
    '[tool.mypy]', '[[tool.mypy.overrides]]', '[[tool.mypy.overrides]]',
  ]);
  expect(notes).toEqual([
    expect.stringContaining('no settings of mypy:'),
    expect.stringMatching(/^ruff is set up in it already/),
    expect.stringMatching(/^pytest is set up in `pytest\.ini` already.*pythonpath/),
  ]);
});

test('files that could be wired up are found wherever they are, each kind with one line', () => {
  const lines = findings([
    'src/train.py', 'a/train.py', 'b/train.py', 'c/train.py', 'notebooks/eda.ipynb', '.github/workflows/ci.yml',
    'data/customers.csv', 'src/constrain.py',
  ]);
  expect(lines.map(line => line.split(':')[0])).toEqual([
    '`src/train.py`, `a/train.py`, `b/train.py` and 1 more', '`notebooks/eda.ipynb`', '`.github/workflows/ci.yml`',
    '`data/customers.csv`',
  ]);
});
