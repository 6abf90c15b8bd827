import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { userEnvironment } from './environment';
import type { Packages } from './packages';
import { ROOT } from './process';
import { temporaryDirectory } from './temporary';
import { findPython } from '../../scripts/python-tools';

const NAME = 'sagemaker-cicd-projen';

/**
 * Makes another version of our npm package and of our wheel from packed ones, with changed content.
 *
 * The Python classes in the wheel stay as they are: a change may touch templates and compiled code, not the exported
 * API.
 *
 * @param packages what the new version is made from
 * @param version  its version
 * @param change   changes the files of the unpacked npm package, whose directory it is given
 */
export function nextVersion(
  packages: Packages, version: string, change: (packageRoot: string) => void = () => {},
): Packages {
  const directory = temporaryDirectory(`version-${version}`);
  const env = userEnvironment();
  execFileSync('tar', ['-xzf', packages.tarball, '-C', directory], { env });
  const packageRoot = path.join(directory, 'package');
  setVersion(path.join(packageRoot, 'package.json'), version);
  setVersion(assemblyFile(packageRoot), version);
  change(packageRoot);
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], {
    cwd: packageRoot, env,
  });
  const tarball = path.join(directory, `${NAME}-${version}.tgz`);
  checkPacked(packageRoot, tarball, path.join(directory, 'packed'));
  const wheel = path.join(directory, `${NAME.replace(/-/g, '_')}-${version}-py3-none-any.whl`);
  execFileSync(findPython(), [
    path.join(ROOT, 'integ', 'python', 'next_wheel.py'), packages.wheel, packages.version, tarball, version, wheel,
  ], { env });
  return { version, tarball, wheel };
}

interface Versioned {
  version: string;
}

function setVersion(file: string, version: string): void {
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Versioned;
  content.version = version;
  fs.writeFileSync(file, JSON.stringify(content, undefined, 2));
}

/** The jsii assembly lies in `.jsii`; with a compressed assembly another one does, which this does not follow. */
function assemblyFile(packageRoot: string): string {
  const file = path.join(packageRoot, '.jsii');
  const { schema } = JSON.parse(fs.readFileSync(file, 'utf8')) as { schema: string };
  if (schema !== 'jsii/0.10.0') { throw new Error(`${file} is no whole assembly but ${schema}.`); }
  return file;
}

/**
 * npm decides what is packed: nothing may be missing, the bundled packages included, and programs must stay
 * programs.
 */
function checkPacked(packageRoot: string, tarball: string, directory: string): void {
  fs.mkdirSync(directory);
  execFileSync('tar', ['-xzf', tarball, '-C', directory]);
  const packed = new Set(filesAndModes(path.join(directory, 'package')));
  const missing = filesAndModes(packageRoot).filter(file => !packed.has(file));
  if (missing.length > 0) { throw new Error(`npm pack left out, or gave another mode to: ${missing.join(', ')}`); }
  fs.rmSync(directory, { recursive: true });
}

function filesAndModes(root: string): string[] {
  return fs.readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => `${path.relative(root, file)}${isProgram(file) ? ' (program)' : ''}`)
    .sort();
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
