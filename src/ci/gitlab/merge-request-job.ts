import type { GitlabRunners } from './pipeline-job';
import { commandsOf, WORDS } from './words';
import type { OwnStep } from '../github/workflow-job';
import type { HostJob } from '../job';

/** The release of Debian whose Python a job gets; Node.js comes with the image, in any version. */
const RELEASES: { readonly [python: string]: string } = { 3.11: 'bookworm', 3.13: 'trixie' };

/** What a pipeline adds to a job. */
export interface MergeRequestRun {
  readonly timeout: string;
  /** Its variables, as words of the shell. */
  readonly values: { readonly [variable: string]: string };
  /** How a merge request calls the files that it leaves. */
  readonly title: string;
  /** Steps of the user's own, after the tools are installed. */
  readonly own?: readonly OwnStep[];
  /** What runs it: GitLab's own runners and an image of Node.js unless given. */
  readonly runners?: GitlabRunners;
}

/**
 * A job as one of GitLab's, for merge requests alone. All of it runs in one shell, which ends with the first command
 * that fails.
 */
export function mergeRequestJob(job: HostJob, { timeout, values, title, own = [], runners }: MergeRequestRun): object {
  const { tools: { nodejs, python = '' }, variables, steps, outputs: { files = [] } = {} } = job;
  const missing = variables.filter(variable => !variable.optional && !(variable.name in values));
  if (missing.length > 0 || !nodejs || !RELEASES[python]) {
    const wanted = [...missing.map(variable => variable.name), ...(nodejs ? [] : ['Node.js'])];
    throw new Error(`The pipeline gives the job ${job.name} no ${wanted.join(', ') || `Python ${python}`}.`);
  }
  const installs = steps.filter(step => step.kind === 'install');
  const { image, tags = [] } = runners ?? {};
  return {
    stage: 'test',
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    // A tag, since a digest would be of one platform and never updated.
    image: image ?? `node:${nodejs}-${RELEASES[python]}`,
    rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
    interruptible: true,
    timeout,
    // The whole history: where the branches parted is in it.
    variables: { GIT_DEPTH: '0' },
    before_script: [
      ...(image ? [] : [
        'apt-get update --quiet --quiet',
        'apt-get install --quiet --quiet --yes --no-install-recommends git python3-venv',
      ]),
      ...Object.entries(values).map(([name, value]) => `export ${name}="${value}"`),
    ],
    script: [
      ...installs.flatMap(step => commandsOf(step, WORDS)),
      ...own.map(each => each.run),
      ...steps.filter(step => !installs.includes(step)).flatMap(step => commandsOf(step, WORDS)),
    ],
    artifacts: { when: 'always', paths: files, expose_as: title, expire_in: '1 week' },
  };
}
