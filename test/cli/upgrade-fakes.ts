import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * A program that stands for a real one: a Node.js script that is found on the PATH and fails for whatever it does not
 * know.
 */
export function fakeProgram(directory: string, name: string, body: string): void {
  const file = path.join(directory, name);
  fs.writeFileSync(
    file, `#!${process.execPath}\nconst fs = require('fs');\nconst argv = process.argv.slice(2);\n${RECORD}\n${body}\n`,
    { mode: 0o755 },
  );
}

/** Every call is recorded, one JSON array per line. */
const RECORD =
  "fs.appendFileSync(process.env.FAKE_LOG, JSON.stringify([require('path').basename(process.argv[1]), ...argv]) + "
    + "'\\n');";

/**
 * Takes flags off the arguments; one that is not in the list ends the program. Those whose name ends with "=" take a
 * value.
 */
export const FLAGS = `
function flags(args, known) {
  const found = { rest: [] };
  for (let i = 0; i < args.length; i++) {
    if (!args[i].startsWith('--')) { found.rest.push(args[i]); continue; }
    const name = args[i];
    if (known.includes(name + '=')) {
      found[name] = args[++i];
      if (found[name] === undefined) { fail('no value for ' + name); }
    }
    else if (known.includes(name)) { found[name] = true; }
    else { fail('unknown flag: ' + name); }
  }
  return found;
}
function fail(why) { console.error(why); process.exit(2); }
function read() { return JSON.parse(fs.readFileSync(process.env.FAKE_STATE, 'utf8')); }
function write(state) { fs.writeFileSync(process.env.FAKE_STATE, JSON.stringify(state)); }
`;

/** gh as far as the workflow uses it (GitHub CLI manual, gh pr). */
export const GH = `${FLAGS}
if (!process.env.GH_TOKEN || process.env.GH_HOST !== 'github.example.com') { fail('not authenticated'); }
const [group, command, ...rest] = argv;
if (group !== 'pr') { fail('unknown command ' + group); }
const known = {
  list: ['--head=', '--base=', '--state=', '--json=', '--jq='],
  create: ['--head=', '--base=', '--title=', '--body-file=', '--draft'],
  edit: ['--title=', '--body-file='],
  ready: ['--undo'],
}[command];
if (!known) { fail('unknown command pr ' + command); }
const given = flags(rest, known);
const state = read();
if (command === 'list') {
  const open = state.filter(pr => pr.head === given['--head'] && pr.base === given['--base']);
  if (given['--jq'] !== '.[0].number // empty') { fail('jq is not that of the test'); }
  if (open.length > 0) { console.log(open[0].number); }
} else if (command === 'create') {
  if (given.rest.length > 0) { fail('arguments: ' + given.rest); }
  state.push({
    number: 7, head: given['--head'], base: given['--base'], title: given['--title'],
    body: fs.readFileSync(given['--body-file'], 'utf8'), draft: !!given['--draft'],
  });
} else {
  const pr = state.find(one => String(one.number) === given.rest[0]);
  if (!pr) { fail('no pull request ' + given.rest); }
  if (command === 'edit') {
    pr.title = given['--title'];
    pr.body = fs.readFileSync(given['--body-file'], 'utf8');
  } else { pr.draft = !!given['--undo']; }
}
write(state);`;

/** The AWS command line as far as the scheduled build uses it (CodeCommit API reference; aws s3 cp). */
export const AWS = `${FLAGS}
const [service, command, ...rest] = argv;
const state = read();
if (service === 's3' && command === 'cp') {
  const { rest: [from, to] } = flags(rest, ['--only-show-errors']);
  state.objects[to] = fs.readFileSync(from, 'utf8');
  write(state);
  process.exit(0);
}
if (service !== 'codecommit') { fail('unknown operation ' + service + ' ' + command); }
const known = {
  'list-pull-requests': ['--repository-name=', '--pull-request-status=', '--query=', '--output='],
  'get-pull-request': ['--pull-request-id=', '--query=', '--output='],
  'create-pull-request': ['--title=', '--description=', '--targets='],
  'update-pull-request-title': ['--pull-request-id=', '--title='],
  'update-pull-request-description': ['--pull-request-id=', '--description='],
}[command];
if (!known) { fail('unknown operation ' + command); }
const given = flags(rest, known);
const pr = state.pullRequests.find(one => one.id === given['--pull-request-id']);
if (given['--title'] !== undefined && given['--title'].length > 150) { fail('title too long'); }
if (given['--description'] !== undefined && given['--description'].length > 10240) { fail('description too long'); }
switch (command) {
  case 'list-pull-requests': console.log(state.pullRequests.map(one => one.id).join('\\t')); break;
  case 'get-pull-request': console.log(pr.source + '\\t' + pr.destination); break;
  case 'create-pull-request': {
    const target = Object.fromEntries(given['--targets'].split(',').map(part => part.split('=')));
    state.pullRequests.push({
      id: '3', title: given['--title'], description: given['--description'],
      source: target.sourceReference, destination: target.destinationReference,
    });
    break;
  }
  case 'update-pull-request-title': pr.title = given['--title']; break;
  default: pr.description = given['--description'];
}
write(state);`;

/** A temporary directory; `remove` removes all of them. */
export class Temporary {
  private readonly made: string[] = [];

  public make(): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'upgrade-test-'));
    this.made.push(directory);
    return directory;
  }

  public remove(): void {
    this.made.splice(0).forEach(directory => fs.rmSync(directory, { recursive: true, force: true }));
  }
}
