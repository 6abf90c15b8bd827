import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Bench, BOT, BRANCH, GOOD, type Result, temporary } from './upgrade-bench';

// Each case starts two dozen programs, which takes its time on a busy machine.
jest.setTimeout(60_000);

interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

describe('the GitHub workflow', () => {
  /** Both jobs, one after the other: the first makes the patch, the second starts from a fresh checkout. */
  function workflow(
    bench: Bench,
    result: Result,
    files: { readonly [file: string]: string } = { 'package.json': '{"new":1}\n' },
    report?: string,
  ): { status: number | null; output: string } {
    bench.git('checkout', '--quiet', '--detach', 'main');
    bench.write(files);
    bench.result(result, report);
    expect(bench.keep()).toMatchObject({ status: 0 });
    bench.git('reset', '--quiet', '--hard');
    bench.git('clean', '--quiet', '-fdx');
    return bench.offer();
  }

  test('opens a pull request with the report, the commit that was upgraded below it', () => {
    const bench = new Bench([]);
    expect(workflow(bench, GOOD)).toMatchObject({ status: 0 });
    expect(bench.output()).toBe(`CHANGED=true\nCOMMIT=${bench.git('rev-parse', 'main')}\n`);
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"new":1}\n');
    expect(bench.readState()).toMatchObject([
      {
        head: BRANCH,
        base: 'main',
        draft: false,
        body: '# What changed\n',
        title: 'Upgrade sagemaker-cicd-projen and dependencies',
      },
    ]);
    expect(bench.remoteFile('main', 'package.json')).toBe('{}\n');
  });

  test.each<[string, Result]>([
    ['files are in conflict', { changed: true, conflicts: ['model/train.py'], testsPassed: null }],
    ['tests fail', { changed: true, conflicts: [], testsPassed: false }],
  ])('opens a draft while %s', (_, result) => {
    const bench = new Bench([]);
    workflow(bench, result);
    expect(bench.readState<PullRequest[]>()[0].draft).toBe(true);
  });

  test('tests that were left out make no draft', () => {
    const bench = new Bench([]);
    workflow(bench, { ...GOOD, testsPassed: null });
    expect(bench.readState<PullRequest[]>()[0].draft).toBe(false);
  });

  test('updates the one that is open, and makes it ready or a draft again', () => {
    const open = { number: 5, head: BRANCH, base: 'main', title: 'old', body: 'old', draft: true };
    const bench = new Bench([{ ...open, number: 4, base: 'other' }, open]);
    bench.pushAs(BOT, '{"older":1}\n');
    expect(workflow(bench, GOOD)).toMatchObject({ status: 0 });
    const [other, mine] = bench.readState<PullRequest[]>();
    expect(other.title).toBe('old');
    expect(mine).toMatchObject({
      title: 'Upgrade sagemaker-cicd-projen and dependencies',
      body: '# What changed\n',
      draft: false,
    });
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"new":1}\n');
    workflow(bench, { ...GOOD, testsPassed: false }, { 'package.json': '{"newer":1}\n' });
    expect(bench.readState<PullRequest[]>()[1].draft).toBe(true);
  });

  test('leaves a branch alone that a person has worked on', () => {
    const bench = new Bench([]);
    bench.pushAs('ada@example.com', '{"resolved":1}\n');
    const { status, output } = workflow(bench, GOOD);
    expect(status).toBe(0);
    expect(output).toContain('by ada@example.com: it is left as it is');
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"resolved":1}\n');
    expect(bench.calls()).toEqual([]);
  });

  test('leaves changed workflows out, which its token may not push, and says so', () => {
    const bench = new Bench([]);
    workflow(bench, GOOD, { 'package.json': '{"new":1}\n', '.github/workflows/upgrade.yml': 'name: x\n' });
    expect(bench.remoteFile(BRANCH, '.github/workflows/upgrade.yml')).toBeUndefined();
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"new":1}\n');
    expect(bench.readState<PullRequest[]>()[0].body).toContain('`.github/workflows` change too');
  });

  test('a report that is longer than GitHub takes is cut', () => {
    const bench = new Bench([]);
    workflow(bench, GOOD, undefined, 'x'.repeat(70_000));
    expect(bench.readState<PullRequest[]>()[0].body).toHaveLength(60_000);
  });

  test('fails when the branch cannot be pushed', () => {
    const bench = new Bench([]);
    bench.write({ 'package.json': '{"new":1}\n' });
    bench.result(GOOD);
    bench.keep();
    bench.git('reset', '--quiet', '--hard');
    fs.rmSync(bench.remote, { recursive: true });
    expect(bench.offer().status).not.toBe(0);
  });
});

