import type { Command, EngineWords, Step } from '../job';

/**
 * What GitLab calls things in a job that works in the project's folder (GitLab documentation, "Predefined CI/CD variables
 * reference").
 */
export const WORDS: EngineWords = {
  folderOf: input => `$CI_PROJECT_DIR/${input}`,
  log: '$CI_JOB_URL',
};

/** The same in a job that has folders of its own: others of the runner may have left something in the project's. */
export const OWN_WORDS: EngineWords = { folderOf: input => `$INPUTS/${input}`, log: '$CI_JOB_URL' };

/** The commands of a step. */
export function commandsOf({ commands }: Pick<Step, 'commands'>, words: EngineWords): string[] {
  return commands.map((command: Command) => (typeof command === 'string' ? command : command(words)));
}

/** A text as one word of bash, whatever is in it. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
