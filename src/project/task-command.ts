import type { Project } from 'projen';

/** What a person types in front of a task's name: after `projen eject` there is no projen left to run it. */
export function taskRunner(project: Project): string {
  return project.ejected ? 'npm run' : 'npx projen';
}

/** What a person types to run a task; the task's own arguments follow a `--`. */
export function taskCommand(project: Project, task: string): string {
  return `${taskRunner(project)} ${task}`;
}
