/**
 * One synth of a project with synced and generated files, in a process of its own.
 *
 * `KILL_AT=n` kills it at the nth change of the file system: a file that is being written is left half written.
 */
import fs from 'node:fs';
import * as path from 'node:path';

const ROOT = process.env.PACKAGE_ROOT ?? '';

/** The functions that change something on disk. */
const CHANGES = [
  'writeFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'rmdirSync', 'unlinkSync', 'copyFileSync', 'chmodSync',
  'linkSync', 'symlinkSync', 'openSync', 'closeSync',
] as const;

/** Counts the changes below a directory, and kills the process at the one that is asked for. */
export function countChanges(killAt: number): () => number {
  let count = 0;
  const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of CHANGES) {
    const real = functions[name];
    functions[name] = (...args: unknown[]): unknown => {
      count += 1;
      if (count !== killAt) { return real(...args); }
      if (name === 'writeFileSync') { real(args[0], String(args[1]).slice(0, String(args[1]).length / 2), args[2]); }
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    };
  }
  return () => count;
}

/**
 * The files of each version: most change, some are renamed, dropped, new; option values change a JSON file and
 * generated ones.
 */
export function synthesize(outdir: string, version: number): void {
  /* eslint-disable @typescript-eslint/no-require-imports -- loaded after the file system is watched */
  const { Project, JsonFile } = require(path.join(ROOT, 'node_modules', 'projen')) as typeof import('projen');
  const { SyncedFile } = require(path.join(ROOT, 'lib', 'project')) as typeof import('../../src/project');
  /* eslint-enable @typescript-eslint/no-require-imports */
  const project = new Project({ name: 'p', outdir });
  const text = (i: number): string => [
    'head', `a${i}`, `b${version > 1 && i % 2 === 0 ? 'NEW' : ''}${i}`, 'c', 'd', 'e', `f${version > 1 ? version : ''}`,
    'tail', '',
  ].join('\n');
  for (let i = 0; i < 24; i++) {
    if (i === 5 && version > 1) { continue; }
    const moved = i === 7 && version > 1;
    new SyncedFile(project, moved ? 'src/new/m7.py' : `src/m${i}.py`, {
      content: text(i), executable: i === 3, previousPaths: moved ? ['src/m7.py'] : [],
    });
  }
  if (version > 1) { new SyncedFile(project, 'src/added.py', { content: 'new\n' }); }
  new SyncedFile(project, 'config/p.json', {
    content: `${JSON.stringify({ a: version, b: 1, c: { d: version } }, null, 2)}\n`,
  });
  for (let i = 0; i < 4; i++) { new JsonFile(project, `generated/${i}.json`, { obj: { version, i } }); }
  if (version === 1) { new JsonFile(project, 'generated/old.json', { obj: { version } }); }
  project.synth();
}

if (require.main === module) {
  const changes = countChanges(Number(process.env.KILL_AT ?? 0));
  process.env.PROJEN_DISABLE_POST = 'true';
  process.on('exit', () => { process.stdout.write(`\nchanges: ${changes()}\n`); });
  synthesize(process.cwd(), Number(process.env.VERSION));
}
