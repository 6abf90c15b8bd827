import * as fs from 'node:fs';
import type { Repository } from '../../testing/harness/repository';
import type { FlavourCase } from '../../testing/repository/flavours';

/** Something that a person does to a repository and wants to find again, whatever options and versions come. */
interface UserEdit {
  readonly what: string;
  make(repo: Repository, flavour: FlavourCase): void;
  isThere(repo: Repository, flavour: FlavourCase): boolean;
}

/** The line that a later version of the template comes into conflict with. */
export const CONTESTED = '    print(f"{job.host}: trains with {name}")\n';

const DOUBLING = 'def doubled(value: float) -> float:\n    """Twice the value."""\n    return 2 * value\n';
const DOUBLING_TEST = 'from toolz import concat\n\nfrom doubling import doubled\n\n\ndef test_doubled() -> None:\n    '
  + 'assert [doubled(x) for x in concat([[1.0], [2.0]])] == [2.0, 4.0]\n';
const FUNCTION = '\n\ndef described(name: str) -> str:\n    """What the dashboard calls the pipeline."""\n    return '
  + 'f"pipeline {name}"\n';
const HELPER = '\n\ndef tripled(value: float) -> float:\n    """Three times the value."""\n    return 3 * value\n';

const EDITS: readonly UserEdit[] = [
  inFile(
    'a constant at the top of the training script', 'model/train.py', /\nclass Framework/, '\nLOG_EVERY = 10\n',
    'before',
  ),
  inFile(
    'a line in the middle of the training script', 'model/train.py', /\n {4}fitted = framework\.fit/,
    `\n${CONTESTED}`.trimEnd(), 'before',
  ),
  inFile('a function at the end of the pipeline', 'pipelines/pipeline.py', /$/, FUNCTION, 'before'),
  inFile('a row in the README', 'README.md', /\n\| use other data[^\n]*/, '\n| ask Ada | room 12 |', 'after'),
  inFile('a section in the README', 'README.md', /$/, '\n## Contacts\n\nAda, room 12.\n', 'before'),
  inFile(
    'a hyperparameter of another default', 'config/parameters.json', /"eta": 0\.2(?=,\n)/, '"eta": 0.11', 'instead of',
  ),
  {
    ...inFile('a helper in a file that will be renamed', 'tests/workbench.py', /$/, HELPER, 'before'),
    isThere: repo => textOf(repo, 'tests/workbench.py', 'tests/bench_tools.py').includes(HELPER),
  },
  whole('a file', 'model/doubling.py', DOUBLING),
  whole('a test that uses a dependency', 'tests/test_doubling.py', DOUBLING_TEST),
  {
    what: 'a deleted test',
    make: repo => fs.rmSync(repo.path('tests/test_metrics.py')),
    isThere: repo => !repo.exists('tests/test_metrics.py'),
  },
  {
    what: 'a file made executable',
    make: repo => fs.chmodSync(repo.path('pipelines/__main__.py'), 0o755),
    isThere: repo => fs.statSync(repo.path('pipelines/__main__.py')).mode % 0o200 >= 0o100,
  },
  {
    what: 'a line in the CDK app',
    make: (repo, { appFile }) => repo.edit(appFile, /\n(app\.synth)/, `\n${ownedBy(appFile)}\n$1`),
    isThere: (repo, { appFile }) => repo.read(appFile).includes(ownedBy(appFile)),
  },
  {
    what: 'a dependency',
    make: () => {},
    isThere: repo => /dependencies = \[[^\]]*"toolz/.test(repo.read('pyproject.toml'))
      && repo.read('uv.lock').includes('name = "toolz"'),
  },
];

/** Everything a person does before the options and versions change. */
export async function makeEdits(repo: Repository, flavour: FlavourCase): Promise<void> {
  for (const edit of EDITS) { edit.make(repo, flavour); }
  await repo.run('uv', ['add', '--quiet', 'toolz']);
}

/** What a person has done and cannot be found any more. */
export function lostEdits(repo: Repository, flavour: FlavourCase): string[] {
  return EDITS.filter(edit => !edit.isThere(repo, flavour)).map(({ what }) => what);
}

function inFile(
  what: string, file: string, place: RegExp, text: string, where: 'before' | 'after' | 'instead of',
): UserEdit {
  return {
    what,
    make: repo => repo.edit(file, place, where === 'before' ? `${text}$&` : where === 'after' ? `$&${text}` : text),
    isThere: repo => repo.read(file).includes(text),
  };
}

function whole(what: string, file: string, text: string): UserEdit {
  return {
    what,
    make: repo => fs.writeFileSync(repo.path(file), text),
    isThere: repo => textOf(repo, file) === text,
  };
}

function ownedBy(appFile: string): string {
  return `${appFile.endsWith('.py') ? '#' : '//'} Ada looks after this app.`;
}

function textOf(repo: Repository, ...paths: string[]): string {
  const file = paths.find(name => repo.exists(name));
  return file === undefined ? '' : repo.read(file);
}
