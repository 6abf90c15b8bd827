import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkedPlan } from '../../src/plan/check';
import { type Run, runPipeline } from '../../testing/ci/gitlab-runner';
import { gitlabTexts } from '../../testing/ci/gitlab-texts';
import { BY_GITLAB } from '../../testing/deliveries/gitlab';
import { cleanUp } from '../../testing/deliveries/synth';

jest.setTimeout(120_000);
afterAll(cleanUp);

const texts = gitlabTexts(checkedPlan(BY_GITLAB.gitlab).plan!);
const fileOf = (name: string) => texts[`.gitlab/ci/${name}.yml`];
const REQUEST = '2026-01-02T03:04:05.678Z-0123abcd';

/** Tools that find a request for this version, and decide to deploy to all waves. */
const FOUND = {
  take: `printf "export FOUND=yes REQUEST=${REQUEST} MODEL_PACKAGE=arn:x/7 RETRY_IN=none ROLL_BACK_IN=none\\n" > exports.sh`,
  prepare: 'mkdir -p deployment/tools; echo data > deployment/.hidden; '
    + 'printf "export ACTION_0=deploy ACTION_1=deploy\\n" > deployment/exports.sh',
  check: 'printf "export SUMMARY=\'AUC 0.8\'\\n" > exports.sh',
};
function deploy(more: Partial<Run> = {}) {
  return runPipeline({
    text: fileOf('deploy-main'), started: { source: 'trigger', branch: 'main', run: 'deploy-main' }, request: REQUEST,
    tools: FOUND, ...more,
  });
}

