import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { LogLevel } from 'projen';
import { type Obstacle, Obstacles, trackedFiles } from './existing-repository';
import { type GivenOptions, rcFileName, rcFileText } from './rc-file';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../project';
import { everyFileBelow } from '../../sync/files-below';
import { PACKAGE } from '../shared/repository';

/** What has become of the files that the project would write. */
export interface Adoption {
  readonly name: string;
  readonly given: GivenOptions;
  readonly rcFile: string;
  /** What was in the way, by the path of the project's file. */
  readonly kept: readonly Obstacle[];
  /** Everything that was written, the bookkeeping of projen included. */
  readonly added: readonly string[];
  /** The directories that had to be made, each after those that it holds. */
  readonly directories: readonly string[];
}

/** A file of projen's own, for the directory that it lies in. */
const BOOKKEEPING = '.projen/files.json';

/** Adds a project to a repository. What it would write is found by writing it into an empty directory first. */
export class Adopter {
  private readonly sample: string;

  public constructor(
    private readonly root: string,
    private readonly name: string,
    private readonly given: GivenOptions,
  ) {
    this.sample = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'adopt-')), path.basename(root));
  }

  /** Writes what is free into the repository. @throws OptionError before anything is written */
  public adopt(): Adoption {
    synthesize(this.project(this.sample, []));
    const wanted = everyFileBelow(this.sample).filter(file => !file.startsWith('.projen/'));
    const obstacles = new Obstacles(this.root, trackedFiles(this.root));
    const kept = wanted.map(file => obstacles.at(file)).filter(found => found !== undefined);
    const blocked = new Set(kept.map(({ path: file }) => file));
    const free = wanted.filter(file => !blocked.has(file));
    const userOwned = [...new Set(kept.map(ownedGlob))];
    const project = this.project(this.root, userOwned);
    const rcFile = rcFileName(this.given);
    const directories = missingDirectories(this.root, [...free, BOOKKEEPING]);
    fs.writeFileSync(this.at(rcFile), rcFileText({ name: this.name, given: this.given, userOwned }), { flag: 'wx' });
    synthesize(project);
    const bookkeeping = everyFileBelow(this.at('.projen')).map(file => `.projen/${file}`);
    const added = [rcFile, ...free.filter(file => fs.existsSync(this.at(file))), ...bookkeeping];
    return { name: this.name, given: this.given, rcFile, kept, added, directories };
  }

  private at(file: string): string {
    return path.join(this.root, file);
  }

  /** Absolute path of the project's own version of a file that was kept. */
  public ownVersion(file: string): string {
    return path.join(this.sample, file);
  }

  public remove(): void {
    fs.rmSync(path.dirname(this.sample), { recursive: true, force: true });
  }

  private project(outdir: string, userOwned: string[]): SageMakerCicdProject {
    const options: SageMakerCicdProjectOptions = {
      ...this.given,
      name: this.name,
      devDeps: [PACKAGE],
      outdir,
      ...(userOwned.length > 0 ? { userOwned } : {}),
      logging: { level: LogLevel.OFF },
    };
    const project = new SageMakerCicdProject(options);
    // Where projen has no list of its files yet, it removes every file that bears its mark: here they are another
    // project's.
    project.addExcludeFromCleanup('**');
    return project;
  }
}

function synthesize(project: SageMakerCicdProject): void {
  const before = process.env.PROJEN_DISABLE_POST;
  process.env.PROJEN_DISABLE_POST = 'true';
  try {
    project.synth();
  } finally {
    if (before === undefined) { delete process.env.PROJEN_DISABLE_POST; } else {
      process.env.PROJEN_DISABLE_POST = before;
    }
  }
}

/** What leaves a path to the user; all below a link or a file in whose place the project has a directory. */
function ownedGlob({ path: file, found }: Obstacle): string {
  const [parts, depth] = [file.split('/'), found.split('/').length];
  return depth < parts.length ? `${parts.slice(0, depth).join('/')}/**` : file;
}

/** The directories of some files that are not there yet, each after those that it holds. */
function missingDirectories(root: string, files: readonly string[]): string[] {
  const parents = files.flatMap(file =>
    file
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/')),
  );
  return [...new Set(parents)].filter(directory => !fs.existsSync(path.join(root, directory))).sort().reverse();
}
