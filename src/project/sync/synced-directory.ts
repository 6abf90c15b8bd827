import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';
import { type MergeStrategy, SyncedFile } from './synced-file';
import { filesBelow } from '../../sync/files-below';

/** Which files a synced directory contains. */
export interface SyncedDirectoryOptions {
  /** Absolute path of the directory whose files are copied, those of its subdirectories included. */
  readonly sourcePath: string;
  /**
   * Paths relative to `sourcePath` that are left out; one that names a directory leaves out everything in it.
   * @default - none but caches and hidden files
   */
  readonly exclude?: string[];
  /**
   * What happens when both sides changed a file.
   * @default - by key for names that end in .json or .toml, by line for all others
   */
  readonly merge?: MergeStrategy;
  /**
   * Write each file only if it does not exist yet.
   * @default false
   */
  readonly writtenOnce?: boolean;
  /**
   * Files that had another path in earlier versions, by their path now; both relative to the directory.
   * @default - none
   */
  readonly renamed?: { [path: string]: string };
}

/** Every file of a directory as a `SyncedFile`. Files that the user adds beside them are never touched. */
export class SyncedDirectory extends Component {
  /** The files, in the order of their paths. */
  public readonly files: SyncedFile[];

  /**
   * @param project   the project that gets the files
   * @param directory path relative to the project's directory; "." is the project's directory itself
   * @param options   where the files come from
   * @throws when the source is not a directory, or `renamed` names a missing file
   */
  public constructor(project: Project, directory: string, options: SyncedDirectoryOptions) {
    super(project);
    const { sourcePath, exclude = [], merge, writtenOnce, renamed = {} } = options;
    const names = filesBelow(sourcePath).filter(name => !exclude.some(left => name === left
      || name.startsWith(`${left.replace(/\/$/, '')}/`)));
    const unknown = Object.keys(renamed).filter(name => !names.includes(name));
    if (unknown.length > 0) {
      throw new Error(
        `synced directory ${directory}: renamed names ${unknown.join(', ')}, which ${sourcePath} does not have.`,
      );
    }
    this.files = names.map(name => new SyncedFile(project, path.posix.join(directory, name), {
      sourcePath: path.join(sourcePath, name),
      executable: (fs.statSync(path.join(sourcePath, name)).mode & 0o100) !== 0,
      merge,
      writtenOnce,
      previousPaths: renamed[name] === undefined ? [] : [path.posix.join(directory, renamed[name])],
    }));
  }
}
