import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TasksManifest, TaskSpec } from 'projen';
import { withArguments } from '../../../src/project/commands';
import { taskScript } from '../../../src/project/eject/task-script';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
beforeEach(() => {
  fs.mkdirSync(directory.at('scripts'));
  fs.mkdirSync(directory.at('below'));
});

/** Runs the first of some tasks by the script that they become, in another directory than the repository's. */
function run(
  tasks: { [name: string]: Omit<TaskSpec, 'name'> }, args: string[] = [], rest: Partial<TasksManifest> = {},
): { status: number | null; out: string; err: string } {
  const named = Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, { name, ...task }]));
  const script = directory.at('scripts/tasks.sh');
  fs.writeFileSync(script, taskScript({ ...rest, tasks: named }));
  const { status, stdout, stderr } = spawnSync('sh', [script, Object.keys(tasks)[0], ...args], {
    cwd: os.tmpdir(), encoding: 'utf8', env: { PATH: process.env.PATH },
  });
  return { status, out: stdout, err: stderr };
}

const SHOW = 'printf "<%s>"';

test.each<[string, TaskSpec['steps']]>([
  ['a command that places them', [{ exec: `${SHOW} "$@"`, receiveArgs: true }]],
  ['a command that leaves the place open', [{ exec: SHOW, receiveArgs: true }]],
  ['a command without a shell', [{ execArgs: ['printf', '<%s>', '$@'], receiveArgs: true }]],
  ['a command in bash', [{ exec: `${SHOW} "$@"`, receiveArgs: true, shell: ['bash', '-c'] }]],
  ['a command as the tasks have it', [{ exec: withArguments(SHOW), receiveArgs: true }]],
  ['a command in a list', [{ exec: `true && ${SHOW} "$@"`, receiveArgs: true }]],
  ['another task', [{ spawn: 'other', receiveArgs: true }]],
])('%s gets the arguments as they were given', (_, steps) => {
  const args = ['a b', 'it\'s', '$HOME', '*', '-x=1'];
  const { out } = run({ t: { steps }, other: { steps: [{ exec: `${SHOW} "$@"`, receiveArgs: true }] } }, args);
  expect(out).toBe('<a b><it\'s><$HOME><*><-x=1>');
});

test('a -- in front of the arguments is left out, as npm does, and the script stays readable', () => {
  const task = { t: { steps: [{ exec: withArguments(SHOW), receiveArgs: true }] } };
  expect(run(task, ['--', 'a', '--', 'b']).out).toBe('<a><--><b>');
  expect(fs.readFileSync(directory.at('scripts/tasks.sh'), 'utf8')).toContain(`(${SHOW} "$@")\n`);
});

test('a step that takes no arguments gets none, and fixed ones come first', () => {
  expect(run({ t: { steps: [{ exec: `${SHOW} "$@"` }] } }, ['a']).out).toBe('<>');
  expect(run({ t: { steps: [{ exec: SHOW, args: ['one two'], receiveArgs: true }] } }, ['a']).out).toBe('<one two><a>');
});

test.each([
  'false', 'false && true', 'true; false', '! true', 'run-of-nothing', 'exit 3',
])('a task ends where "%s" fails', exec => {
  const { status, out } = run({
    t: { steps: [{ spawn: 'inner' }, { exec: 'echo after' }] }, inner: { steps: [{ exec }, { exec: 'echo after' }] },
  });
  expect(status).not.toBe(0);
  expect(out).toBe('');
});

test('variables and directories stay with the task and the step that set them', () => {
  const { out } = run({
    t: {
      env: { A: 'of t' }, steps: [{ spawn: 'inner' }, { exec: 'cd below' }, { exec: 'B=1' }, {
        exec: 'echo "$A,$B,$(basename "$PWD")"', env: { C: 'x' },
      }],
    },
    inner: {
      env: { A: 'it\'s inner' }, cwd: 'below', steps: [{
        exec: 'echo "$A,$(basename "$PWD"),$D"', env: { D: '$(echo "$A"; true)' },
      }],
    },
  });
  expect(out).toBe(`it's inner,below,it's inner\nof t,,${path.basename(directory.path)}\n`);
});

test('a variable of all tasks may extend what is there', () => {
  expect(run({ t: { steps: [{ exec: 'echo "$PATH"' }] } }, [], { env: { PATH: '$(echo "$PWD/bin:$PATH")' } }).out).toBe(
    `${directory.path}/bin:${process.env.PATH}\n`,
  );
});

test('conditions of tasks and steps decide quietly', () => {
  const steps = [{ exec: 'echo no', condition: 'echo loud; false' }, {
    exec: 'echo yes', condition: '! test -f nothing',
  }];
  expect(run({ t: { steps } })).toEqual({ status: 0, out: 'yes\n', err: '' });
  expect(run({ t: { steps, condition: 'test -f nothing' } })).toEqual({ status: 0, out: '', err: '' });
});

test('what a step prints can be a variable of the next', () => {
  expect(run({ t: { steps: [{ exec: 'echo "a  b"', outputEnv: 'X' }, { exec: 'echo "$X"' }] } }).out).toBe('a  b\n');
});

test('a variable that the task needs is asked for', () => {
  const { status, err } = run({ t: { requiredEnv: ['TOKEN'], steps: [{ say: 'it\'s on', exec: 'true' }] } });
  expect(status).not.toBe(0);
  expect(err).toContain('the task t needs it');
});

test('a program of projen\'s cannot be run and says so', () => {
  const { status, err } = run({ t: { steps: [{ builtin: 'release/bump-version' }] } });
  expect(status).not.toBe(0);
  expect(err).toContain('release/bump-version was a program of the generator');
});

test('a task that is not there is named, with those that are', () => {
  const { status, err } = run({ 'nothing': {}, 'a:b': { steps: [{ exec: 'true' }] } });
  expect({ status, err }).toEqual({ status: 2, err: 'Unknown task: "nothing". Tasks:\na:b\n' });
});
