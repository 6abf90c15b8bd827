import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ToldError } from '../told-error';

/** The lock, relative to the repository; not committed. */
export const LOCK_FILE = '.projen/sync.lock';

/** Thrown when another process holds the lock. */
class LockError extends ToldError {
  public constructor(message: string) {
    super('LockError', message);
  }
}

interface Holder { readonly pid: number; readonly host: string; readonly since: string }

/**
 * Takes the lock of a repository and returns what gives it back.
 *
 * @throws at once when another process holds it; the lock of a process that is gone is taken over
 */
export function takeLock(root: string): () => void {
  const file = path.join(root, LOCK_FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = JSON.stringify({
    pid: process.pid,
    host: os.hostname(),
    since: new Date().toISOString(),
  } satisfies Holder);
  for (let attempt = 0; ; attempt++) {
    if (create(file, mine)) {
      cleanUp(file);
      return () => giveBack(file, mine);
    }
    const text = read(file);
    if (text === undefined) { continue; }
    if (attempt > 3 || !isAbandoned(text, file)) { throw new LockError(heldMessage(text)); }
    takeAway(file, text);
  }
}

/** Creates the lock with its content in one step, so that nobody ever sees an empty one. */
function create(file: string, text: string): boolean {
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, text);
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') { return createUnlinked(file, text); }
    // ENOENT: the one who has just taken the lock has cleaned up.
    if (code !== 'EEXIST' && code !== 'ENOENT') { throw error; }
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** For file systems without links. */
function createUnlinked(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') { throw error; }
    return false;
  }
}

/** What processes left that were killed while they took the lock. */
function cleanUp(file: string): void {
  const directory = path.dirname(file);
  for (const name of fs.readdirSync(directory).filter(other => other.startsWith(`${path.basename(file)}.`))) {
    fs.rmSync(path.join(directory, name), { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isAbandoned(text: string, file: string): boolean {
  const holder = parse(text);
  // An empty lock was written manually or cut off by a full disk; what it protects takes seconds.
  if (!holder) { return Date.now() - (fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 60_000; }
  if (holder.host !== os.hostname()) { return false; }
  try {
    process.kill(holder.pid, 0);
    // A lock of this very process is left over from a synth of it that was cut short.
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? value as Holder : undefined;
  } catch {
    return undefined;
  }
}

/** Removes an abandoned lock, unless someone else has done so and taken it in the meantime. */
function takeAway(file: string, text: string): void {
  const aside = `${file}.abandoned.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, 'utf8') !== text) { fs.linkSync(aside, file); }
  } catch { /* it is gone, or taken: the next attempt shows */ }
  fs.rmSync(aside, { force: true });
}

function giveBack(file: string, mine: string): void {
  if (read(file) === mine) { fs.rmSync(file, { force: true }); }
}

function heldMessage(text: string): string {
  const holder = parse(text);
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'an unknown process';
  return `Another synth is running in this repository (${who}). Wait for it to end and run the command again. If `
    + `none is running, delete ${LOCK_FILE}.`;
}
