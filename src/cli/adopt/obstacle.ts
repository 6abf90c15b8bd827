import * as fs from 'node:fs';
import * as path from 'node:path';

/** What stands where a file of the project would be written. */
export interface Obstacle {
  /** Path of the file that the project would write. */
  readonly path: string;
  /** What is there instead, as it is spelt: another spelling is the same file on many machines. */
  readonly found: string;
  readonly what: 'file' | 'directory' | 'link';
}

/** Looks for what stands in the way of new files: on disk whatever it is, and in git what is not checked out. */
export class Obstacles {
  private readonly tracked: ReadonlyMap<string, string>;
  private readonly listed = new Map<string, ReadonlyMap<string, string>>();

  public constructor(private readonly root: string, tracked: readonly string[]) {
    this.tracked = new Map(tracked.map(file => [folded(file), file]));
  }

  /** What stands at a path, or at one of the directories that lead to it; undefined when it is free. */
  public at(file: string): Obstacle | undefined {
    const parts = file.split('/');
    let directory = '';
    for (const [depth, part] of parts.entries()) {
      const name = this.names(directory).get(folded(part));
      if (name === undefined) { break; }
      directory = directory === '' ? name : `${directory}/${name}`;
      const stat = fs.lstatSync(path.join(this.root, directory));
      const what = stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'directory' : 'file';
      if (depth === parts.length - 1 || what !== 'directory') { return { path: file, found: directory, what }; }
    }
    const known = this.tracked.get(folded(file));
    return known === undefined ? undefined : { path: file, found: known, what: 'file' };
  }

  /** The names in a directory by their folded spelling. */
  private names(directory: string): ReadonlyMap<string, string> {
    let names = this.listed.get(directory);
    if (!names) {
      names = new Map(fs.readdirSync(path.join(this.root, directory)).map(name => [folded(name), name]));
      this.listed.set(directory, names);
    }
    return names;
  }
}

/** Two spellings that a file system may take for the same file become one. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
