import * as fs from 'node:fs';

const LEFT_OUT = /(^|\/)(__pycache__|\.[^/]+)(\/|$)|\.pyc$/;

/**
 * Every file below a directory, as sorted relative paths with forward slashes; caches and hidden files are left out.
 */
export function filesBelow(directory: string): string[] {
  return everyFileBelow(directory).filter(file => !LEFT_OUT.test(file));
}

/** Everything below a directory that is not itself a directory, as sorted relative paths with forward slashes. */
export function everyFileBelow(directory: string): string[] {
  return below(directory, '').sort();
}

function below(directory: string, prefix: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .flatMap(entry =>
      entry.isDirectory() ? below(`${directory}/${entry.name}`, `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
    );
}
