/** Where files are that go from job to job, below the project's folder, which artifacts come from. */
const FOLDER = 'handed-on';

/** The file with the values of variables in what is handed on. */
const VALUES = '.handed-on.sh';

/** Something that a job takes over from another one of its pipeline. */
export interface HandedOn {
  /** The job that left it. */
  readonly job: string;
  /** Name of the input that its files are; none if only its values are read. */
  readonly input?: string;
  /** Whether its values are read. */
  readonly values?: true;
  /** What its values must be; where they are not there is nothing to do, and others may have left nothing. */
  readonly onlyIf?: string;
  /** Whether the job is in some pipelines only; where it is not there are no values. */
  readonly optional?: true;
}

/** What a job leaves for others. */
export interface Left {
  readonly from: string;
  /** Files, from there. */
  readonly files: readonly string[];
  readonly variables: readonly string[];
}

const fileOf = (job: string) => `${FOLDER}/${job.replaceAll(':', '-')}.tar`;
const reportOf = (job: string) => `${FOLDER}/${job.replaceAll(':', '-')}.env`;

/** The variable with the digest of what a job hands on. */
export function digestOf(job: string): string {
  return `DIGEST_OF_${job.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

/**
 * One file with everything, hidden files and modes included, and its digest as a report. Values go the way of the file,
 * since variables of reports give way to those that somebody starts a pipeline with (GitLab documentation, "CI/CD
 * variable precedence"); a digest that gives way fits nothing.
 */
export function handOn(job: string, { from, files, variables }: Left): string {
  return [
    '# hand on',
    `mkdir -p "$CI_PROJECT_DIR/${FOLDER}"`,
    'VALUES="$(mktemp -d)"',
    `: > "$VALUES/${VALUES}"`,
    // A value of one line: what has several could end the word.
    ...variables.map(name => (
      `printf 'export %s=%q\\n' ${name} "$(printf '%s' "$${name}" | tr '\\r\\n' '  ')" >> "$VALUES/${VALUES}"`)),
    `tar -cf "$CI_PROJECT_DIR/${fileOf(job)}" -C "$VALUES" ${VALUES}`
      + (files.length > 0 ? ` -C ${from} ${files.join(' ')}` : ''),
    `printf '%s=%s\\n' ${digestOf(job)} "$(sha256sum < "$CI_PROJECT_DIR/${fileOf(job)}" | cut -d ' ' -f 1)" > `
      + `"$CI_PROJECT_DIR/${reportOf(job)}"`,
  ].join('\n');
}

/** What GitLab keeps of a job that hands something on. */
export function artifactsOf(job: string): object {
  // Where pipelines are public, artifacts are, too, unless something else is said.
  return { access: 'developer', paths: [fileOf(job)], reports: { dotenv: reportOf(job) }, expire_in: '1 week' };
}

/** Takes over only what has the digest that the very pipeline has noted: runners keep files of other pipelines. */
export function takeOver({ job, input, values, optional }: HandedOn, target: string): string {
  const file = `"$CI_PROJECT_DIR/${fileOf(job)}"`;
  return [
    `# take over from ${job}`,
    ...(optional ? ['if [ "$CI_PIPELINE_SOURCE" != push ]; then'] : []),
    `echo "$${digestOf(job)}  $CI_PROJECT_DIR/${fileOf(job)}" | sha256sum --check --strict --status || `
      + `{ echo "The artifact of ${job} is not what that job left." >&2; exit 1; }`,
    ...(values ? [`VALUES="$(mktemp -d)"; tar -C "$VALUES" -xf ${file} ${VALUES}; . "$VALUES/${VALUES}"`] : []),
    ...(input ? [`mkdir -p ${target}`, `tar -C ${target} --exclude=./${VALUES} --exclude=${VALUES} -xf ${file}`] : []),
    ...(optional ? ['fi'] : []),
  ].join('\n');
}
