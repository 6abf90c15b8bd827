import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow } from '../sync/files-below';

/**
 * Root of this package: templates and the runner lie beside the compiled code, since jsii copies nothing but
 * TypeScript.
 */
const PACKAGE_ROOT = path.resolve(__dirname, '..', '..');

/** The absolute path of a file or directory that this package brings. */
export function packagePath(...parts: string[]): string {
  return path.join(PACKAGE_ROOT, ...parts);
}

/** The text of a file that this package brings. */
export function packageText(...parts: string[]): string {
  return fs.readFileSync(packagePath(...parts), 'utf8');
}

/** This package's own version, as npm and PyPI know it. */
export function packageVersion(): string {
  return (JSON.parse(packageText('package.json')) as { version: string }).version;
}

/** The versions of projen, the CDK and constructs that this package works with, as npm ranges by name. */
export function peerRanges(): { readonly [name: string]: string } {
  return (JSON.parse(packageText('package.json')) as { peerDependencies: { [name: string]: string } }).peerDependencies;
}

/** Every file below a directory of this package, as sorted relative paths with forward slashes; caches are left out. */
export function packageFiles(...parts: string[]): string[] {
  return filesBelow(packagePath(...parts));
}
