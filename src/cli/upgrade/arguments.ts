import { UserError } from '../shared/command';

/** What the person asked for. */
export interface UpgradeArguments {
  /** Version of this package; the newest one unless given. */
  readonly to?: string;
  readonly allowDirty: boolean;
  readonly test: boolean;
}

/** Shown for `--help`, and beside a wrong argument. */
export const USAGE = `Usage: sagemaker-cicd-projen upgrade [--to <version>] [--allow-dirty] [--no-test]

  --to <version>  upgrade this package to that version instead of the newest one
  --allow-dirty   upgrade despite uncommitted changes
  --no-test       skip the repository's tests

Exit codes: 0 upgraded, or nothing to upgrade; 1 not upgraded; 3 upgraded, with conflicts to resolve; `
  + '4 upgraded, but the tests fail.\n';

/**
 * Reads the arguments; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseArguments(args: readonly string[]): UpgradeArguments | undefined {
  let to: string | undefined;
  let [allowDirty, test] = [false, true];
  for (let i = 0; i < args.length; i++) {
    const [name, value] = args[i].startsWith('--to=') ? ['--to', args[i].slice('--to='.length)] : [args[i], undefined];
    switch (name) {
      case '--help': case '-h': return undefined;
      case '--': break;
      case '--to': to = versionArgument(value ?? args[++i]); break;
      case '--allow-dirty': allowDirty = true; break;
      case '--no-test': test = false; break;
      default: throw new UserError(`Unknown argument: ${name}.\n\n${USAGE}`);
    }
  }
  return { to, allowDirty, test };
}

/** Exact versions alone: they end up in command lines of npm and uv, and both must understand them alike. */
function versionArgument(value: string | undefined): string {
  if (value === undefined || !/^\d+\.\d+\.\d+([-+.]?[0-9A-Za-z.-]+)?$/.test(value)) {
    throw new UserError(`--to takes a version such as 1.2.3, not ${value === undefined ? 'nothing' : `"${value}"`}.`);
  }
  return value;
}
