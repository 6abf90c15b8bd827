import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What steers a synth from outside; a test may set them as it likes. */
const STEERING = ['PROJEN_DISABLE_POST', 'PROJEN_EJECTING', 'SAGEMAKER_CICD_SYNC', 'SAGEMAKER_CICD_SYNC_PATHS'];

/** A temporary directory that is another one in each test, empty at its start and gone after it. */
export interface ProjectDirectory {
  /** Its absolute path, from the first `beforeEach` on. */
  readonly path: string;
  readonly at: (file: string) => string;
  readonly exists: (file: string) => boolean;
  readonly read: (file: string) => string;
  /** Writes a file, and the directories that it is in. */
  readonly write: (file: string, text: string) => void;
  /** The paths of all files, sorted. */
  readonly files: () => string[];
}

/**
 * Gives each test of a suite a directory to synthesize into. projen's steps after a synth, which install packages, are
 * off; variables that steer a synth are after each test as they were before it.
 */
export function projectDirectory(): ProjectDirectory {
  let directory: string;
  let restore: () => void;
  beforeEach(() => {
    restore = keepVariables();
    process.env.PROJEN_DISABLE_POST = 'true';
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'project-'));
  });
  afterEach(() => {
    restore();
    fs.rmSync(directory, { recursive: true, force: true });
  });
  const at = (file: string): string => path.join(directory, file);
  return {
    get path() { return directory; },
    at,
    exists: file => fs.existsSync(at(file)),
    read: file => fs.readFileSync(at(file), 'utf8'),
    write: (file, text) => {
      fs.mkdirSync(path.dirname(at(file)), { recursive: true });
      fs.writeFileSync(at(file), text);
    },
    files: () => fs.readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => path.relative(directory, path.join(entry.parentPath, entry.name)))
      .sort(),
  };
}

/** Does something, a synth for example, without projen's steps after it. */
export function withoutPostSynthesis<T>(work: () => T): T {
  const restore = keepVariables();
  process.env.PROJEN_DISABLE_POST = 'true';
  try {
    return work();
  } finally {
    restore();
  }
}

function keepVariables(): () => void {
  const before = STEERING.map(name => [name, process.env[name]] as const);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) { delete process.env[name]; } else { process.env[name] = value; }
    }
  };
}
