import type { Project } from 'projen';

/**
 * The dependency group of the Python flavour that holds what the CDK app and the rc file need, this package included.
 */
export const APP_GROUP = 'infra';

/** The arguments of `uv run` for a command of that group. */
export function inAppGroup(command: string): string {
  return `--only-group ${APP_GROUP} ${command}`;
}

/** How the CDK app is run, by its language. */
export const APP_COMMANDS = {
  typescript: 'node --import tsx infra/app.ts',
  python: `uv run --frozen ${inAppGroup('python infra/app.py')}`,
} as const;

/** The arguments that name the app for the CDK if `cdk.json` does not. */
export function appArguments(python: boolean): string {
  return `--app "${APP_COMMANDS[python ? 'python' : 'typescript']}" --output cdk.out`;
}

/** What a person types in front of a task's name: after `projen eject` there is no projen left to run it. */
export function taskRunner(project: Project): string {
  return project.ejected ? 'npm run' : 'npx projen';
}

/** What a person types to run a task; the task's own arguments follow a `--`. */
export function taskCommand(project: Project, task: string): string {
  return `${taskRunner(project)} ${task}`;
}

const OPENING = 'sh -c \'[ "$1" != -- ] || shift; exec env ';
/** A single quote within single quotes, in the one way that projen's own shell knows too. */
const QUOTE = '\'"\'"\'';
const CLOSING = ' "${@}"\' sh "$@"';

/**
 * A task's command, one program with its variables and arguments, with the task's arguments at its end, each as it was
 * given: projen would join them unquoted, and the shell split them. A `--` in front of them is left out: projen passes
 * it on, npm does not, and to most programs it means the end of options.
 */
export function withArguments(command: string): string {
  return `${OPENING}${command.replaceAll('\'', QUOTE)}${CLOSING}`;
}

/** The command that `withArguments` was given, with the place of the arguments, for a shell that needs no more. */
export function placedArguments(command: string): string {
  if (!command.startsWith(OPENING) || !command.endsWith(CLOSING)) { return command; }
  return `${command.slice(OPENING.length, -CLOSING.length).replaceAll(QUOTE, '\'')} "$@"`;
}
