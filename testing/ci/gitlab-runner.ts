import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { before, type GitlabJob, type GitlabJobs, ruleOf, type Started } from './gitlab-pipeline';
import { temporary } from '../deliveries/synth';

type Variables = { readonly [name: string]: string };
export type Ended = 'success' | 'failed' | 'skipped';

/** What a call of a tool was given. */
export interface Call { readonly job: string; readonly tool: string; readonly env: Variables }

/** How a pipeline is run. */
export interface Run {
  /** Files of the delivery's pipelines by their paths. */
  readonly text: string;
  readonly started: Started;
  readonly request?: string;
  /** Variables that somebody has started the pipeline with; they win over those of reports. */
  readonly given?: Variables;
  /** What tools do, by their names, as commands of bash; nothing unless given. */
  readonly tools: { readonly [tool: string]: string };
  /** Changes what a job has left before others get it. */
  readonly tamper?: (job: string, folder: string) => void;
  /** A clone of the repository for jobs that check it out. */
  readonly clone?: (folder: string) => void;
}

export interface Result {
  readonly ended: { readonly [job: string]: Ended };
  readonly calls: readonly Call[];
  readonly logs: { readonly [job: string]: string };
}

/** The variables of calls that tests look at. */
const SEEN = [
  'TOOL', 'ENVIRONMENT', 'EXECUTION_ID', 'MODEL_PACKAGE', 'RETRY_IN', 'ROLL_BACK_IN', 'REQUEST', 'KIND', 'OUTCOME', 'STAGE',
  'DIGEST', 'APPROVAL_MINUTES', 'AWS_ROLE_ARN', 'AWS_REGION', 'COMMIT', 'GIT_COMMIT', 'RETRAINING_REASON', 'AWS_ID_TOKEN',
];

/**
 * Stands for everything that a job calls: python3 with the tools, what they are fetched with, and installers. Python
 * itself says what a token is.
 */
const STAND_IN = String.raw`#!/bin/bash
while [ "$1" = -u ]; do shift; done
case "$1" in
  -c) case "$2" in *AWS_ID_TOKEN*) exec "$REAL_PYTHON" "$@" ;; *) : > tools.zip; exit 0 ;; esac ;;
  -m) exit 0 ;;
  -) cat > /dev/null; if [ -n "$TARGET" ]; then mkdir -p "$TARGET"; echo "$PARAMETER" > "$TARGET/from.txt"; else
       printf 'bucket=b\nkey=k\nowner=1\n'; fi; exit 0 ;;
esac
tool="$(basename "$1" .py)"
{ echo "$JOB"; echo "$tool"; env -0 | tr '\n' ' ' | tr '\0' '\n'; echo "---"; } >> "$CALLS.$$"
[ ! -f "$BEHAVIOUR/$tool" ] || . "$BEHAVIOUR/$tool"
`;

/** The same of installers, and of what synthesizes. */
const OTHERS = String.raw`#!/bin/bash
echo "ran $(basename "$0") $*"
case "$*" in *'cdk synth'*) mkdir -p cdk.out; echo '{}' > cdk.out/manifest.json ;; esac
`;

