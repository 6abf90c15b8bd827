// A command is loaded when it is asked for; import() would make the table asynchronous.
/* eslint-disable @typescript-eslint/no-require-imports */
import { type Command } from './shared/command';

/** Every command of `npx sagemaker-cicd-projen`, by name; each is loaded when it is asked for. */
const COMMANDS: { readonly [name: string]: { readonly summary: string; readonly load: () => Command } } = {
  'adopt': {
    summary: 'add the project type to an existing git repository',
    load: () => (require('./adopt/adopt') as typeof import('./adopt/adopt')).adopt,
  },
  'approve': {
    summary: 'approve a version of the model, with a reason',
    load: () => (require('./approve/approve') as typeof import('./approve/approve')).approve,
  },
  'approve-deployment': {
    summary: 'approve a deployment that a workflow waits with, with a reason',
    load: () => (require('./approve-deployment/approve-deployment') as
      typeof import('./approve-deployment/approve-deployment')).approveDeployment,
  },
  'audit-export': {
    summary: 'write the records of a version as a page and as JSON',
    load: () => (require('./audit/audit') as typeof import('./audit/audit')).auditExport,
  },
  'audit-verify': {
    summary: 'check the chains of approval records',
    load: () => (require('./audit/audit') as typeof import('./audit/audit')).auditVerify,
  },
  'bootstrap-guide': {
    summary: "print the commands that prepare the delivery's accounts",
    load: () => (require('./accounts/bootstrap-guide') as typeof import('./accounts/bootstrap-guide')).bootstrapGuide,
  },
  'monitor-overview': {
    summary: 'show what the newest run of each monitor found, in all environments',
    load: () => (require('./monitor/overview') as typeof import('./monitor/overview')).monitorOverview,
  },
  'preflight': {
    summary: 'report what is missing before the first deployment',
    load: () => (require('./accounts/preflight') as typeof import('./accounts/preflight')).preflight,
  },
  'preview': {
    summary: 'show what a synth or an upgrade would change, as a diff',
    load: () => (require('./preview/preview') as typeof import('./preview/preview')).preview,
  },
  'reject': {
    summary: 'reject a version of the model, with a reason',
    load: () => (require('./approve/approve') as typeof import('./approve/approve')).reject,
  },
  'restore': {
    summary: "replace files with the project's version",
    load: () => (require('./restore/restore') as typeof import('./restore/restore')).restore,
  },
  'retry-deployment': {
    summary: 'have a version deployed to an environment, also where it was rolled back',
    load: () => (require('./rollback/rollback') as typeof import('./rollback/rollback')).retryDeployment,
  },
  'rollback': {
    summary: 'return an environment to the version before, or try a version again',
    load: () => (require('./rollback/rollback') as typeof import('./rollback/rollback')).rollback,
  },
  'upgrade': {
    summary: 'upgrade all packages, synthesize, test',
    load: () => (require('./upgrade/upgrade') as typeof import('./upgrade/upgrade')).upgrade,
  },
};

/** The command line of the package. Sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  const [name = 'help', ...args] = argv;
  const command = Object.prototype.hasOwnProperty.call(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const lines = Object.entries(COMMANDS).map(([word, { summary }]) => `  ${word.padEnd(18)} ${summary}`);
    const known = ['help', '--help', '-h'].includes(name);
    const refusal = known ? '' : `Unknown command: ${name}.\n\n`;
    const usage = `Usage: sagemaker-cicd-projen <command>\n\n${lines.join('\n')}\n`;
    (known ? process.stdout : process.stderr).write(`${refusal}${usage}`);
    process.exitCode = known ? 0 : 2;
    return;
  }
  try {
    process.exitCode = await command.load()(args);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UserError') { throw error; }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
