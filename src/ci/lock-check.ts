/**
 * A command of the shell that succeeds if `uv.lock` is what `pyproject.toml` asks for. It takes the indexes that the
 * lock names, so it needs no network, and another index on this machine does not make the lock out of date.
 */
const FITS = 'uv lock --check --offline '
  + '$(sed -n "s/^source = { registry = .\\(http.*\\). }$/--index \\1/p" uv.lock 2>/dev/null | sort -u) '
  + '>/dev/null 2>&1';

/** The same for projen's shell, which knows less. */
export const LOCK_FITS = inShell(FITS);

/** The same for a build, which writes no lock: it ends with what to do. */
export const REQUIRE_LOCK = orError(FITS, ': run uv lock in the repository and commit uv.lock');

/** A command that ends with an error about the lock if it fails. */
export function orError(command: string, whatToDo: string): string {
  return inShell(`${command} || { echo "error: uv.lock is not what pyproject.toml asks for${whatToDo}" >&2; exit 1; }`);
}

function inShell(command: string): string {
  return `sh -c '${command}'`;
}
