import { UserError } from '../shared/command';

/** What is decided. */
export type Verb = 'approve' | 'reject';

/** Meanings that a signature of each can have (21 CFR 11.50). */
const MEANINGS = { approve: ['approval', 'review', 'responsibility'], reject: ['rejection'] } as const;

/** How the command is called. */
export function usage(verb: Verb): string {
  const meaning = verb === 'approve' ? ' [--meaning approval|review|responsibility]' : '';
  return `Usage: sagemaker-cicd-projen ${verb} <version> --why "<reason>"${meaning} [--group <name>]

${verb === 'approve' ? 'Approves' : 'Rejects'} a version of the model as a person. Shows its metrics, how it compares with the approved version, data and
code; takes the group's approver role under your own name; and waits for the record of the decision. Needs credentials
of somebody whom the option approvers names. Nothing is written before everything is checked.

  <version>          number of the version in the model package group
  --why <reason>     the reason, which is recorded
${verb === 'approve' ? '  --meaning <meaning>  what the signature means; asked for otherwise\n' : ''}\
  --group <name>     the deployment group, if there are several
  --as <name>        the name that your identity provider sets, if that of your session is another
  --yes              sign without being asked
  --config <file>    the delivery (default: config/delivery.json)
`;
}

/** What a person decides. */
export interface Wanted {
  readonly version: string;
  readonly why: string;
  readonly meaning?: string;
  readonly group?: string;
  readonly as?: string;
  readonly yes: boolean;
  readonly config?: string;
}

const FLAGS = ['why', 'meaning', 'group', 'as', 'config'] as const;

/**
 * What is decided; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseDecision(verb: Verb, args: readonly string[]): Wanted | undefined {
  const wrong = (text: string) => new UserError(`${text}\n\n${usage(verb)}`);
  const rest = args.filter(arg => arg !== '--');
  if (rest.includes('--help') || rest.includes('-h')) { return undefined; }
  const found: { [flag in typeof FLAGS[number]]?: string } = {};
  const versions: string[] = [];
  let yes = false;
  while (rest.length > 0) {
    const argument = rest.shift()!;
    const flag = FLAGS.find(name => argument === `--${name}`);
    if (argument === '--yes') {
      yes = true;
    } else if (flag) {
      const value = rest.shift();
      if (value === undefined) { throw wrong(`${argument} needs a value.`); }
      found[flag] = value;
    } else if (argument.startsWith('-')) {
      throw wrong(`Unknown argument: ${argument}.`);
    } else {
      versions.push(argument);
    }
  }
  const [version] = versions;
  if (versions.length !== 1) { throw wrong('Give the number of one version.'); }
  if (!/^[1-9][0-9]*$/.test(version)) {
    throw new UserError(`The version is ${version}: it must be a number, for example 7.`);
  }
  return { ...found, version, yes, why: reasonOf(verb, found.why), meaning: meaningOf(verb, found.meaning) };
}

/** A decision without a reason is none. */
function reasonOf(verb: Verb, why: string | undefined): string {
  if (why === undefined || why.trim() === '') {
    throw new UserError(`Say why with --why, for example: ${verb} 7 --why "checked the confusion matrix".`);
  }
  // The registry's field is one line (SageMaker API reference, ApprovalDescription).
  if (/\p{Cc}/u.test(why)) { throw new UserError('--why has a line break or a control character: write one line.'); }
  return why.trim();
}

function meaningOf(verb: Verb, meaning: string | undefined): string | undefined {
  const allowed: readonly string[] = MEANINGS[verb];
  if (meaning !== undefined && !allowed.includes(meaning)) {
    throw new UserError(`--meaning is ${meaning}: to ${verb}, it must be ${allowed.join(' or ')}.`);
  }
  return meaning;
}
