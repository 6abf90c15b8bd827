import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Project } from 'projen';
import { isUserOwned } from './ownership';

const OWNER_WRITES = 0o200;

/** Generated files that the user took over are neither written nor removed, and can be edited. */
export function leaveToTheUser(project: Project): void {
  const generated = releaseFromManifest(project, file => isUserOwned(project, file));
  for (const file of project.files.filter(({ path: name }) => isUserOwned(project, name))) {
    file.synthesize = () => undefined;
    // What projen lists among its files, it removes one day.
    file.readonly = false;
    // projen has protected it from being edited; the mode of a file that never was projen's is none of its business.
    if (generated.includes(file.path)) { unprotect(file.absolutePath); }
  }
}

/**
 * Files that were generated until now and are synced from now on: projen does not remove them in its cleanup, and
 * people may edit them.
 */
export function takeFromProjen(project: Project, isSynced: (file: string) => boolean): void {
  for (const file of releaseFromManifest(project, isSynced)) { unprotect(path.join(project.outdir, file)); }
}

function unprotect(file: string): void {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() && Math.floor(stat.mode / OWNER_WRITES) % 2 === 0) {
    fs.chmodSync(file, stat.mode % 0o1000 + OWNER_WRITES);
  }
}

/** Takes files out of the list by which projen removes what it generates no more; gives those that were in it. */
function releaseFromManifest(project: Project, isReleased: (file: string) => boolean): string[] {
  const manifest = path.join(project.outdir, '.projen', 'files.json');
  try {
    const content = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { files?: string[] };
    const released = (content.files ?? []).filter(isReleased);
    if (released.length > 0) {
      // projen keeps the file itself from being edited.
      fs.rmSync(manifest);
      const files = content.files?.filter(file => !released.includes(file));
      fs.writeFileSync(manifest, `${JSON.stringify({ ...content, files }, undefined, 2)}\n`);
    }
    return released;
  } catch {
    // There is none yet, or none that projen would go by.
    return [];
  }
}
