/**
 * A command of the shell that succeeds if `uv.lock` is what `pyproject.toml` asks for. It takes the indexes that the
 * lock names, so it needs no network, and another index on this machine does not make the lock out of date. What cannot
 * be told without a network, such as a package from git, is asked for again with one.
 */
export const LOCK_FITS = 'uv lock --check --offline '
  + '$(sed -n "s/^source = { registry = .\\(http.*\\). }$/--index \\1/p" uv.lock 2>/dev/null | sort -u) '
  + '>/dev/null 2>&1 || uv lock --check >/dev/null 2>&1';

/** The same for a build, which writes no lock: it ends with what to do. */
export const REQUIRE_LOCK = `sh -c '${LOCK_FITS} || ${failing(': run uv lock in the repository and commit uv.lock')}'`;

/** The end of a script that needs the lock: an error, and what to do. */
export function failing(whatToDo: string): string {
  return `{ echo "error: uv.lock is not what pyproject.toml asks for${whatToDo}" >&2; exit 1; }`;
}
