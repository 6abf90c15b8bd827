import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Makes a directory and works in it while no other process does. A lock whose holder has died is taken over. */
export async function holdingLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(directory, { recursive: true });
  const file = `${directory}.lock`;
  while (!taken(file)) { await sleep(500); }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function taken(file: string): boolean {
  // The holder's number is there from the first moment on: it is written before the file gets its name.
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') { throw error; }
    removeIfAbandoned(file);
    return false;
  } finally {
    fs.rmSync(mine);
  }
}

function removeIfAbandoned(file: string): void {
  try {
    process.kill(Number(fs.readFileSync(file, 'utf8')), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') { fs.rmSync(file, { force: true }); }
  }
}
