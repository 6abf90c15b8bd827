import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { everyFileBelow } from '../../src/sync/files-below';
import { ROOT } from '../../testing/harness/process';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { selection } from '../../testing/selection';

const KILLS = 50;
const KILLS_IN_A_SHORT_RUN = 12;

afterAll(() => { removeTemporary(); });

/** The child as JavaScript: without anything that compiles on the way, a hundred of them take a minute. */
function compiledChild(): string {
  const source = fs.readFileSync(path.join(__dirname, 'child.ts'), 'utf8');
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  const file = path.join(temporaryDirectory('child'), 'child.js');
  fs.writeFileSync(file, outputText);
  return file;
}

const program = compiledChild();

function child(
  directory: string, version: number, killAt = 0,
): { readonly signal: string | null; readonly output: string } {
  const env = {
    ...process.env, VERSION: String(version), KILL_AT: String(killAt), NODE_ENV: 'production', PACKAGE_ROOT: ROOT,
  };
  const result = spawnSync(process.execPath, [program], { cwd: directory, env, encoding: 'utf8' });
  // A synth that ends in a conflict fails, and one that was killed does; nothing else may.
  if (result.status !== 0 && !result.signal && !result.stderr.includes('SyncConflictError')) {
    throw new Error(`${result.stdout}${result.stderr}`);
  }
  return { signal: result.signal, output: `${result.stdout}${result.stderr}` };
}

/** Every file with its mode and content. */
function tree(directory: string): { readonly [file: string]: string } {
  return Object.fromEntries(everyFileBelow(directory).map(file => {
    const full = path.join(directory, file);
    return [file, `${(fs.statSync(full).mode & 0o777).toString(8)} ${fs.readFileSync(full, 'latin1')}`];
  }));
}

/** A repository of the first version that a person has edited. */
function edited(): string {
  const directory = temporaryDirectory('kill');
  child(directory, 1);
  const edit = (file: string, from: string, to: string): void => {
    const full = path.join(directory, file);
    fs.writeFileSync(full, fs.readFileSync(full, 'utf8').replace(from, to));
  };
  edit('src/m2.py', 'head', 'head, mine');
  edit('src/m4.py', 'b4', 'b4, mine');
  edit('src/m7.py', 'head', 'head, mine');
  edit('config/p.json', '"b": 1', '"b": 5');
  fs.rmSync(path.join(directory, 'src/m9.py'));
  fs.chmodSync(path.join(directory, 'generated/1.json'), 0o644);
  edit('generated/1.json', '"i"', '"mine": 1,\n  "i"');
  fs.writeFileSync(path.join(directory, 'src/own.py'), 'mine\n');
  return directory;
}

/** Numbers that are spread over a range, the same in each run. */
function spread(count: number, range: number): number[] {
  return Array.from({ length: count }, (_, i) => 1 + Math.floor(((i + ((i * 7919) % 97) / 97) * range) / count));
}

test('a synth that is killed at any moment leaves a repository that the next synth brings to where an undisturbed one '
  + 'does', () => {
  const start = edited();
  const undisturbed = temporaryDirectory('undisturbed');
  fs.cpSync(start, undisturbed, { recursive: true });
  const { output } = child(undisturbed, 2);
  const expected = tree(undisturbed);
  expect(expected['src/m4.py']).toContain('<<<<<<< yours\nb4, mine\n=======\nbNEW4\n>>>>>>> generated');
  expect(expected['src/new/m7.py']).toMatch(/head, mine[^]*f2/);
  expect(Object.keys(expected)).not.toContain('src/m5.py');
  const changes = Number(/changes: (\d+)/.exec(output)?.[1]);
  expect(changes).toBeGreaterThan(100);

  const differing: string[] = [];
  for (const moment of selection('moments to kill at', spread(KILLS, changes), KILLS_IN_A_SHORT_RUN)) {
    const directory = temporaryDirectory('killed');
    fs.cpSync(start, directory, { recursive: true });
    expect(child(directory, 2, moment).signal).toBe('SIGKILL');
    child(directory, 2);
    const now = tree(directory);
    const names = [...new Set([...Object.keys(expected), ...Object.keys(now)])].filter(file =>
      expected[file] !== now[file]);
    if (names.length > 0) { differing.push(`killed at change ${moment} of ${changes}: ${names.join(', ')}`); }
    fs.rmSync(directory, { recursive: true });
  }
  expect(differing).toEqual([]);
});
