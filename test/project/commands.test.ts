import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { placedArguments, withArguments } from '../../src/project/commands';

const PROJEN = path.join(__dirname, '..', '..', 'node_modules', '.bin', 'projen');
const SHOW = 'A=\'it"s\' printf "<%s>"';

/** What a task prints that is run with these arguments, by projen itself. */
function run(exec: string, args: readonly string[]): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'task-'));
  try {
    fs.mkdirSync(path.join(directory, '.projen'));
    const tasks = { t: { name: 't', steps: [{ exec, receiveArgs: true }] } };
    fs.writeFileSync(path.join(directory, '.projen', 'tasks.json'), JSON.stringify({ manifestVersion: 3, tasks }));
    return spawnSync(process.execPath, [PROJEN, 't', ...args], { cwd: directory, encoding: 'utf8' }).stdout;
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

test.each<[string, string[], string]>([
  ['without a --', ['--set', 'a=1 2', '$HOME', 'it\'s'], '<--set><a=1 2><$HOME><it\'s>'],
  ['with one', ['--', '--set', 'a=1 2', '$HOME', 'it\'s'], '<--set><a=1 2><$HOME><it\'s>'],
  ['none at all', [], '<>'],
  ['only the first -- is left out', ['--', 'a', '--', 'b'], '<a><--><b>'],
])('a task gets its arguments in one way: %s', (_, args, shown) => {
  expect(run(withArguments(SHOW), args)).toContain(shown);
});

test('a program gets its exit code and its variables through', () => {
  expect(run(withArguments('A=1 B="x y" sh -c \'echo "$A-$B-$1"\' sh'), ['--', 'c'])).toContain('1-x y-c');
});

test('the command is found again, and any other is left as it is', () => {
  expect(placedArguments(withArguments(SHOW))).toBe(`${SHOW} "$@"`);
  expect(placedArguments('pytest "$@"')).toBe('pytest "$@"');
});
