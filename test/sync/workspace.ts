import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Decision, FileState } from '../../src/sync/decision';
import type { DesiredFile } from '../../src/sync/desired-file';
import { everyFileBelow } from '../../src/sync/files-below';
import { applyChanges } from '../../src/sync/journal';
import { planSync } from '../../src/sync/plan';

/** A file that a project wants, with what is usual left out. */
export type Wanted = Partial<Omit<DesiredFile, 'content' | 'path'>> & {
  readonly path: string;
  readonly content: string | Buffer;
};

/** Thousands of small repositories are made here; where there is a file system in memory, it spares the disk. */
const MEMORY_DISK = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/** A directory that is kept in sync with the engine alone, and a user who edits it. */
export class Workspace {
  public readonly root = fs.mkdtempSync(path.join(MEMORY_DISK, 'sync-'));
  public managed: readonly string[] = [];
  public owned: (file: string) => boolean = () => false;

  public remove(): void { fs.rmSync(this.root, { recursive: true, force: true }); }

  public at(file: string): string { return path.join(this.root, file); }

  public write(file: string, text: string | Buffer): void {
    fs.mkdirSync(path.dirname(this.at(file)), { recursive: true });
    fs.writeFileSync(this.at(file), text);
  }

  public read(file: string): string { return fs.readFileSync(this.at(file), 'utf8'); }

  public has(file: string): boolean { return fs.lstatSync(this.at(file), { throwIfNoEntry: false }) !== undefined; }

  /** Plans and writes; returns the decisions by path. */
  public sync(...files: readonly Wanted[]): Map<string, Decision> {
    const plan = planSync({ root: this.root, files: files.map(desired), isOwned: this.owned, managed: this.managed });
    applyChanges(this.root, plan.changes);
    return new Map(plan.decisions.map(decision => [decision.path, decision]));
  }

  /** The state of one file after a sync of one file. */
  public state(file: Wanted): FileState | undefined { return this.sync(file).get(file.path)?.state; }

  /** Everything in the directory: path, mode and content. */
  public tree(): { readonly [path: string]: string } {
    return Object.fromEntries(everyFileBelow(this.root).map(file => {
      const stat = fs.lstatSync(this.at(file));
      const content = stat.isSymbolicLink()
        ? fs.readlinkSync(this.at(file))
        : fs.readFileSync(this.at(file)).toString('latin1');
      return [file, `${(stat.mode & 0o111) === 0 ? '-' : 'x'} ${content}`];
    }));
  }
}

/** Fills in what is usual. */
export function desired({ path: file, content, executable, strategy, once, previousPaths }: Wanted): DesiredFile {
  return {
    path: file, content: Buffer.isBuffer(content) ? content : Buffer.from(content), executable: executable ?? false,
    strategy: strategy ?? 'lines', once: once ?? false, previousPaths: previousPaths ?? [],
  };
}
