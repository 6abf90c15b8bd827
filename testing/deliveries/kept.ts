import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { synthesize } from './assemblies';
import { ROOT } from '../harness/process';

const KEPT = path.join(ROOT, 'build', 'kept-assemblies');

/** Everything that an assembly is made from. */
const SOURCES = ['src', 'tools', 'templates', 'testing/deliveries', 'package-lock.json'];

/** After an hour nobody looks at the assemblies of other sources any more. */
const HOUR = 3_600_000;

let folder: string | undefined;

/** The assembly of a delivery of the tests, synthesized once for all suites that read it while its sources stay. */
export function keptAssembly(name: string): string {
  folder ??= path.join(KEPT, fingerprint());
  const kept = path.join(folder, name);
  if (!fs.existsSync(kept)) {
    removeOthers(folder);
    // Aside first: other processes may be about to make the same one.
    const aside = `${folder}.${process.pid}`;
    synthesize(name, aside);
    fs.mkdirSync(folder, { recursive: true });
    try {
      fs.renameSync(path.join(aside, name), kept);
    } catch (error) {
      if (!fs.existsSync(kept)) { throw error; }
    } finally {
      fs.rmSync(aside, { recursive: true, force: true });
    }
  }
  return kept;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES.map(s => path.join(ROOT, s))) {
    for (const file of fs.statSync(source).isFile() ? [source] : filesBelow(source)) {
      hash.update(`${path.relative(ROOT, file)}\n`).update(fs.readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(directory: string): string[] {
  const entries = fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(entry => {
    const file = path.join(directory, entry.name);
    const isMade = /^(__pycache__|\..*_cache|node_modules)$/.test(entry.name);
    if (entry.isDirectory()) { return isMade ? [] : filesBelow(file); }
    return entry.isFile() ? [file] : [];
  });
}

function removeOthers(mine: string): void {
  for (const entry of fs.existsSync(KEPT) ? fs.readdirSync(KEPT).map(e => path.join(KEPT, e)) : []) {
    const seen = fs.statSync(entry, { throwIfNoEntry: false });
    const isOld = seen !== undefined && Date.now() - seen.mtimeMs > HOUR;
    if (isOld && !entry.startsWith(mine)) { fs.rmSync(entry, { recursive: true, force: true }); }
  }
}
