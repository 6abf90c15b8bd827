import { UserError } from '../shared/command';

/** Where chains are read from; the same for both commands. */
const SOURCES = `  --from <folder>   a folder that the bucket, or its records, were downloaded to; needs no access to AWS
  --local           the records of this machine's own decisions, in .local/
  --anchor <text>   a record that must be there, GROUP:NUMBER:HASH, as an earlier check printed it; can be repeated
  --config <file>   the delivery (default: config/delivery.json)
`;

export const VERIFY_USAGE = `Usage: sagemaker-cicd-projen audit-verify [--from <folder> | --local] [--anchor <text>]

Checks the chains of approval records: in the evidence bucket, with credentials that may read and list it, or in a
folder. Says where a record was changed, removed, inserted or moved, and exits with 1. Without an evidence bucket, the
local records are checked.

${SOURCES}`;

export const EXPORT_USAGE = `Usage: sagemaker-cicd-projen audit-export <version> [--group <name>] [--out <folder>] [--trail <file>]
       [--from <folder> | --local]

Writes all records of a version, and the trail's events about it, as a page to print and as JSON.

  --group <name>    the group, if several have such a version
  --out <folder>    where to write (default: audit)
  --trail <file>    a log file of CloudTrail, unpacked; can be repeated
${SOURCES}`;

/** Where records are read from. */
export interface Source {
  readonly from?: string;
  readonly local: boolean;
  readonly anchors: readonly string[];
  readonly config?: string;
}

/** What is exported. */
export interface Export extends Source {
  readonly version: string;
  readonly group?: string;
  readonly out: string;
  readonly trail: readonly string[];
}

type Flags = { [flag: string]: string[] };

/**
 * What is checked; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseVerify(args: readonly string[]): Source | undefined {
  const parsed = parse(args, [], VERIFY_USAGE);
  if (!parsed) { return undefined; }
  if (parsed.words.length > 0) { throw new UserError(`Unknown argument: ${parsed.words[0]}.\n\n${VERIFY_USAGE}`); }
  return sourceOf(parsed.flags, VERIFY_USAGE);
}

/**
 * What is exported; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseExport(args: readonly string[]): Export | undefined {
  const parsed = parse(args, ['--group', '--out', '--trail'], EXPORT_USAGE);
  if (!parsed) { return undefined; }
  const { words: [version, ...more], flags } = parsed;
  if (version === undefined || more.length > 0) {
    throw new UserError(`Give the number of one version.\n\n${EXPORT_USAGE}`);
  }
  if (!/^[1-9][0-9]*$/.test(version)) {
    throw new UserError(`The version is ${version}: it must be a number, for example 7.`);
  }
  return {
    ...sourceOf(flags, EXPORT_USAGE), version, group: flags['--group']?.[0], out: flags['--out']?.[0] ?? 'audit',
    trail: flags['--trail'] ?? [],
  };
}

function parse(
  args: readonly string[], more: readonly string[], usage: string,
): { readonly words: string[]; readonly flags: Flags } | undefined {
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const words: string[] = [];
  const flags: Flags = {};
  while (rest.length > 0) {
    const argument = rest.shift()!;
    if (argument === '--local') {
      flags[argument] = [];
    } else if (['--from', '--anchor', '--config', ...more].includes(argument)) {
      const value = rest.shift();
      if (value === undefined || value.startsWith('-')) { throw new UserError(`${argument} needs a value.\n\n${usage}`); }
      (flags[argument] ??= []).push(value);
    } else if (argument.startsWith('-')) {
      throw new UserError(`Unknown argument: ${argument}.\n\n${usage}`);
    } else {
      words.push(argument);
    }
  }
  return { words, flags };
}

function sourceOf(flags: Flags, usage: string): Source {
  if (flags['--local'] && flags['--from']) { throw new UserError(`Give --from or --local, not both.\n\n${usage}`); }
  return {
    from: flags['--from']?.[0], local: flags['--local'] !== undefined, anchors: flags['--anchor'] ?? [],
    config: flags['--config']?.[0],
  };
}
