import { UserError } from '../shared/command';
import { parseFlags } from '../shared/flags';

export const USAGE = `Usage: sagemaker-cicd-projen approve-deployment --environment <name> --run <number> --why "<reason>"
       [--reject] [--group <name>] [--version <number>]
       sagemaker-cicd-projen approve-deployment --infrastructure <stage> --digest <digest> --run <number>
       --why "<reason>" [--reject]

Approves, or rejects, what a run of a workflow waits for where approvals are given in AWS (with GitHub Actions where
engine.github.approvals is "aws", with GitLab always): the deployment to an environment, or a stage of the infrastructure. Look at the
summary of the run first. Needs credentials of the role <project>-<group>-releaser in the tooling account, for the
infrastructure of <project>-infrastructureapprover.

  --environment <name>      the environment, as in config/delivery.json
  --infrastructure <stage>  the stage: self, dev, preprod or prod
  --digest <digest>         what the run shows of the stage, by the digest that its job waits with
  --run <number>            number of the run, which its address ends with
  --version <number>        the version that is deployed, or none, as the job that waits prints it; needed where
                            decisions are recorded (governance.approvalRecords)
  --why <reason>            the reason, which is recorded
  --reject                  reject it
  --group <name>            the deployment group, if several have an environment of that name
  --config <file>           the delivery (default: config/delivery.json)
`;

/** What a person decides about. */
export type Subject =
  | { readonly environment: string; readonly group?: string; readonly version?: string }
  | { readonly stage: string; readonly digest: string };

/** What a person decides. */
export interface Wanted {
  readonly subject: Subject;
  readonly run: string;
  readonly why: string;
  readonly reject: boolean;
  readonly config?: string;
}

const FLAGS = ['environment', 'infrastructure', 'digest', 'run', 'why', 'group', 'version', 'config'] as const;

/**
 * What is decided; undefined when only the usage is wanted.
 *
 * @throws UserError that names the argument that is wrong
 */
export function parseApproval(args: readonly string[]): Wanted | undefined {
  const found = parseFlags(args.filter(arg => arg !== '--reject'), FLAGS, USAGE);
  if (!found) { return undefined; }
  const { config } = found;
  return {
    subject: subjectOf(found), run: runOf(found.run), why: reasonOf(found.why),
    reject: args.includes('--reject'), ...(config === undefined ? {} : { config }),
  };
}

function subjectOf(
  { environment, infrastructure: stage, group, digest, version }: { readonly [flag in typeof FLAGS[number]]?: string },
): Subject {
  if (environment !== undefined && stage === undefined && digest === undefined) {
    return { environment, group, version: versionOf(version) };
  }
  if (environment === undefined && stage !== undefined && group === undefined && version === undefined) {
    return { stage, digest: digestOf(digest) };
  }
  throw new UserError(
    `Name either an environment with --environment, or a stage of the infrastructure with --infrastructure.\n\n${USAGE}`);
}

/** As much of it as is decided about (`tools/deploy/approvals_table.py`). */
const DIGITS = 12;

function digestOf(digest: string | undefined): string {
  if (digest === undefined || !/^[0-9a-f]{12,64}$/.test(digest)) {
    throw new UserError(`--digest is ${digest ?? 'missing'}: it must be the digest with which the run's job waits, for `
      + 'example 0123456789ab.');
  }
  return digest.slice(0, DIGITS);
}

function versionOf(version: string | undefined): string | undefined {
  if (version !== undefined && !/^([1-9][0-9]{0,8}|none)$/.test(version)) {
    throw new UserError(`--version is ${version}: it must be the number that the run's job waits with, for example 7.`);
  }
  return version;
}

function runOf(run: string | undefined): string {
  if (run === undefined) { throw new UserError(`Give the number of the run with --run.\n\n${USAGE}`); }
  if (!/^(g[hl]-)?[1-9][0-9]*$/.test(run)) {
    throw new UserError(`--run is ${run}: it must be the number that the run's address ends with, for example 1234567.`);
  }
  return run.replace(/^g[hl]-/, '');
}

/** A decision without a reason is none; it is kept as one line (`tools/operate/approve_deployment.py`). */
function reasonOf(why: string | undefined): string {
  if (why === undefined || why.trim() === '') {
    throw new UserError('Say why with --why, for example: --why "checked the confusion matrix".');
  }
  if (/\p{Cc}/u.test(why)) { throw new UserError('--why has a line break or a control character: write one line.'); }
  if (why.trim().length > 1024) { throw new UserError('--why is longer than 1024 characters: write less.'); }
  return why.trim();
}