describe('the scheduled build for CodeCommit', () => {
  interface Offered {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    readonly source: string;
  }
  interface State { readonly pullRequests: Offered[] }
  const NONE = { pullRequests: [], objects: {} };

  function build(bench: Bench, result: Result, report?: string): { status: number | null; output: string } {
    expect(bench.run('prepare.sh')).toMatchObject({ status: 0 });
    bench.write({ 'package.json': '{"new":1}\n' });
    bench.result(result, report);
    return bench.run('codecommit.sh');
  }

  test('pushes the branch and opens a pull request with the report', () => {
    const bench = new Bench(NONE);
    bench.git('checkout', '--quiet', '--detach');
    expect(build(bench, GOOD)).toMatchObject({
      status: 0,
      output: 'Opened a pull request: Upgrade sagemaker-cicd-projen and dependencies\n',
    });
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"new":1}\n');
    expect(bench.remoteFile(BRANCH, 'build/upgrade/report.md')).toBeUndefined();
    expect(bench.readState<State>().pullRequests).toMatchObject([
      { source: `refs/heads/${BRANCH}`, destination: 'refs/heads/main' },
    ]);
    expect(bench.readState<State>().pullRequests[0].description).toContain('# What changed');
  });

  test.each<[string, Result]>([
    ['files are in conflict', { changed: true, conflicts: ['model/train.py'], testsPassed: null }],
    ['tests fail', { changed: true, conflicts: [], testsPassed: false }],
  ])('says "Draft:" in the title while %s', (_, result) => {
    const bench = new Bench(NONE);
    expect(build(bench, result).status).toBe(0);
    expect(bench.readState<State>().pullRequests[0].title).toBe(
      'Draft: Upgrade sagemaker-cicd-projen and dependencies',
    );
  });

  test('updates the pull request of this branch and no other', () => {
    const mine = {
      id: '12',
      title: 'Draft: old',
      description: 'old',
      source: `refs/heads/${BRANCH}`,
      destination: 'refs/heads/main',
    };
    const others = [
      { ...mine, id: '10', source: 'refs/heads/other' },
      { ...mine, id: '11', destination: 'refs/heads/dev' },
    ];
    const bench = new Bench({ pullRequests: [...others, mine], objects: {} });
    expect(build(bench, GOOD)).toMatchObject({ status: 0 });
    expect(bench.readState<State>().pullRequests.map(pr => pr.title)).toEqual([
      'Draft: old', 'Draft: old', 'Upgrade sagemaker-cicd-projen and dependencies',
    ]);
  });

  test('a second upgrade replaces the first one\'s branch', () => {
    const bench = new Bench(NONE);
    build(bench, GOOD);
    bench.git('checkout', '--quiet', 'main');
    bench.write({ 'package.json': '{"newest":1}\n' });
    bench.result(GOOD);
    expect(bench.run('codecommit.sh')).toMatchObject({ status: 0 });
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"newest":1}\n');
    expect(bench.readState<State>().pullRequests).toHaveLength(1);
  });

  test('leaves a branch alone that a person has worked on', () => {
    const bench = new Bench(NONE);
    bench.pushAs('ada@example.com', '{"resolved":1}\n');
    expect(build(bench, GOOD).output).toContain('it is left as it is');
    expect(bench.remoteFile(BRANCH, 'package.json')).toBe('{"resolved":1}\n');
  });

  test('does nothing when nothing changed', () => {
    const bench = new Bench(NONE);
    expect(build(bench, { ...GOOD, changed: false })).toMatchObject({ status: 0, output: 'Nothing to upgrade.\n' });
    expect(bench.remoteFile(BRANCH, 'package.json')).toBeUndefined();
    expect(bench.calls()).toEqual([]);
  });

  test('a report that is longer than CodeCommit takes is cut', () => {
    const bench = new Bench(NONE);
    expect(build(bench, GOOD, 'x'.repeat(20_000))).toMatchObject({ status: 0 });
    expect(bench.readState<State>().pullRequests[0].description).toHaveLength(10_000);
  });
});

describe('the scheduled build behind a connection', () => {
  test('keeps a patch and the report, and names them', () => {
    const bench = new Bench({ pullRequests: [], objects: {} });
    // A pipeline hands over files without the directory of git.
    fs.rmSync(path.join(bench.clone, '.git'), { recursive: true });
    expect(bench.run('prepare.sh')).toMatchObject({ status: 0 });
    bench.write({ 'package.json': '{"new":1}\n', 'new.txt': 'new\n' });
    bench.result({ changed: true, conflicts: ['x'], testsPassed: null });
    const { status, output } = bench.run('patch.sh');
    expect(status).toBe(0);
    const { objects } = bench.readState<{ objects: { [key: string]: string } }>();
    const [patch, report] = Object.keys(objects).sort().reverse();
    expect(patch).toMatch(/^s3:\/\/bucket\/upgrades\/\d{4}-\d\d-\d\d-abc\/upgrade\.patch$/);
    expect(objects[report]).toBe('# What changed\n');
    expect(output).toContain(patch);
    expect(output).toContain('# What changed');
    const elsewhere = temporary.make();
    fs.writeFileSync(path.join(elsewhere, 'package.json'), '{}\n');
    expect(spawnSync('git', ['apply'], { cwd: elsewhere, input: objects[patch], encoding: 'utf8' })).toMatchObject({
      status: 0,
    });
    expect(fs.readdirSync(elsewhere).sort()).toEqual(['new.txt', 'package.json']);
    expect(fs.readFileSync(path.join(elsewhere, 'package.json'), 'utf8')).toBe('{"new":1}\n');
  });

  test('keeps nothing when nothing changed', () => {
    const bench = new Bench({ pullRequests: [], objects: {} });
    bench.result({ ...GOOD, changed: false });
    expect(bench.run('patch.sh')).toMatchObject({ status: 0, output: 'Nothing to upgrade.\n' });
    expect(bench.calls()).toEqual([]);
  });
});
