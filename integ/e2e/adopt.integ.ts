import * as path from 'node:path';
import { resources } from './templates';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import { Repository } from '../../testing/harness/repository';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { FILES, makeRepository } from '../../testing/repository/adopt-repository';
import { newestRun } from '../../testing/repository/local-run';
import { selection } from '../../testing/selection';

let registries: Registries;
let repo: Repository;

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

/** The commands of a section of the report, as a person copies them. */
function commands(section: string): string[] {
  const text = repo.read('.projen/adopt/report.md').split(`## ${section}\n`)[1].split('\n## ')[0];
  return text.split('\n').filter(line => line.startsWith('    ')).map(line => line.trim());
}

const MANAGED = 'a repository that npm and uv manage';
const BARE = 'a repository that neither npm nor uv manages';

/** In a short run one of the two. */
const adopted = selection('repositories to adopt', [MANAGED, BARE], 1);

const described = (name: string, tests: () => void): void => { if (adopted.includes(name)) { describe(name, tests); } };

described(MANAGED, () => {
  beforeAll(() => {
    repo = new Repository(temporaryDirectory('churn'), registries.env);
    makeRepository(repo.directory);
  });

  test('a repository with files of its own is adopted by one command, which changes none of them', async () => {
    const index = await repo.git('ls-files', '--stage');
    const { output } = await repo.run('npx', ['--yes', 'sagemaker-cicd-projen', 'adopt']);
    expect(output).toContain('# churn-service is adopted');
    for (const [file, text] of Object.entries(FILES)) {
      expect({ file, text: repo.read(file) }).toEqual({ file, text });
    }
    expect(await repo.git('ls-files', '--stage')).toBe(index);
    expect(await repo.git('status', '--porcelain')).not.toMatch(/^(?!\?\? )./m);
    expect(repo.exists('node_modules')).toBe(false);
    await repo.run('npx', ['--yes', 'sagemaker-cicd-projen', 'adopt'], { mayFail: true }).then(({ status, stderr }) => {
      expect({ status, stderr }).toEqual({
        status: 1, stderr: expect.stringContaining('already has this project type'),
      });
    });
  });

  test('the commands of its report make it ready: the tests of both pass', async () => {
    let output = '';
    for (const command of commands('Next')) { ({ output } = await repo.run('sh', ['-c', command], { seconds: 600 })); }
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/\d+ failed/);
    expect(repo.json('package.json')).toMatchObject({
      name: '@team/Churn_Service', scripts: { test: 'echo theirs' }, dependencies: { 'left-pad': '^1.3.0' },
    });
    expect(repo.read('pyproject.toml')).toContain('"pandas>=2.2,<4", # the same as ever');
    expect((await repo.run('uv', [
      'run', '--frozen', 'python', '-m', 'pytest', 'tests/test_theirs.py',
    ])).output).toContain('1 passed');
  });

  test('nothing is left for another synth to do, and nothing that is installed is seen by git', async () => {
    await repo.commit('adopted');
    const tracked = (await repo.git('ls-files')).split('\n');
    expect(tracked).toEqual(expect.arrayContaining([
      '.projenrc.ts', 'uv.lock', 'package-lock.json', 'model/train.py', 'data/sample/breast_cancer.csv',
    ]));
    expect(tracked.filter(file => /node_modules|\.venv|\.uv\/|\.projen\/adopt/.test(file))).toEqual([]);
    await repo.projen();
    expect(await repo.changedFiles()).toEqual([]);
  });

  test('the pipeline runs, the infrastructure is made by the project\'s app, and their own app is where it '
    + 'was', async () => {
    await repo.projen(['pipeline:local']);
    expect(newestRun(repo).status).toBe('Succeeded');
    await repo.projen(['synth']);
    expect(Object.keys(resources(repo)).length).toBeGreaterThan(20);
    expect(repo.json('cdk.json')).toEqual({ app: 'node bin/website.js' });
    await repo.projen(['lint']);
    expect(await repo.changedFiles()).toEqual([]);
  });

  test('a file is handed back as the report says', async () => {
    repo.edit('.projenrc.ts', '    "README.md",\n', '');
    await repo.projen();
    expect(repo.read('README.md')).toBe(FILES['README.md']);
    await repo.projen(['sync:restore', 'README.md']);
    expect(repo.read('README.md')).toContain('Trains, evaluates, registers and delivers');
  });
});

described(BARE, () => {
  test('the options and the app in Python work too, and nothing is left for another synth to do', async () => {
    repo = new Repository(path.join(temporaryDirectory(), 'house'), registries.env);
    makeRepository(repo.directory, { 'train.py': 'print(1)\n', 'README.md': '# House\n' });
    await repo.run('npx', ['--yes', 'sagemaker-cicd-projen', 'adopt', '--projenrc-python', '--framework', 'sklearn']);
    // The last two, setup and test, are the same in both.
    for (const command of commands('Next').slice(0, -2)) { await repo.run('sh', ['-c', command], { seconds: 600 }); }
    await repo.commit('adopted');
    await repo.projen();
    expect(await repo.changedFiles()).toEqual([]);
    await repo.projen(['synth']);
    expect(Object.keys(resources(repo)).length).toBeGreaterThan(20);
  });
});
