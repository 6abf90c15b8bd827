import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkedPlan } from '../../src/plan/check';
import { workflowTexts } from '../../testing/ci/moved';
import { readText, type WorkflowStep } from '../../testing/ci/workflow-text';
import { cleanUp, temporary } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';

afterAll(cleanUp);

const { jobs } = readText(workflowTexts(checkedPlan(BY_WORKFLOWS.workflowsOfAccounts).plan!)['deploy-main']).workflow;

/** A machine that runs steps of jobs as GitHub does: one bash for each (GitHub documentation, "Workflow syntax"). */
class Machine {
  public readonly workspace = temporary();
  public readonly temp = temporary();

  public constructor(public readonly bin = temporary()) {
    fs.mkdirSync(path.join(this.workspace, 'work'));
  }

  public run(job: string, name: string, env: { readonly [name: string]: string } = {}) {
    const [output, summary] = ['output', 'summary'].map(file => path.join(temporary(), file));
    const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step(job, name).run!], {
      cwd: path.join(this.workspace, 'work'), encoding: 'utf8', env: {
        PATH: `${this.bin}:${process.env.PATH}`, GITHUB_WORKSPACE: this.workspace, RUNNER_TEMP: this.temp,
        GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...env,
      },
    });
    const text = (file: string) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
    return { status, stderr, output: text(output), summary: text(summary) };
  }

  public at(...file: string[]): string { return path.join(this.workspace, ...file); }
}

function step(job: string, name: string): WorkflowStep {
  return jobs[job].steps.find(each => each.name === name)!;
}

/** A Python that runs what a test says in place of tools. */
function python(script: string): Machine {
  const machine = new Machine();
  fs.writeFileSync(path.join(machine.bin, 'python3'), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return machine;
}

describe('what a job hands on', () => {
  function packed() {
    const from = new Machine();
    fs.mkdirSync(from.at('work', 'deployment', '.hidden'), { recursive: true });
    fs.writeFileSync(from.at('work', 'deployment', '.hidden', 'tool.sh'), 'echo hello', { mode: 0o755 });
    const [, digest] = /^digest=([0-9a-f]{64})\n$/.exec(from.run('prepare', 'pack Deployment').output)!;
    const to = new Machine();
    fs.cpSync(from.at('handed-on'), to.at('handed-on'), { recursive: true });
    return { to, digest };
  }
  const unpack = (to: Machine, digest: string) => to.run('deploy-us', 'unpack Deployment', { DIGEST: digest });

  test('arrives with hidden files and modes', () => {
    const { to, digest } = packed();
    expect(unpack(to, digest)).toMatchObject({ status: 0 });
    expect(fs.statSync(to.at('work', '.hidden', 'tool.sh')).mode & 0o777).toBe(0o755);
  });
  test.each<[string, (to: Machine, digest: string) => string]>([
    ['has been replaced', (to, digest) => { fs.appendFileSync(to.at('handed-on', 'Deployment.tar'), ' '); return digest; }],
    ['is another one than was noted', (_, digest) => digest.replace(/^./, first => (first === '0' ? '1' : '0'))],
    ['has no digest', () => ''],
    ['is missing', (to, digest) => { fs.rmSync(to.at('handed-on', 'Deployment.tar')); return digest; }],
  ])('is not unpacked if it %s', (_, change) => {
    const { to, digest } = packed();
    const { status, stderr } = unpack(to, change(to, digest));
    expect({ status, last: stderr.trim().split('\n').at(-1) }).toEqual({
      status: 1, last: 'The artifact Deployment is not what the job prepare left: somebody replaced it.',
    });
    expect(fs.readdirSync(to.at('work'))).toEqual([]);
  });
});

test('a value with line breaks names no further output', () => {
  const machine = python('printf "%s\\n" "export FOUND=no" "export REQUEST=\'a\nFOUND=yes\r\nROLL_BACK_IN=prod\'" > exports.sh');
  const { status, output } = machine.run('take', 'take');
  expect(status).toBe(0);
  expect(output.split('\n')).toEqual([
    'FOUND=no', 'REQUEST=a FOUND=yes  ROLL_BACK_IN=prod', 'MODEL_PACKAGE=', 'RETRY_IN=', 'ROLL_BACK_IN=', '',
  ]);
});

describe('an execution with golden rows beside it', () => {
  const env = { ENVIRONMENT: 'us', TOOL: 'execute_change_set' };
  const both = (script: string) => python(`echo "$TOOL" >> ran; ${script}`);

  test('is both at the same time', () => {
    // Each waits until the other one has begun.
    const machine = both('for _ in $(seq 100); do [ "$(wc -l < ran)" = 2 ] && exit 0; sleep 0.1; done; exit 1');
    expect(machine.run('deploy-us', 'execute_change_set', env).status).toBe(0);
    expect(fs.readFileSync(machine.at('work', 'ran'), 'utf8').trim().split('\n').sort()).toEqual([
      'execute_change_set', 'probe',
    ]);
  });
  test.each(['probe', 'execute_change_set'])('fails if %s fails, after both are over', failing => {
    const machine = both(`if [ "$TOOL" = ${failing} ]; then exit 3; fi; sleep 0.3; echo over >> ran`);
    expect(machine.run('deploy-us', 'execute_change_set', env).status).toBe(1);
    expect(fs.readFileSync(machine.at('work', 'ran'), 'utf8')).toMatch(/over\n$/);
  });
});

test('a check tells the summary that its tool has made, or its own name', () => {
  const env = { ENVIRONMENT: 'us', TOOL: 'check' };
  expect(python('echo "export SUMMARY=\'AUC 0.8\'" > exports.sh').run('check-us', 'check', env)).toMatchObject({
    status: 0, output: 'SUMMARY=AUC 0.8\n', summary: 'AUC 0.8\n\n',
  });
  expect(python('').run('check-us', 'check', env).output).toBe('SUMMARY=check of us\n');
  expect(python('exit 1').run('check-us', 'check', env)).toMatchObject({ status: 1, output: '', summary: '' });
});
