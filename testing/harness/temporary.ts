import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const made: string[] = [];

process.on('exit', removeTemporary);

/**
 * A new temporary directory with the given last name, so that a repository made in it can take the directory's name.
 */
export function temporaryDirectory(name: string = 'work'): string {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'integ-')));
  made.push(parent);
  const directory = path.join(parent, name);
  fs.mkdirSync(directory);
  return directory;
}

/** Removes what `temporaryDirectory` made; `KEEP=1` keeps it and says where it is. */
export function removeTemporary(): void {
  for (const directory of made.splice(0)) {
    if (process.env.KEEP === '1') {
      process.stderr.write(`kept ${directory}\n`);
    } else {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}
