import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';

/** Where the content of a synced file comes from. */
export interface SyncedFileOptions {
  /**
   * Absolute path of the file to copy, byte for byte. Give either this or `content`.
   * @default - `content` is written
   */
  readonly sourcePath?: string;
  /**
   * Text to write. Give either this or `sourcePath`.
   * @default - the file at `sourcePath` is copied
   */
  readonly content?: string;
  /**
   * Make the file executable.
   * @default false
   */
  readonly executable?: boolean;
}

/**
 * A file that belongs to the user from the first day: it is written when nothing is there and never overwritten.
 *
 * Usable in any projen project. Unlike projen's managed files it is neither read-only nor removed by a later synth.
 */
export class SyncedFile extends Component {
  /** Path of the file relative to the project's directory. */
  public readonly filePath: string;
  private readonly options: SyncedFileOptions;

  /**
   * @param project  the project that gets the file
   * @param filePath path relative to the project's directory, inside it
   * @param options  where the content comes from
   * @throws when neither or both of `sourcePath` and `content` are given, or the path leaves the project
   */
  public constructor(project: Project, filePath: string, options: SyncedFileOptions) {
    super(project);
    if ((options.sourcePath === undefined) === (options.content === undefined)) {
      throw new Error(`synced file ${filePath}: give either sourcePath or content, not both.`);
    }
    if (path.isAbsolute(filePath) || path.normalize(filePath).startsWith('..')) {
      throw new Error(`synced file ${filePath}: the path has to be inside the project.`);
    }
    this.filePath = filePath;
    this.options = options;
  }

  /** Writes the file unless something stands at its path already. */
  public synthesize(): void {
    const target = path.join(this.project.outdir, this.filePath);
    if (fs.lstatSync(target, { throwIfNoEntry: false })) { return; }
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const bytes = this.options.sourcePath ? fs.readFileSync(this.options.sourcePath) : Buffer.from(this.options.content ?? '', 'utf8');
    const partial = `${target}.partial`;
    fs.writeFileSync(partial, bytes, { mode: this.options.executable ? 0o755 : 0o644 });
    fs.renameSync(partial, target);
  }
}
