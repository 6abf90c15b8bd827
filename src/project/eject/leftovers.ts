import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * How a file makes use of projen: it imports it, lists it as a dependency or runs it. The package that the CDK app uses
 * has a longer name.
 */
const USES = [
  /(from|require\(|import\(?)\s*['"]projen(\/[^'"]*)?['"]/,
  /^\s*(from|import) projen(\.\w+)*\s*($|import|as|,)/m,
  /^\s*"projen":/m,
  /^\s*(- )?["']?projen\s*([=<>~!]=?|@)/m,
  /\bnpx projen\b/,
];

/** Locks repeat what the dependencies say about themselves, backups what was; neither makes use of anything. */
const LEFT_OUT = /(^|\/)(package-lock\.json|uv\.lock|[^/]+\.bak|node_modules\/.*)$/;

/** Files of a repository that still use projen, as `path:line: text`; none where git does not know the repository. */
export function filesThatNameProjen(directory: string): string[] {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: directory, encoding: 'utf8', maxBuffer: 100_000_000,
  });
  if (listed.status !== 0) { return []; }
  return [...new Set(listed.stdout.split('\0'))]
    .filter(file => file !== '' && !LEFT_OUT.test(file) && !/^\.projenrc\./.test(file))
    .flatMap(file => uses(path.join(directory, file)).map(line => `${file}:${line}`));
}

function uses(file: string): string[] {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  // Code and configuration are small; data is not read.
  if (!stats?.isFile() || stats.size > 1_000_000) { return []; }
  return fs.readFileSync(file, 'utf8').split('\n').flatMap((text, i) =>
    USES.some(use => use.test(text)) ? [`${i + 1}: ${text.trim()}`] : []);
}
