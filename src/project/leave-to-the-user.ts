import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Project } from 'projen';
import { isUserOwned } from './ownership';

const OWNER_WRITES = 0o200;

/** Generated files that the user took over are neither written nor removed, and can be edited. */
export function leaveToTheUser(project: Project): void {
  const generated = releaseFromManifest(project);
  for (const file of project.files.filter(({ path: name }) => isUserOwned(project, name))) {
    file.synthesize = () => undefined;
    // What projen lists among its files, it removes one day.
    file.readonly = false;
    const mode = fs.lstatSync(file.absolutePath, { throwIfNoEntry: false })?.mode ?? OWNER_WRITES;
    // projen has protected it from being edited; the mode of a file that never was projen's is none of its business.
    if (generated.includes(file.path) && Math.floor(mode / OWNER_WRITES) % 2 === 0) { fs.chmodSync(file.absolutePath, mode % 0o1000 + OWNER_WRITES); }
  }
}

/** Takes the user's files out of the list by which projen removes what it generates no more; gives those that were in it. */
function releaseFromManifest(project: Project): string[] {
  const manifest = path.join(project.outdir, '.projen', 'files.json');
  try {
    const content = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { files?: string[] };
    const released = (content.files ?? []).filter(file => isUserOwned(project, file));
    if (released.length > 0) {
      // projen keeps the file itself from being edited.
      fs.rmSync(manifest);
      fs.writeFileSync(manifest, `${JSON.stringify({ ...content, files: content.files?.filter(file => !released.includes(file)) }, undefined, 2)}\n`);
    }
    return released;
  } catch {
    // There is none yet, or none that projen would go by.
    return [];
  }
}
