import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { adopt } from '../../src/cli/adopt/adopt';
import { SageMakerCicdProject } from '../../src/project';
import { withoutPostSynthesis } from '../../testing/project-directory';
import { commit, entriesOf, FILES, filesOf, git, makeRepository } from '../../testing/repository/adopt-repository';

let root: string;
let output: string;
beforeEach(() => {
  root = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'adopt-test-'))), 'churn');
  output = '';
  jest.spyOn(process, 'cwd').mockImplementation(() => root);
  jest.spyOn(process.stdout, 'write').mockImplementation((text: string | Uint8Array) => {
    output += text.toString();
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(path.dirname(root), { recursive: true });
});

const at = (file: string): string => path.join(root, file);
const read = (file: string): string => fs.readFileSync(at(file), 'utf8');
const refusal = async (...args: string[]): Promise<string> =>
  Promise.resolve(adopt(args)).then(
    () => 'no refusal',
    (error: Error) => `${error.name}: ${error.message}`,
  );
const entries = (): string[] => entriesOf(root);
const files = (): object[] => filesOf(root);

/** Files of their own at paths of ours: code, a test, and what a directory of ours would be is a link. */
const IN_THE_WAY = {
  ...FILES,
  'model/train.py': '# theirs\n',
  'tests/conftest.py': '# theirs\n',
  'buildspec.yml': 'version: 0.2\n',
  'readme.txt': '',
  'elsewhere/x.txt': 'x\n',
  'README.md': '',
};

/** The same project again, as the rc file makes it. */
function synthAgain(python: boolean = false): void {
  const list =
    read(python ? '.projenrc.py' : '.projenrc.ts').match(/(?:userOwned: |user_owned=)(\[[^\]]*\])/)?.[1] ?? '[]';
  const userOwned = JSON.parse(list.replace(/,\s*\]$/, ']')) as string[];
  const project = new SageMakerCicdProject({
    name: 'churn-service',
    outdir: root,
    devDeps: ['sagemaker-cicd-projen'],
    userOwned,
    ...(python ? { projenrcPython: true } : {}),
  });
  jest.spyOn(project.logger, 'log').mockImplementation(() => {});
  withoutPostSynthesis(() => { project.synth(); });
}

test.each([['TypeScript', [], '.projenrc.ts'], ['Python', ['--projenrc-python'], '.projenrc.py']])(
  'in %s, no file that was there is touched, nor the index, nor a branch', async (_, flags, rcFile) => {
    makeRepository(root, IN_THE_WAY);
    fs.symlinkSync('elsewhere', at('config'));
    commit(root);
    fs.chmodSync(at('package.json'), 0o440);
    const before = files();
    const repository = [
      fs.readFileSync(at('.git/index')).toString('base64'),
      git(root, 'rev-parse', 'HEAD'),
      git(root, 'for-each-ref'),
    ];
    expect(await adopt(flags)).toBe(0);
    const kept = new Set(before.map(entry => (entry as { file: string }).file));
    expect(files().filter(entry => kept.has((entry as { file: string }).file))).toEqual(before);
    expect([
      fs.readFileSync(at('.git/index')).toString('base64'),
      git(root, 'rev-parse', 'HEAD'),
      git(root, 'for-each-ref'),
    ]).toEqual(repository);
    expect(
      git(root, 'status', '--porcelain')
        .split('\n')
        .filter(line => !line.startsWith('?? ') && line !== ''),
    ).toEqual([]);
    expect(fs.existsSync(at(rcFile))).toBe(true);
    expect(fs.readdirSync(at('elsewhere'))).toEqual(['x.txt']);
    expect(read('model/evaluate.py')).toContain('evaluation.json');
  });

test('the options list what is the user\'s, by path, and all of a directory that is a link', async () => {
  makeRepository(root, IN_THE_WAY);
  fs.symlinkSync('elsewhere', at('config'));
  commit(root);
  await adopt(['--framework', 'sklearn']);
  expect(read('.projenrc.ts')).toMatchSnapshot();
});

test('the options in Python', async () => {
  makeRepository(root);
  await adopt(['--projenrc-python', '--model-name=Churn']);
  expect(read('.projenrc.py')).toMatchSnapshot();
  execFileSync('python3', ['-c', `import ast; ast.parse(open(${JSON.stringify(at('.projenrc.py'))}).read())`]);
});