describe('a deployment', () => {
  const { ended, calls, logs } = deploy();

  test('goes through all jobs but that for failures', () => {
    expect(Object.entries(ended).filter(([, how]) => how !== 'success')).toEqual([['deploy-main:end-after-failure', 'skipped']]);
    expect(Object.keys(ended)).toHaveLength(10);
    expect(logs['deploy-main:check-staging']).toContain('AUC 0.8');
  });
  test('calls the tools in their order, each with the role of its job', () => {
    // It runs beside the execution.
    expect(calls.filter(({ tool }) => tool === 'probe')).toMatchObject([{ job: 'deploy-main:deploy-prod' }]);
    expect(calls.filter(({ tool }) => tool !== 'probe').map(({ job, tool, env }) => [job.replace('deploy-main:', ''), tool, env.AWS_ROLE_ARN.replace(/.*\//, '')])).toEqual([
      ['take', 'take', 'churn-main-preparer'], ['prepare', 'prepare', 'churn-main-preparer'],
      ['check-staging', 'check', 'churn-main-preparer'],
      ...['change_set', 'execute_change_set', 'smoke_test'].map(tool => ['deploy-staging', tool, 'churn-main-staging-shipper']),
      ['check-prod', 'check', 'churn-main-preparer'],
      ...['await_approval', 'check', 'change_set', 'execute_change_set', 'smoke_test'].map(tool => [
        'deploy-prod', tool, 'churn-main-prod-shipper',
      ]),
      ['end', 'finish', 'churn-main-preparer'],
    ]);
  });
  test('tells them what the request says, and the execution that the token names', () => {
    expect(calls.find(({ tool }) => tool === 'prepare')!.env).toMatchObject({
      MODEL_PACKAGE: 'arn:x/7', RETRY_IN: 'none', ROLL_BACK_IN: 'none', EXECUTION_ID: 'gl-4711', AWS_REGION: 'eu-west-1',
    });
    expect(calls.find(({ tool }) => tool === 'await_approval')!.env).toMatchObject({ ENVIRONMENT: 'prod', EXECUTION_ID: 'gl-4711' });
    expect(calls.at(-1)!.env).toMatchObject({ REQUEST, KIND: 'deploy', OUTCOME: 'done' });
  });
  test('leaves its token to the SDK alone', () => {
    expect(calls.filter(({ env }) => 'AWS_ID_TOKEN' in env)).toEqual([]);
  });
});

test('where nothing waits nothing is done, and nothing fails', () => {
  const { ended, calls } = deploy({
    tools: {
      take: 'printf "export FOUND=no REQUEST=none MODEL_PACKAGE=keep-live RETRY_IN=none ROLL_BACK_IN=none\\n" > exports.sh',
    },
  });
  expect(Object.values(ended).filter(how => how === 'failed')).toEqual([]);
  expect(calls.map(({ tool }) => tool)).toEqual(['take']);
});

test('a wave that is left out is no end of the others', () => {
  const { ended, calls } = deploy({ tools: { ...FOUND, prepare: FOUND.prepare.replace('ACTION_0=deploy', 'ACTION_0=skip') } });
  expect(Object.values(ended)).not.toContain('failed');
  const jobs = new Set(calls.map(({ job }) => job));
  expect(jobs).not.toContain('deploy-main:deploy-staging');
  expect(jobs).toContain('deploy-main:deploy-prod');
});

test.each(['change_set', 'smoke_test'])('after a failed %s nothing follows but the end, which says so', tool => {
  const { ended, calls } = deploy({ tools: { ...FOUND, [tool]: 'exit 1' } });
  expect(ended).toMatchObject({
    'deploy-main:deploy-staging': 'failed', 'deploy-main:check-prod': 'skipped', 'deploy-main:deploy-prod': 'skipped',
    'deploy-main:end': 'skipped', 'deploy-main:end-after-failure': 'success',
  });
  expect(calls.at(-1)).toMatchObject({ tool: 'finish', env: { OUTCOME: 'failed', REQUEST } });
});

describe('whoever starts a pipeline with variables', () => {
  const known = ['MODEL_PACKAGE', 'ROLL_BACK_IN', 'REQUEST', 'FOUND', 'ENVIRONMENT', 'TOOL', 'KIND', 'OUTCOME', 'EXECUTION_ID',
    'CI_PIPELINE_ID', 'AWS_ROLE_ARN', 'ACTION_1', 'AWS_ACCESS_KEY_ID', 'STAGE'];

  test('changes nothing of what is deployed, where and as what', () => {
    // Two tools of a job run beside each other, so their order may be another one.
    const inOrder = (calls: ReturnType<typeof deploy>['calls']) => (
      [...calls].sort((a, b) => `${a.job} ${a.tool}`.localeCompare(`${b.job} ${b.tool}`)));
    const regular = inOrder(deploy().calls);
    const calls = inOrder(deploy({ given: Object.fromEntries(known.map(name => [name, 'evil'])) }).calls);
    expect(calls.map(({ tool }) => tool)).toEqual(regular.map(({ tool }) => tool));
    // What a tool is told besides is nothing that it reads.
    calls.forEach(({ tool, env }, i) => { expect({ tool, env }).toMatchObject({ tool, env: regular[i].env }); });
  });
  test('has nothing deployed where nothing waits', () => {
    const { calls } = deploy({
      tools: { take: 'printf "export FOUND=no REQUEST=none MODEL_PACKAGE=keep-live\\n" > exports.sh' },
      given: { FOUND: 'yes', ACTION_0: 'deploy', ACTION_1: 'deploy', MODEL_PACKAGE: 'arn:evil/1' },
    });
    expect(calls.map(({ tool }) => tool)).toEqual(['take']);
  });
  test('with another digest gets no job to run', () => {
    const { ended, logs } = deploy({ given: { DIGEST_OF_DEPLOY_MAIN_PREPARE: '0'.repeat(64) } });
    expect(ended['deploy-main:check-staging']).toBe('failed');
    expect(logs['deploy-main:check-staging']).toContain('The artifact of deploy-main:prepare is not what that job left.');
  });
});

test.each<[string, (file: string) => void]>([
  ['is another one', file => { fs.appendFileSync(file, ' '); }], ['is missing', file => { fs.rmSync(file); }],
])('what a job hands on is not taken if it %s', (_, change) => {
  const { ended, calls } = deploy({
    tamper: (job, folder) => {
      if (job === 'deploy-main:prepare') { change(path.join(folder, 'handed-on', 'deploy-main-prepare.tar')); }
    },
  });
  expect(ended['deploy-main:check-staging']).toBe('failed');
  expect(calls.map(({ tool }) => tool)).toEqual(['take', 'prepare', 'finish']);
});

test('a value with line breaks or quotes is a value', () => {
  const { calls } = deploy({
    tools: {
      ...FOUND, take: `printf "export FOUND=yes REQUEST=${REQUEST} RETRY_IN=none ROLL_BACK_IN=none\\n" > exports.sh; `
    + 'echo "export MODEL_PACKAGE=\'a\nFOUND=no \\" \\$(exit 1)\'" >> exports.sh',
    },
  });
  expect(calls.find(({ tool }) => tool === 'prepare')!.env.MODEL_PACKAGE).toBe('a FOUND=no " $(exit 1)');
});

describe('a build', () => {
  function clone(changed: string) {
    return (folder: string) => {
      const git = (...args: string[]) => {
        const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, encoding: 'utf8' });
        if (status !== 0) { throw new Error(stderr); }
      };
      git('init', '--quiet', '.');
      for (const file of ['model/train.py', changed]) {
        fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        fs.writeFileSync(path.join(folder, file), `${file}\n`);
        git('add', '.');
        git('commit', '--quiet', '--message', file);
      }
    };
  }
  function build(changed: string, started: Run['started'] = { source: 'push', branch: 'main' }, tools: Run['tools'] = {}) {
    return runPipeline({ text: fileOf('build-main'), started, tools, clone: clone(changed) });
  }
  test.each<[string, boolean]>([
    ['model/features.py', true], ['docs/index.md', false], ['README.md', false], ['deep/down/README.md', false], ['infra/app.ts', false],
  ])('of a push that changes %s: %s', (changed, runs) => {
    const { ended, logs } = build(changed);
    expect(ended).toEqual({ 'build-main:build': 'success' });
    expect(logs['build-main:build'].includes('There is nothing to do.')).toBe(!runs);
  });
});
