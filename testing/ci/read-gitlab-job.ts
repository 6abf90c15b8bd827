import type { GitlabJob, GitlabJobs } from './gitlab-pipeline';
import { COMMIT, literal, type NeutralAction, PEOPLE_IN_AWS, THE_RUN } from './neutral';

/** What a job does, and when there is nothing to do for it. */
export interface ReadGitlabJob {
  readonly actions: readonly NeutralAction[];
  readonly strange: readonly string[];
}

interface Block { readonly name: string; readonly lines: readonly string[] }

const TAKES_OVER = /^echo "\$(DIGEST_OF_\w+) {2}\$CI_PROJECT_DIR\/(handed-on\/[\w.-]+\.tar)" \| sha256sum --check --strict --status \|\| \{ .*; exit 1; \}$/;

/** Reads the script of a job; what it does not know is told. `is` says what another job of the file does. */
export function readGitlabJob(name: string, job: GitlabJob, jobs: GitlabJobs, is: (job: string) => string): ReadGitlabJob {
  const strange: string[] = [];
  const tell = (what: string) => { strange.push(`${name}: ${what}`); };
  const blocks = job.script.map((text): Block => {
    const [first, ...lines] = text.split('\n');
    return { name: first.replace(/^# /, ''), lines };
  });
  const of = (wanted: string) => blocks.find(block => block.name === wanted)?.lines;
  const variables: { [name: string]: string } = {};
  const takes: string[] = [];
  const inputs: string[] = [];
  const onlyIf: string[] = [];

  const begin = of('begin') ?? [];
  if (begin[0] !== 'set -eo pipefail') { tell('it goes on after a command that fails'); }
  for (const line of begin.slice(2)) { Object.assign(variables, exported(line) ?? (tell(line), {})); }

  const role = signedIn(job, of('sign in'), tell);
  if (role !== undefined) { variables.EXECUTION_ID = THE_RUN; }
  const checksOut = job.variables.GIT_STRATEGY === 'clone';
  if (checksOut) { takes.push(`Source at ${COMMIT}`); } else if (job.variables.GIT_STRATEGY !== 'none') { tell('what is checked out'); }

  for (const { name: title, lines } of blocks) {
    const from = /^take over from (.*)$/.exec(title)?.[1];
    if (from !== undefined) {
      const optional = lines[0] === 'if [ "$CI_PIPELINE_SOURCE" != push ]; then' && lines.at(-1) === 'fi';
      const [checks, ...rest] = optional ? lines.slice(1, -1) : lines;
      takeOver(from, checks, rest);
    } else if (title === 'only if there is something to do') {
      onlyIf.push(conditionOf(lines));
    } else if (title.startsWith('fetch ')) {
      const [, parameter] = /^PARAMETER=(\S+) python3 - <<'FETCH'$/.exec(lines[1]) ?? [];
      takes.push(`${title.slice(6)} at ${parameter}`);
    } else if (title === 'locate') {
      const [, parameter] = /^PARAMETER=(\S+) python3 - > "\$OWN\/located\.env" <<'LOCATE'$/.exec(lines[0]) ?? [];
      takes.push(`Tools at ${parameter}`);
    } else if (title === 'SDK') {
      const packages = lines.filter(line => /^\w\S*==/.test(line));
      if (packages.length === 0 || packages.some(line => !/ --hash=sha256:[0-9a-f]{64}/.test(line))
        || !lines.at(-1)!.includes(' --no-deps --require-hashes --only-binary :all: ')) { tell('an SDK without hashes'); }
    } else if (title === 'variables') {
      for (const line of lines) { Object.assign(variables, madeOf(line, variables) ?? (tell(line), {})); }
    } else if (title === 'commit' && lines.join('\n') !== CHECKS_OUT) { tell('what is checked out'); }
  }
  const actions = worksOf(blocks, tell).map(({ does, beside, runs, with: more = {} }): NeutralAction => ({
    does, ...(role === undefined ? {} : { role }), ...(beside ? { beside } : {}), ...(runs ? { runs } : {}),
    onlyIf: [...onlyIf].sort(), variables: { ...variables, ...more }, takes: [...takes, ...inputs].sort(),
    host: role === undefined ? [] : ['identity'],
    ...(job.environment ? { behind: job.environment.name } : {}), ...(does === 'approve' ? { asks: PEOPLE_IN_AWS } : {}),
  }));
  return { actions, strange };

  /** What another job has left, if that is looked at before it is read or unpacked. */
  function takeOver(from: string, checks: string, rest: readonly string[]): void {
    const [, digest, file] = TAKES_OVER.exec(checks) ?? [];
    const left = jobs[from]?.artifacts;
    const handsOn = jobs[from]?.script.at(-1) ?? '';
    const isLeft = left?.paths.includes(file) && handsOn.includes(`tar -cf "$CI_PROJECT_DIR/${file}"`)
      && handsOn.includes(`'%s=%s\\n' ${digest} "$(sha256sum < "$CI_PROJECT_DIR/${file}"`)
      && handsOn.endsWith(`"$CI_PROJECT_DIR/${left.reports.dotenv}"`);
    const gets = job.dependencies?.includes(from) || job.needs?.some(need => need.job === from);
    if (!digest || !isLeft || !gets) { tell(`it takes over from ${from} what nobody has left, or noted`); return; }
    for (const line of rest) {
      if (line === `VALUES="$(mktemp -d)"; tar -C "$VALUES" -xf "$CI_PROJECT_DIR/${file}" .handed-on.sh; . "$VALUES/.handed-on.sh"`) {
        for (const [, variable] of handsOn.matchAll(LEAVES)) {
          variables[variable] = `${variable} of ${is(from)}`;
        }
      } else if (line.startsWith('tar ')) {
        const [, target] = /^tar -C (\S+) --exclude=\.\/\.handed-on\.sh --exclude=\.handed-on\.sh -xf /.exec(line) ?? [];
        inputs.push(`${nameOf(target ?? '', is(from))} of ${is(from)}`);
      } else if (!line.startsWith('mkdir -p ')) { tell(line); }
    }
  }
}

/** A line that leaves a variable as a word of one line. */
const LEAVES = new RegExp(String.raw`^printf 'export %s=%q\\n' (\w+)`
  + String.raw` "\$\(printf '%s' "\$\1" \| tr '\\r\\n' ' {2}'\)" >> "\$VALUES/\.handed-on\.sh"$`, 'gm');

/** How an input is called: those of a folder of their own by that, the one that a job works in by what leaves it. */
function nameOf(target: string, from: string): string {
  const [, input] = /^"\$INPUTS\/(\w+)"$/.exec(target) ?? [];
  return input ?? { fetch: 'Infrastructure', synth: 'Assembly', prepare: 'Deployment' }[from.split(' ')[0]] ?? target;
}

function exported(line: string): { [name: string]: string } | undefined {
  const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
  if (name === undefined) { return undefined; }
  const text = value.startsWith("'") ? value.slice(1, -1).replaceAll("'\\''", "'") : value;
  if (!value.startsWith("'") && !/^[\w./:@%+=,-]*$/.test(value)) { return undefined; }
  return { [name]: text === '$[[ inputs.request ]]' ? 'request asked' : literal(text) };
}

const CHECKS_OUT = 'if [ "$GIT_COMMIT" != "$CI_COMMIT_SHA" ]; then git fetch --quiet origin "$GIT_COMMIT"; '
  + 'git checkout --quiet --detach "$GIT_COMMIT"; fi';

/** Variables that the shell makes. */
function madeOf(line: string, variables: { readonly [name: string]: string }): { [name: string]: string } | undefined {
  if (line === 'export GIT_COMMIT="$(if [ "$COMMIT" = none ]; then echo "$CI_COMMIT_SHA"; else echo "$COMMIT"; fi)"') {
    return { GIT_COMMIT: COMMIT };
  }
  return line === 'export RETRAINING_REASON="$REASON"' ? { RETRAINING_REASON: variables.REASON } : undefined;
}

/** The role of a job, if its token is for that role alone and nothing else has an identity. */
function signedIn(job: GitlabJob, lines: readonly string[] | undefined, tell: (what: string) => void): string | undefined {
  const tokens = Object.entries(job.id_tokens ?? {});
  if (!lines) {
    if (tokens.length > 0) { tell('a token that nothing needs'); }
    return undefined;
  }
  const [, role] = /AWS_ROLE_ARN=arn:[\w-]+:iam::\d+:role\/(\S+) /.exec(lines.join('\n')) ?? [];
  const isOwn = tokens.length === 1 && tokens[0][0] === 'AWS_ID_TOKEN' && tokens[0][1].aud === `sts.amazonaws.com/${role}`;
  if (!isOwn) { tell(`its token is not for ${role} alone`); }
  if (!lines.some(line => line.startsWith('EXECUTION_ID="gl-$(python3 -c \'') && line.includes('["AWS_ID_TOKEN"]')
    && line.includes('["pipeline_id"]'))) { tell('the execution is not what the token says'); }
  return role;
}

const CHANGES = new RegExp(String.raw`^\{ \[ "\$CI_PIPELINE_SOURCE" != push \] \|\| ! git diff --quiet `
  + String.raw`"\$CI_COMMIT_BEFORE_SHA" "\$CI_COMMIT_SHA" -- '\.' (.*) 2>/dev/null; \}$`);

function conditionOf(lines: readonly string[]): string {
  const [, condition] = /^if ! (.*); then echo "There is nothing to do\."; exit 0; fi$/.exec(lines.join('\n')) ?? [];
  const [, name, value] = /^\[ "\$(\w+)" = (\w+) \]$/.exec(condition ?? '') ?? [];
  if (name !== undefined) { return `${name} is "${value}"`; }
  const [, paths] = CHANGES.exec(condition ?? '') ?? [];
  return paths === undefined ? lines.join('\n') : `a push changes more than ${paths.replace(/':\(exclude,glob\)|'/g, '')}`;
}

interface Work {
  readonly does: string;
  readonly beside?: true;
  readonly runs?: readonly string[];
  readonly with?: { readonly [name: string]: string };
}

const AROUND = /^(begin|take over from .*|only if there is something to do|variables|tools|sign in|SDK|locate|fetch .*|work|commit|summary|show|hand on)$/;

const VERIFIES = [
  'export SUMMARY="$TOOL of $ENVIRONMENT"', 'rm -f exports.sh', 'python3 "tools/$TOOL.py"',
  'if [ -f exports.sh ]; then . ./exports.sh; fi',
];

/** Tools that stand in for an action of another engine. */
const NAMES: { readonly [tool: string]: string } = {
  await_approval: 'approve', change_set: 'changeSet', execute_change_set: 'execute',
};

const COMMANDS: { readonly [does: string]: string } = {
  take: 'python3 -u take.py\n. ./exports.sh', finish: 'python3 -u finish.py', sweep: 'python3 -u gitlab_sweep.py',
  prepare: 'python3 "$INPUTS/Tools/prepare.py" --assembly cdk.out --output deployment\n. deployment/exports.sh',
};

/** What a job does between what is around it. */
function worksOf(blocks: readonly Block[], tell: (what: string) => void): Work[] {
  const works: Work[] = [];
  const repository: string[] = [];
  for (const { lines } of blocks.filter(block => !AROUND.test(block.name))) {
    const text = lines.join('\n');
    const known = Object.entries(COMMANDS).find(([, commands]) => commands === text)?.[0];
    const verified = verifiedTools(lines);
    const change = changes(lines);
    const found = known ? [{ does: known }] : verified ?? change?.map(does => ({ does }));
    if (found) { works.push(...found); } else { repository.push(...lines); }
  }
  if (repository.length > 0) {
    if (works.length > 0) { tell('code of the repository beside tools'); }
    works.unshift({ does: repository.some(line => line.includes('pipelines start')) ? 'build' : 'synth', runs: repository });
  }
  return works.length > 0 ? works : [{ does: 'fetch' }];
}

function verifiedTools(lines: readonly string[]): Work[] | undefined {
  const at = lines.findIndex(line => line === 'wait "$beside" || failed=1');
  const ways = at < 0 ? [lines] : [
    lines.slice(lines.indexOf(') &') + 3, lines.lastIndexOf(') &')), lines.slice(1, lines.indexOf(') &')),
  ];
  if (at >= 0 && lines.slice(at).join('\n') !== 'wait "$beside" || failed=1\nwait "$itself" || failed=1\n[ "$failed" = 0 ]') {
    return undefined;
  }
  const found = ways.map((way, i): Work | undefined => {
    const given = way.slice(0, -VERIFIES.length).map(line => /^export (\w+)=([\w.-]+)$/.exec(line));
    if (way.slice(-VERIFIES.length).join('\n') !== VERIFIES.join('\n') || given.includes(null)) { return undefined; }
    const { TOOL: tool, ...more } = Object.fromEntries(given.map(match => [match![1], match![2]]));
    const literals = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, literal(value)]));
    return { does: NAMES[tool] ?? tool, with: literals, ...(i > 0 ? { beside: true } : {}) };
  });
  return found.every(work => work !== undefined) ? found as Work[] : undefined;
}

/** What a step of the infrastructure does with the tools that it fetches into a folder of their own. */
function changes(lines: readonly string[]): string[] | undefined {
  const fetches = lines.findIndex(line => line === 'tools="$(mktemp -d)"');
  if (fetches < 0 || !lines[fetches + 1]?.startsWith('(cd "$tools" && python3 -c ')) { return undefined; }
  const rest = lines.slice(fetches + 2).join('\n');
  const [awaits, executes] = [
    'ENVIRONMENT="$STAGE" python3 -u "$tools/await_change.py"', 'python3 "$tools/execute_shown.py" cdk.out "$INPUTS/Diff"',
  ];
  if (rest === executes) { return ['execute']; }
  if (rest === 'python3 -u "$tools/telling.py"') { return ['tell']; }
  if (rest === `${awaits}\n${executes}`) { return ['approve', 'execute']; }
  return rest === 'rm -rf diff; mkdir diff\npython3 "$tools/show.py" cdk.out diff\n. diff/exports.sh' ? ['diff'] : undefined;
}
