import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';
import { Synchronisation } from './synchronisation';
import type { DesiredFile, Strategy } from '../../sync/desired-file';

/** How a synced file is merged if both the user and the project have changed it. */
export enum MergeStrategy {
  /** Line by line; if both changed the same lines, conflict markers are left for the user. */
  LINES = 'lines',
  /** Key by key, as JSON; if both changed the same key, the user's value stays and the synth reports it. */
  JSON = 'json',
  /** Key by key, as TOML; if both changed the same key, the user's value stays and the synth reports it. */
  TOML = 'toml',
  /** Not at all: the user's file stays, the project's version is placed beside it. */
  NONE = 'none',
}

/** Where the content of a synced file comes from and how it is kept in sync. */
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
   * Make the file executable. A mode that the user changed stays.
   * @default false
   */
  readonly executable?: boolean;
  /**
   * What happens when both sides changed the file. Binary files are never merged.
   * @default - by key for names that end in .json or .toml, by line for all others
   */
  readonly merge?: MergeStrategy;
  /**
   * Write the file only if it does not exist yet.
   * @default false
   */
  readonly writtenOnce?: boolean;
  /**
   * Paths that the file had in earlier versions of the project: the user's edits move along from there.
   * @default - it has always been here
   */
  readonly previousPaths?: string[];
}

/**
 * A file that the project and the user both write: it is kept in sync by a three-way merge, and nothing that a person
 * wrote is lost.
 *
 * What was written last is remembered under `.projen/sync/`. A file that the user left alone is replaced, one that only
 * the user changed stays, one that both changed is merged. A file that the user deleted stays deleted; one that the
 * project no longer wants is removed if nobody edited it. Usable in any projen project; unlike projen's own files it is
 * not read-only.
 */
export class SyncedFile extends Component {
  /** Path of the file relative to the project's directory. */
  public readonly filePath: string;
  private readonly options: SyncedFileOptions;

  /**
   * @param project  the project that gets the file
   * @param filePath path relative to the project's directory, inside it
   * @param options  where the content comes from
   * @throws when neither or both of `sourcePath` and `content` are given, a path leaves the project or has too long a
   * name, or the project has such a file already
   */
  public constructor(project: Project, filePath: string, options: SyncedFileOptions) {
    super(project);
    if ((options.sourcePath === undefined) === (options.content === undefined)) {
      throw new Error(`synced file ${filePath}: give either sourcePath or content, not both.`);
    }
    this.filePath = inside(filePath, filePath);
    this.options = options;
    Synchronisation.of(project).add(this.filePath, () => this.desired());
  }

  private desired(): DesiredFile {
    const { sourcePath, content, executable, merge, writtenOnce, previousPaths } = this.options;
    return {
      path: this.filePath,
      content: sourcePath ? fs.readFileSync(sourcePath) : Buffer.from(content ?? '', 'utf8'),
      executable: executable ?? false,
      strategy: merge ?? byName(this.filePath),
      once: writtenOnce ?? false,
      previousPaths: (previousPaths ?? []).map(previous => inside(this.filePath, previous)),
    };
  }
}

function byName(file: string): Strategy {
  const name = /\.(json|toml)$/.exec(file)?.[1];
  return name === 'json' || name === 'toml' ? name : 'lines';
}

/**
 * Longest name of a file in bytes: what is remembered of it has the name of it and 18 characters more, and file systems
 * end at 255.
 */
const LONGEST_NAME = 237;

function inside(file: string, given: string): string {
  const normal = path.posix.normalize(given.split(path.sep).join('/'));
  if (path.isAbsolute(given) || normal === '.' || normal.split('/')[0] === '..') {
    throw new Error(`synced file ${file}: the path ${given} must be inside the project.`);
  }
  if (normal.split('/').some(name => Buffer.byteLength(name) > LONGEST_NAME)) {
    throw new Error(`synced file ${file}: a name in the path ${given} is longer than ${LONGEST_NAME} bytes.`);
  }
  return normal;
}
