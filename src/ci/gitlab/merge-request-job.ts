import type { EngineWords, HostJob } from '../job';

/** What GitLab calls things (GitLab documentation, "Predefined CI/CD variables reference"). */
const WORDS: EngineWords = {
  folderOf: input => `$CI_PROJECT_DIR/${input}`,
  log: '$CI_JOB_URL',
};

/** The release of Debian whose Python a job gets; Node.js comes with the image, in any version. */
const RELEASES: { readonly [python: string]: string } = { 3.11: 'bookworm', 3.13: 'trixie' };

/** What a pipeline adds to a job. */
export interface MergeRequestRun {
  readonly timeout: string;
  /** Its variables, as words of the shell. */
  readonly values: { readonly [variable: string]: string };
  /** How a merge request calls the files that it leaves. */
  readonly title: string;
}

/**
 * A job as one of GitLab's, for merge requests alone. All of it runs in one shell, which ends with the first command
 * that fails.
 */
export function mergeRequestJob(job: HostJob, { timeout, values, title }: MergeRequestRun): object {
  const { tools: { nodejs, python = '' }, variables, steps, outputs: { files = [] } = {} } = job;
  const missing = variables.filter(variable => !variable.optional && !(variable.name in values));
  if (missing.length > 0 || !nodejs || !RELEASES[python]) {
    const wanted = [...missing.map(variable => variable.name), ...(nodejs ? [] : ['Node.js'])];
    throw new Error(`The pipeline gives the job ${job.name} no ${wanted.join(', ') || `Python ${python}`}.`);
  }
  return {
    stage: 'test',
    // A tag, since a digest would be of one platform and never updated.
    image: `node:${nodejs}-${RELEASES[python]}`,
    rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
    interruptible: true,
    timeout,
    // The whole history: where the branches parted is in it.
    variables: { GIT_DEPTH: '0' },
    before_script: [
      'apt-get update --quiet --quiet',
      'apt-get install --quiet --quiet --yes --no-install-recommends git python3-venv',
      ...Object.entries(values).map(([name, value]) => `export ${name}="${value}"`),
    ],
    script: steps.flatMap(step => step.commands)
      .map(command => typeof command === 'string' ? command : command(WORDS)),
    artifacts: { when: 'always', paths: files, expose_as: title, expire_in: '1 week' },
  };
}