test.each([[false], [true]])('a synth afterwards changes nothing (Python: %s)', async python => {
  makeRepository(root, IN_THE_WAY);
  await adopt(python ? ['--projenrc-python'] : []);
  const before = files().map(entry => ({ ...entry, mtime: 0, inode: 0 }));
  synthAgain(python);
  expect(files().map(entry => ({ ...entry, mtime: 0, inode: 0 }))).toEqual(before);
});

test("the report says what was kept, what it needs, what was added, and where the project's version lies", async () => {
  makeRepository(root);
  await adopt([]);
  const report = read('.projen/adopt/report.md');
  expect(output).toContain(report);
  expect(
    report
      .replace(/python3 -m venv .*\n\s*/, '')
      .replaceAll('.uv/bin/uv', 'uv')
      .replace(/\d+ file/g, 'N file')
      .replace(/(projen@\^)\d+\.\d+\.\d+/, '$1VERSION'),
  ).toMatchSnapshot();
  expect(read('.projen/adopt/files/package.json')).toContain('"sagemaker-cicd-projen"');
  expect(read('.projen/adopt/files/.gitignore')).toContain('/.venv/');
  expect(git(root, 'status', '--porcelain', '--untracked-files=all')).not.toContain('.projen/adopt');
});

test('its commands append what is missing to files that end without a line end, so that they still say what they '
  + 'said', async () => {
  makeRepository(root);
  await adopt([]);
  for (const command of read('.projen/adopt/report.md')
    .split('\n')
    .filter(line => /^ {4}cat /.test(line))) {
    execFileSync('sh', ['-c', command], { cwd: root });
  }
  expect(read('.gitignore')).toMatch(/^node_modules\/\n\*\.log\n# For sagemaker-cicd-projen\n/);
  expect(read('.gitignore')).not.toContain('/node_modules/');
  expect(read('pyproject.toml')).toContain(FILES['pyproject.toml']);
  const parsed = execFileSync(
    'python3',
    ['-c', 'import json, sys, tomllib; json.dump(tomllib.load(open("pyproject.toml", "rb"))["tool"], sys.stdout)'],
    { cwd: root, encoding: 'utf8' },
  );
  expect(JSON.parse(parsed)).toMatchObject({
    black: { 'line-length': 99 },
    pytest: { ini_options: { pythonpath: ['model', '.'] } },
    mypy: { strict: true },
  });
});

test('its command to undo leaves exactly what was there', async () => {
  makeRepository(root);
  const before = entries();
  await adopt([]);
  fs.writeFileSync(at('model/of-mine.py'), '');
  execFileSync('sh', ['-c', /^ {4}(xargs .*)$/m.exec(read('.projen/adopt/report.md'))![1]], {
    cwd: root,
    stdio: 'ignore',
  });
  expect(entries()).toEqual([...before, 'model', 'model/of-mine.py'].sort());
});

test('another spelling of a path, and a directory in the place of a file, count as being there', async () => {
  makeRepository(root, { 'Readme.md': 'theirs\n', 'BuildSpec.yml/x': '', 'model': 'a file\n' });
  await adopt(['--name', 'churn']);
  expect(entries()).toEqual(expect.arrayContaining(['Readme.md', 'BuildSpec.yml', 'model']));
  expect(entries().filter(name => ['README.md', 'buildspec.yml'].includes(name))).toEqual([]);
  expect(read('.projen/adopt/report.md')).toContain('`README.md`, which is `Readme.md` here');
  expect(read('.projen/adopt/report.md')).toMatch(/`model` is a file; .* whose \d\d files were not written/);
});

test('a file that git knows but that is not checked out is not written', async () => {
  makeRepository(root);
  git(root, 'update-index', '--skip-worktree', 'README.md');
  fs.rmSync(at('README.md'));
  await adopt([]);
  expect(fs.existsSync(at('README.md'))).toBe(false);
});

test('files that bear the mark of another projen project stay', async () => {
  makeRepository(root, {
    ...FILES,
    'packages/web/tasks.json': '{ "//": "~~ Generated by projen. To modify, edit .projenrc.js" }\n',
  });
  await adopt([]);
  expect(fs.existsSync(at('packages/web/tasks.json'))).toBe(true);
});

test('what a rule of theirs hides from git is told', async () => {
  makeRepository(root, { ...FILES, '.gitignore': 'data/\n' });
  await adopt([]);
  expect(read('.projen/adopt/report.md')).toContain('- `data/sample/breast_cancer.csv` (`.gitignore:1:data/`)');
});

describe('refused, with nothing written:', () => {
  const nothingWritten = async (expected: RegExp, ...args: string[]): Promise<void> => {
    const before = fs.existsSync(root) ? files() : [];
    expect(await refusal(...args)).toMatch(expected);
    expect(fs.existsSync(root) ? files() : []).toEqual(before);
  };

  test('a tree that is not clean, untracked files included', async () => {
    makeRepository(root);
    fs.writeFileSync(at('new.py'), '');
    await nothingWritten(/^UserError: There are uncommitted changes:\n {2}\?\? new\.py\n/);
    commit(root);
    fs.appendFileSync(at('train.py'), '# more\n');
    await nothingWritten(/M train\.py/);
  });

  test('a directory without git', async () => {
    fs.mkdirSync(root);
    fs.writeFileSync(at('train.py'), '');
    await nothingWritten(/^UserError: .* is not in a git repository\.\n.*run git init/);
  });

  test('a machine without git', async () => {
    makeRepository(root);
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try { await nothingWritten(/^UserError: git is not on the PATH/); } finally { process.env.PATH = PATH; }
  });

  test('a directory below the root', async () => {
    makeRepository(root);
    const top = root;
    root = at('scripts');
    await nothingWritten(/^UserError: This is not the root of its git repository \(.*churn\)\./);
    root = top;
  });

  test('a repository without a commit', async () => {
    fs.mkdirSync(root);
    git(root, 'init', '--quiet');
    await nothingWritten(/^UserError: The repository has no commit/);
  });

  test('a second run', async () => {
    makeRepository(root);
    await adopt([]);
    commit(root);
    await nothingWritten(
      /^UserError: This repository already has this project type: change its options in \.projenrc\.ts/,
    );
  });

  test('a repository that is managed by projen, and one that lost its rc file', async () => {
    makeRepository(root, { ...FILES, '.projenrc.js': 'const { cdk } = require("projen");\n' });
    await nothingWritten(/^UserError: This repository has another projen project type/);
    git(root, 'rm', '--quiet', '.projenrc.js');
    fs.mkdirSync(at('.projen'));
    fs.writeFileSync(at('.projen/tasks.json'), '{}');
    commit(root);
    await nothingWritten(/^UserError: projen's files exist already \(\.projen\/tasks\.json\)/);
  });

  test.each([
    [['--frmework', 'sklearn'], /Unknown argument: --frmework\. Did you mean --framework\?/],
    [['--training.instance-type', 'x'], /Set it in the rc file/],
    [['churn'], /Unknown argument: churn/],
    [['--name'], /--name needs a value/],
    [['--name', '--framework'], /--name needs a value/],
    [['--projenrc-python=maybe'], /takes true or false/],
    [['--framework', 'xgbost'], /^UserError: option framework: "xgbost" is not valid; allowed: .*xgboost/],
    [['--name', 'Not Valid'], /^UserError: option name: "Not Valid" is not valid/],
  ])('the arguments %p', async (args, expected) => {
    makeRepository(root);
    await nothingWritten(expected, ...args);
  });

  test('names of which nothing valid is left', async () => {
    makeRepository(root, { 'package.json': '{"name":"@x/123"}' });
    fs.renameSync(root, path.join(path.dirname(root), '2024'));
    root = path.join(path.dirname(root), '2024');
    await nothingWritten(/^UserError: Cannot derive a name from "@x\/123" or "2024"\. Give one with --name/);
  });

  test('a package.json that makes every file an ES module', async () => {
    makeRepository(root, { 'package.json': '{"type":"module"}' });
    await nothingWritten(/Use --projenrc-python/);
    expect(await refusal('--projenrc-python')).toBe('no refusal');
  });
});

test('the usage is shown without looking at anything', async () => {
  expect(await adopt(['--help'])).toBe(0);
  expect(output).toContain('Usage: sagemaker-cicd-projen adopt');
});
