/** The check of a pull request, as its workflow is rendered: its steps run, in bash, in a generated repository. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Project } from 'projen';
import { parse } from 'yaml';
import { PullRequestWorkflow } from '../../src/project';
import { copyOfRepository } from '../../testing/harness/fixture';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import type { Repository } from '../../testing/harness/repository';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { withoutPostSynthesis } from '../../testing/project-directory';
import { FLAVOURS } from '../../testing/repository/flavours';
import { LONG, selection, TESTS_OF_AN_ENVIRONMENT } from '../../testing/selection';

interface Step { readonly name?: string; readonly run?: string; readonly env?: { readonly [name: string]: string } }

/** What GitHub puts in the place of the one expression. */
const CONTEXT: { readonly [expression: string]: string } = {
  '${{ github.base_ref || github.event.merge_group.base_sha }}': 'main',
};

/** What a short run plays: other tests install, lint, test and synthesize generated repositories by the same tasks. */
const OF_A_COMPARISON = ['compile', 'compare'];

let registries: Registries;

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

/** The steps that run commands, as the workflow has them. */
function stepsOfWorkflow(): Step[] {
  const outdir = temporaryDirectory();
  const project = new Project({ name: 'churn', outdir });
  const { file } = new PullRequestWorkflow(project);
  withoutPostSynthesis(() => project.synth());
  const workflow = parse(fs.readFileSync(file.absolutePath, 'utf8')) as {
    readonly jobs: { readonly 'pull-request': { readonly steps: readonly Step[] } };
  };
  return workflow.jobs['pull-request'].steps.filter(step => step.run);
}

/** Leaves what a checkout of a pull request does: its merge into the target, and of branches only the origin's. */
async function checkOut(repo: Repository): Promise<void> {
  await repo.git('update-ref', 'refs/remotes/origin/main', 'main');
  await repo.git('checkout', '--quiet', '--detach', 'main');
  await repo.git('merge', '--quiet', '--no-ff', '--message', 'Merge into main', 'proposal');
  await repo.git('branch', '--quiet', '--delete', '--force', 'main', 'proposal');
}

/** Runs a step as GitHub does ("Workflow syntax for GitHub Actions", `shell: bash`); returns its exit code. */
async function take(repo: Repository, step: Step, summary: string): Promise<number> {
  const script = path.join(temporaryDirectory(), 'step.sh');
  fs.writeFileSync(script, step.run!);
  const given = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, CONTEXT[value] ?? value]));
  const { status } = await repo.run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    env: {
      ...repo.env, ...given, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary,
      // Which tests there are is another test's subject.
      PYTEST_ADDOPTS: TESTS_OF_AN_ENVIRONMENT.slice(1).map(word => `'${word}'`).join(' '),
    },
    seconds: 300,
    mayFail: step.name === 'compare',
  });
  return status;
}

/** A gate that is missed fails the check, and is told all the same. */
const GATES = [{ gate: 'met', threshold: '0.85' }, { gate: 'missed', threshold: '0.999' }];
const CHECKS = FLAVOURS.flatMap(({ flavour }) => GATES.map(gate => ({ flavour, ...gate })));

test.each(selection('checks of pull requests', CHECKS, 1))('changed hyperparameters and what they do to the metrics are in '
  + 'the summary of the check, in $flavour, with a gate that is $gate', async ({ flavour, gate, threshold }) => {
  const repo = await copyOfRepository(flavour, registries);
  await repo.git('branch', '--move', '--force', 'main');
  await repo.git('checkout', '--quiet', '-b', 'proposal', 'main');
  repo.edit('config/parameters.json', /("num_round": )\d+/, '$1 2');
  repo.edit('config/parameters.json', /("max_depth": )4/, '$1 1');
  if (gate === 'missed') { repo.edit('config/parameters.json', /("threshold": )0\.85/, `$1 ${threshold}`); }
  await repo.commit('fewer and smaller trees');
  const target = (await repo.git('rev-parse', 'main')).trim().slice(0, 12);
  await checkOut(repo);
  const summary = path.join(temporaryDirectory(), 'summary.md');
  const steps = stepsOfWorkflow();
  expect(steps.map(step => step.name)).toEqual(['install', 'lint', 'test', 'synth', 'compile', 'compare']);

  const played = steps.filter(({ name }) => LONG || OF_A_COMPARISON.includes(name!));
  for (const step of played) {
    expect(await take(repo, step, summary)).toBe(step.name === 'compare' && gate === 'missed' ? 1 : 0);
  }

  const text = fs.readFileSync(summary, 'utf8');
  expect(text).toBe(repo.read('build/pull-request/summary.md'));
  expect(text).toContain(`compared with main at ${target}`);
  expect(text).toMatch(/^\| max_depth \| 4 \| 1 \|$/m);
  expect(text).toMatch(/^\| num_round \| 200 \| 2 \|$/m);
  expect(text).toMatch(new RegExp('^\\| \\*\\*accuracy\\*\\* \\| 1 ± 0 \\| 0\\.\\d+ ± \\S+ \\| \u2212\\S+ .*'
    + `\\*\\*worse\\*\\* \\| ≥ ${threshold}: ${gate} \\|$`, 'm'));
  expect(text).toContain(`**Quality gate ${gate}**`);
  if (gate === 'missed') { expect(text).toMatch(/^\| QualityThreshold \| 0\.85 \| 0\.999 \|$/m); }
  expect(await repo.changedFiles()).toEqual([]);
});
