import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.resolve(__dirname, '..');

/** An environment of Python tools: made once per checkout and again when its requirements change. */
export interface ToolEnvironment {
  readonly directory: string;
  /** Absolute path of a program in it. */
  bin(program: string): string;
}

/** Finds Python 3.11 or later; everything that this project runs in Python runs with it. */
export function findPython(): string {
  for (const candidate of [process.env.PYTHON, 'python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14']) {
    if (!candidate) { continue; }
    try {
      execFileSync(candidate, ['-c', 'import sys, venv; raise SystemExit(sys.version_info < (3, 11))'], {
        stdio: 'ignore',
      });
      return candidate;
    } catch { /* not there, or too old */ }
  }
  throw new Error('No Python 3.11 or later with the venv module was found. Install one, or name it in the environment '
    + 'variable PYTHON.');
}

/** Where an environment is. */
export function environmentDirectory(name: 'tools' | 'sdk' | 'toolkits'): string {
  return path.join(ROOT, '.venvs', name);
}

/** Makes an environment from a file of exact requirements in `integ/requirements/`. */
export function toolEnvironment(name: 'tools' | 'sdk' | 'toolkits'): ToolEnvironment {
  const directory = environmentDirectory(name);
  const requirements = path.join(ROOT, 'integ', 'requirements', `${name}.txt`);
  const stamp = path.join(directory, 'made-from.txt');
  const wanted = fs.readFileSync(requirements, 'utf8');
  const bin = (program: string): string => path.join(directory, 'bin', program);
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
    const python = findPython();
    fs.rmSync(directory, { recursive: true, force: true });
    const uv = uvCommand(python);
    const env = { ...process.env, UV_PYTHON_DOWNLOADS: 'never' };
    execFileSync(uv, ['venv', '--quiet', '--python', python, directory], { stdio: 'inherit', env });
    // The toolkits ask for a Flask that no newer Jinja works with; the images override it, and so does the file, which
    // names everything.
    const exact = name === 'toolkits' ? ['--no-deps'] : [];
    const install = ['pip', 'install', '--quiet', '--python', bin('python'), ...exact, '--requirement', requirements];
    execFileSync(uv, install, { stdio: 'inherit', env });
    fs.writeFileSync(stamp, wanted);
  }
  return { directory, bin };
}

/** uv from the PATH, or installed into the checkout. */
export function uvCommand(python: string = findPython()): string {
  try {
    execFileSync('uv', ['--version'], { stdio: 'ignore' });
    return 'uv';
  } catch { /* installed below */ }
  const directory = path.join(ROOT, '.venvs', 'uv');
  const uv = path.join(directory, 'bin', 'uv');
  if (!fs.existsSync(uv)) {
    execFileSync(python, ['-m', 'venv', directory], { stdio: 'inherit' });
    const told = fs.readFileSync(path.join(ROOT, 'src', 'options', 'knowledge', 'uv-version.ts'), 'utf8');
    const version = /UV_VERSION = '([^']+)'/.exec(told)?.[1];
    execFileSync(
      path.join(directory, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${version}`], { stdio: 'inherit' },
    );
  }
  return uv;
}

// Usage: tsx scripts/python-tools.ts uv|tools|sdk
if (require.main === module) {
  const [name] = process.argv.slice(2);
  if (name === 'uv') { uvCommand(); }
  if (name === 'tools' || name === 'sdk') { toolEnvironment(name); }
}
