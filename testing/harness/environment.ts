import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './process';
import { uvCommand } from '../../scripts/python-tools';

/**
 * Set by npm, jest or projen for this repository; a person at a fresh prompt has none of them, nor an account of AWS.
 */
const FOREIGN = new RegExp([
  '^npm_(lifecycle|package|command|execpath|node_execpath|'
    + 'config_(local_prefix|global_prefix|prefix|user_agent|noproxy|node_gyp))',
  '^(INIT_CWD|NODE|NODE_ENV|NODE_OPTIONS|NODE_PATH|JEST_WORKER_ID|CI|GITHUB_ACTIONS|PROJEN_.*|VIRTUAL_ENV|PYTHONPATH|'
    + 'COLOR|FORCE_COLOR)$',
  '^AWS_(?!CA_BUNDLE$)',
].join('|'));

/** The environment of a person who opens a terminal: this checkout's own programs and settings are not in it. */
export function userEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
  const foreign = (directory: string): boolean => directory.includes('node_modules')
    || directory.startsWith(ROOT + path.sep);
  return {
    ...inherited,
    PATH: (process.env.PATH ?? '').split(path.delimiter).filter(directory => !foreign(directory)).join(path.delimiter),
    AWS_EC2_METADATA_DISABLED: 'true',
    GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    ...extra,
  };
}

/** The same with uv on the PATH, so that not every repository installs its own. */
export function withUv(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const uv = uvCommand();
  return path.isAbsolute(uv)
    ? { ...environment, PATH: `${path.dirname(uv)}${path.delimiter}${environment.PATH ?? ''}` }
    : environment;
}

/** The same without uv: what a machine with nothing but Node.js, Python and git has. */
export function withoutUv(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const holdsUv = (directory: string): boolean => fs.existsSync(path.join(directory, 'uv'));
  return {
    ...environment, PATH: (environment.PATH
    ?? '').split(path.delimiter).filter(directory => !holdsUv(directory)).join(path.delimiter),
  };
}
