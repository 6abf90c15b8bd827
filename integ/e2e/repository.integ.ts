import * as path from 'node:path';
import { comparable, resources } from './templates';
import { withoutUv } from '../../testing/harness/environment';
import { copyOfRepository } from '../../testing/harness/fixture';
import { ROOT } from '../../testing/harness/process';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import { Repository } from '../../testing/harness/repository';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { COMMON_FILES, FLAVOURS } from '../../testing/repository/flavours';
import { newestRun, runDirectories } from '../../testing/repository/local-run';
import { selection, TESTS_OF_AN_ENVIRONMENT } from '../../testing/selection';

/** A network that leads nowhere: whoever wants to reach something fails at once. */
const OFFLINE = {
  HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', ALL_PROXY: 'http://127.0.0.1:9', UV_OFFLINE: '1',
};

/** Flavours that get all tests; the other one, in a short run, those whose commands or files are its own. */
const lived = selection('flavours of a whole life', FLAVOURS, 1);

let registries: Registries;
const repositories = new Map<string, Repository>();

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

describe.each(FLAVOURS)('a new repository in $flavour', which => {
  const { flavour, rcFile, appFile, anchor, instanceType, threshold, modelName } = which;
  let repo: Repository;
  const isWhole = lived.includes(which);
  const inAWholeLife = (name: string, body: () => Promise<void>): void => { if (isWhole) { test(name, body); } };

  beforeAll(async () => {
    repo = await copyOfRepository(flavour, registries, 'new');
    repositories.set(flavour, repo);
  });

  test('has every part, is committed and names no registry of this test in its npm lock', async () => {
    expect([...COMMON_FILES, rcFile, appFile].filter(file => !repo.exists(file))).toEqual([]);
    expect(await repo.changedFiles()).toEqual([]);
    expect(repo.read('package-lock.json')).not.toContain('127.0.0.1');
    expect(repo.exists('.projen/conflicts')).toBe(false);
  });

  test('is made ready by setup and passes its own linters and tests', async () => {
    await repo.projen(['setup'], { seconds: 600 });
    await repo.projen(['lint']);
    const { output } = await repo.projen(['test', ...(isWhole ? [] : TESTS_OF_AN_ENVIRONMENT)], { seconds: 600 });
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/\d+ failed/);
  });

  test('compiles its pipeline without a network and without AWS, and only when something changed', async () => {
    const env = { ...repo.env, ...OFFLINE };
    expect((await repo.projen(['pipeline:compile'], { env })).output).toContain('compiled');
    const first = repo.read('build/pipeline/definition.json');
    const again = await repo.projen(['pipeline:compile'], { env });
    expect(again.output).toContain('up to date');
    await repo.projen(['pipeline:compile', '--', '--force'], { env });
    expect(repo.read('build/pipeline/definition.json')).toBe(first);
  });

  test('runs its pipeline on the real data set, registers the model and asks it', async () => {
    await repo.projen(['pipeline:local']);
    const run = newestRun(repo);
    expect(run.status).toBe('Succeeded');
    expect(Object.fromEntries(run.steps.map(step => [step.name, step.status]))).toEqual({
      Preprocess: 'Succeeded', Train: 'Succeeded', Evaluate: 'Succeeded', CheckQuality: 'Succeeded',
      Register: 'Succeeded', QualityGateFailed: 'Skipped',
    });
    expect(run.registered).toMatchObject([{ modelPackageVersion: 1, approvalStatus: 'PendingManualApproval' }]);
    expect(run.sampleAnswer?.error).toBeUndefined();
    expect(run.sampleAnswer?.response).toMatch(/\d/);
    const commit = (await repo.git('rev-parse', 'HEAD')).trim();
    expect(run.parameters).toContainEqual(expect.objectContaining({ name: 'GitCommit', value: commit, origin: 'git' }));
  });

  inAWholeLife('changes one hyperparameter for one run', async () => {
    await repo.projen(['pipeline:local', '--', '--set', 'max_depth=6']);
    const run = newestRun(repo);
    expect(run.parameters).toContainEqual(expect.objectContaining({ name: 'max_depth', value: 6, origin: 'set' }));
    expect(run.registered).toMatchObject([{ modelPackageVersion: 2 }]);
    expect(run.steps.filter(step => step.cacheHit).map(step => step.name)).toEqual(['Preprocess']);
  });

  inAWholeLife('runs jobs whose arguments SageMaker\'s own service model accepts', async () => {
    for (const directory of runDirectories(repo)) {
      await repo.run(path.join(process.env.SDK_VENV
        ?? '', 'bin', 'python'), [path.join(ROOT, 'integ', 'python', 'check_arguments.py'), repo.path(directory)]);
    }
  });

  inAWholeLife('writes a report that is one file and loads nothing', async () => {
    await repo.projen(['pipeline:report']);
    const page = repo.read(`${runDirectories(repo).at(-1)}/report.html`);
    expect(page).toMatch(/<svg/);
    expect(page).not.toMatch(/(src|href)\s*=\s*["']?https?:|@import|url\(\s*["']?https?:/i);
  });

  test('synthesizes its infrastructure without AWS, and has the CDK look at the templates when asked to', async () => {
    await repo.projen(['synth', '--validation'], { env: { ...repo.env, ...OFFLINE } });
    expect(repo.exists('cdk.out/validation-report.json')).toBe(true);
    const types = new Set(Object.values(resources(repo)).map(resource => (resource as { Type: string }).Type));
    for (const type of [
      'AWS::CodePipeline::Pipeline', 'AWS::CodeBuild::Project', 'AWS::SageMaker::ModelPackageGroup',
      'AWS::StepFunctions::StateMachine', 'AWS::SageMaker::Endpoint',
    ]) {
      expect(types).toContain(type);
    }
  });

  test('is as it was after all this, and after two more runs of projen', async () => {
    expect(await repo.changedFiles()).toEqual([]);
    await repo.projen();
    expect(await repo.changedFiles()).toEqual([]);
    await repo.projen();
    expect(await repo.changedFiles()).toEqual([]);
  });

  test('takes a changed option into exactly the files that say it', async () => {
    repo.edit(rcFile, anchor, `$&${instanceType('ml.m5.2xlarge')}`);
    await repo.projen();
    const isMemory = (file: string): boolean => /^\.projen\/sync\/config\/parameters\.json\.[0-9a-f]{16}$/.test(file);
    const changed = await repo.changedFiles();
    expect(changed.filter(file => !isMemory(file))).toEqual([rcFile, 'config/parameters.json'].sort());
    // One entry goes and one comes, since an entry's name is made of what it remembers.
    expect(changed.filter(isMemory)).toHaveLength(2);
    expect(await repo.git('diff', '--unified=0', 'config/parameters.json')).toMatch(
      /-.*"ml\.m5\.xlarge"[^+]*\+.*"ml\.m5\.2xlarge"/,
    );
    expect((await repo.git('diff', '--numstat', 'config/parameters.json')).split('\t').slice(0, 2)).toEqual(['1', '1']);
    await repo.commit('larger instances');
  });

  inAWholeLife('keeps what a person wrote when options change', async () => {
    repo.edit('model/train.py', /$/, '\n# Written by hand.\n');
    repo.edit('config/parameters.json', /("maxRunSeconds": )\d+/, '$1 1234');
    await repo.commit('edited by hand');
    repo.edit(rcFile, anchor, `$&${threshold(0.75)}`);
    await repo.projen();
    expect(repo.read('model/train.py')).toMatch(/# Written by hand\.\n$/);
    expect(repo.json('config/parameters.json')).toMatchObject({
      training: { maxRunSeconds: 1234, instanceType: 'ml.m5.2xlarge' }, qualityGate: { threshold: 0.75 },
    });
    await repo.commit('a lower threshold');
  });

  inAWholeLife('previews a changed option, says whose each file is, and gives a file back, as the README '
    + 'says', async () => {
    repo.edit(rcFile, instanceType('ml.m5.2xlarge'), instanceType('ml.m5.4xlarge'));
    const before = await repo.changedFiles();
    const { output } = await repo.projen(['sync:preview']);
    expect(output).toMatch(/change\s+config\/parameters\.json/);
    expect(output).toMatch(/^-.*"ml\.m5\.2xlarge"[^]*^\+.*"ml\.m5\.4xlarge"/m);
    expect(await repo.changedFiles()).toEqual(before);
    repo.edit(rcFile, instanceType('ml.m5.4xlarge'), instanceType('ml.m5.2xlarge'));

    const status = (await repo.projen(['sync:status'])).output;
    expect(status).toMatch(/^model\/train\.py +synced +edited by you$/m);
    expect(status).toMatch(/^model\/evaluate\.py +synced +as written$/m);
    expect(status).toMatch(/^buildspec\.yml +generated +as written$/m);
    expect(await repo.changedFiles()).toEqual([]);

    const mine = repo.read('model/train.py');
    await repo.projen(['sync:restore', '--', 'model/train.py']);
    expect(repo.read('model/train.py')).not.toContain('Written by hand');
    expect(repo.read('.projen/conflicts/model/train.py')).toBe(mine);
    await repo.git('checkout', '--', 'model/train.py');
    expect(await repo.changedFiles()).toEqual([]);
  });

  inAWholeLife('ends a synth with an error when both changed the same lines, until the markers are gone', async () => {
    repo.edit('README.md', /^Trains, evaluates, .*$/m, 'Trains what we sell, with $&');
    await repo.commit('README by hand');
    repo.edit(rcFile, anchor, `$&${modelName}`);
    const refused = await repo.projen([], { mayFail: true });
    expect(refused.status).not.toBe(0);
    // From Python what the project tells goes through a thread of jsii, which may come after the traceback.
    const end = flavour === 'python' ? refused.output : refused.output.trim().split('\n').slice(-5).join('\n');
    expect(end).toContain('Then run projen again. Everything else is up to date.');
    expect(refused.output).toContain('- README.md: choose between <<<<<<< yours and >>>>>>> generated');
    // Python shows its own traceback before the message; in TypeScript there is nothing but the message.
    expect(flavour === 'python' || !/^\s+at .*\(/m.test(refused.output)).toBe(true);
    repo.edit('README.md', /<<<<<<< yours\n([^]*?)=======\n[^]*?>>>>>>> generated\n/, '$1');
    await repo.projen();
    await repo.commit('a model name');
  });

  inAWholeLife('becomes ready from a fresh clone with npm ci and setup, uv included, and passes its '
    + 'tests', async () => {
    const directory = temporaryDirectory('churn');
    await repo.git('clone', '--quiet', repo.directory, directory);
    const clone = new Repository(directory, withoutUv(registries.env));
    await clone.run('npm', ['ci']);
    // The first command of all may be any: it brings uv and the environment that it needs.
    expect((await clone.projen(['pipeline:runs'], { seconds: 600 })).output).toContain('no runs in');
    await clone.projen(['setup'], { seconds: 600 });
    const { output } = await clone.projen(['test', ...TESTS_OF_AN_ENVIRONMENT], { seconds: 600 });
    expect(output).toMatch(/\d+ passed/);
    expect(clone.exists('.uv/bin/uv')).toBe(true);
    expect(await clone.changedFiles()).toEqual([]);
  });
});

test('both kinds of repository give the same CloudFormation resources for the same options', () => {
  const [typescript, python] = FLAVOURS.map(({ flavour }) => resources(repositories.get(flavour)!));
  expect(Object.keys(typescript).length).toBeGreaterThan(20);
  expect(Object.keys(python)).toEqual(Object.keys(typescript));
  for (const id of Object.keys(typescript)) {
    expect({ id, resource: comparable(python[id]) }).toEqual({ id, resource: comparable(typescript[id]) });
  }
});
