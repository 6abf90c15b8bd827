import type { Project } from 'projen';

/** Version of uv that is installed into a repository when none is on the PATH, and in builds. */
export const UV_VERSION = '0.13.9';

/** How the CDK app is run, by its language. */
export const APP_COMMANDS = {
  typescript: 'node --import tsx infra/app.ts',
  python: 'uv run --frozen --only-group infra python infra/app.py',
} as const;

/** What tells the CDK which app is meant where `cdk.json` does not. */
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

/**
 * A task's command with the task's arguments at its end, each as it was given: projen would join them unquoted, and the
 * shell split them.
 */
export function withArguments(command: string): string {
  return `${command} "$@"`;
}