/** Runs the jobs of one file as GitLab would, each in a folder of its own and with a bash for all of its script. */
export function runPipeline({ text, started, request = 'none', given = {}, tools, tamper, clone }: Run): Result {
  const folder = temporary();
  const [bin, behaviour, calls] = ['bin', 'behaviour', 'calls'].map(name => path.join(folder, name));
  for (const each of [bin, behaviour, calls]) { fs.mkdirSync(each); }
  for (const name of ['python3', 'apt-get', 'npm', 'npx', 'uv']) {
    fs.writeFileSync(path.join(bin, name), name === 'python3' ? STAND_IN : OTHERS, { mode: 0o755 });
  }
  for (const [tool, commands] of Object.entries(tools)) { fs.writeFileSync(path.join(behaviour, tool), `${commands}\n`); }
  const interpolated = text.replaceAll('$[[ inputs.run ]]', started.run ?? 'none').replaceAll('$[[ inputs.request ]]', request);
  const all = parseAllDocuments(interpolated)[1].toJS() as GitlabJobs;
  const jobs: GitlabJobs = Object.fromEntries(Object.entries(all).filter(([, job]) => ruleOf(job, started)).map(([name, job]) => [
    name, { ...job, needs: job.needs?.filter(need => need.job in all && ruleOf(all[need.job], started)) },
  ]));
  const [ended, logs]: [{ [job: string]: Ended }, { [job: string]: string }] = [{}, {}];
  const order = Object.keys(jobs).sort((a, b) => before(jobs, a).size - before(jobs, b).size);
  for (const name of order) {
    const job = jobs[name];
    const earlier = job.stage === '.post'
      ? order.filter(other => jobs[other].stage !== '.post') : job.needs!.map(need => need.job);
    const isFailure = earlier.some(other => ended[other] === 'failed');
    const runs = ruleOf(job, started)!.when === 'on_failure' ? isFailure : earlier.every(other => ended[other] === 'success');
    if (!runs) { ended[name] = 'skipped'; continue; }
    const at = path.join(folder, 'jobs', String(order.indexOf(name)));
    fs.mkdirSync(at, { recursive: true });
    if (job.variables.GIT_STRATEGY === 'clone') { clone?.(at); }
    const reports: { [name: string]: string } = {};
    for (const other of job.dependencies ?? job.needs!.map(need => need.job)) {
      bring(jobs[other], path.join(folder, 'jobs', String(order.indexOf(other))), at, reports);
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', job.script.join('\n')], {
      cwd: at, encoding: 'utf8', env: {
        PATH: `${bin}:${process.env.PATH}`, HOME: folder, REAL_PYTHON: '/usr/bin/python3', BEHAVIOUR: behaviour,
        CALLS: path.join(calls, String(order.indexOf(name)).padStart(3, '0')), JOB: name, CI_PROJECT_DIR: at,
        CI_PIPELINE_SOURCE: started.source, CI_COMMIT_BRANCH: started.branch, CI_PIPELINE_ID: '4711', CI_JOB_URL: 'https://gitlab.com/log',
        CI_COMMIT_SHA: 'HEAD', CI_COMMIT_BEFORE_SHA: 'HEAD~1',
        ...(job.id_tokens ? { AWS_ID_TOKEN: tokenOf(job) } : {}), ...reports, ...given,
      },
    });
    ended[name] = status === 0 ? 'success' : 'failed';
    logs[name] = `${stdout}${stderr}`;
    tamper?.(name, at);
  }
  return { ended, logs, calls: callsIn(calls) };
}

/** A token as GitLab makes it, but for its signature. */
function tokenOf({ id_tokens: tokens }: GitlabJob): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'RS256' }), part({ pipeline_id: '4711', aud: tokens!.AWS_ID_TOKEN.aud }), 'signature'].join('.');
}

function bring(from: GitlabJob, folder: string, at: string, reports: { [name: string]: string }): void {
  for (const file of from.artifacts?.paths ?? []) {
    if (!fs.existsSync(path.join(folder, file))) { continue; }
    fs.mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
    fs.copyFileSync(path.join(folder, file), path.join(at, file));
  }
  const report = from.artifacts && path.join(folder, from.artifacts.reports.dotenv);
  if (report && fs.existsSync(report)) {
    Object.assign(reports, Object.fromEntries(fs.readFileSync(report, 'utf8').trim().split('\n').map(line => line.split('='))));
  }
}

function callsIn(folder: string): Call[] {
  const files = fs.readdirSync(folder).sort((a, b) => (
    fs.statSync(path.join(folder, a)).mtimeMs - fs.statSync(path.join(folder, b)).mtimeMs));
  return files.map(file => {
    const [job, tool, ...lines] = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
    const env = Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    return { job, tool, env: Object.fromEntries(SEEN.filter(name => name in env).map(name => [name, env[name]])) };
  });
}
