import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Copies a directory with everything in it, links and times included; its parent is made. */
export function copyTree(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  execFileSync('cp', ['-a', '--reflink=auto', `${from}/.`, `${to}/`]);
}

/** The same with hard links, for files that are replaced, never written to: what uv installs, what Python compiles. */
export function linkTree(from: string, to: string): void {
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' });
  } catch {
    // Another file system.
    fs.rmSync(to, { recursive: true, force: true });
    copyTree(from, to);
  }
}

/** Lets the programs of a Python environment find it in its new place. */
export function moveEnvironment(environment: string, from: string, to: string): void {
  const programs = path.join(environment, 'bin');
  for (const entry of fs.readdirSync(programs, { withFileTypes: true }).filter(one => one.isFile())) {
    const file = path.join(programs, entry.name);
    const text = fs.readFileSync(file, 'latin1');
    if (!text.includes(from)) { continue; }
    const { mode } = fs.statSync(file);
    // Not written to: the file may be linked from elsewhere.
    fs.rmSync(file);
    fs.writeFileSync(file, text.replaceAll(from, to), { encoding: 'latin1', mode });
  }
}
