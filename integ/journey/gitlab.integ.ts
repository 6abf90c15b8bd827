import * as fs from 'node:fs';
import * as path from 'node:path';
import { Delivery } from '../../src/delivery/delivery';
import { planOf } from '../../src/infra/shared/plan';
import { BY_GITLAB, synthesizeGitlab } from '../../testing/deliveries/gitlab';
import { cleanUp } from '../../testing/deliveries/synth';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { factsOf } from '../../testing/journey/facts';
import { renderWorkflows } from '../../testing/journey/generated';
import { play, type Run } from '../../testing/journey/play';
import { selection } from '../../testing/selection';

if (!process.env.TOOLS_VENV) {
  throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.');
}

afterAll(() => {
  cleanUp();
  removeTemporary();
});

const parent = temporaryDirectory('gitlab');
const assembly = synthesizeGitlab('gitlab', parent);
const facts = factsOf(planOf(Delivery.of(BY_GITLAB.gitlab)));
const repository = renderWorkflows(BY_GITLAB.gitlab, path.join(parent, 'repository'));
const DEPLOY = '.gitlab/ci/deploy-main.yml';

/** A copy of the repository in which a job is another one. */
function spoilt(name: string, job: string, change: (text: string) => string): string {
  const copy = path.join(parent, name.replaceAll(' ', '-'));
  fs.cpSync(repository, copy, { recursive: true });
  const text = fs.readFileSync(path.join(copy, DEPLOY), 'utf8');
  const changed = text.replace(new RegExp(`^deploy-main:${job}:\\n(?: {2,}.*\\n| *\\n)*`, 'm'), change);
  if (changed === text) { throw new Error(`${job} is not changed`); }
  fs.writeFileSync(path.join(copy, DEPLOY), changed);
  return copy;
}

test('pipelines of GitLab build, change the infrastructure, and bring approved versions to production', async () => {
  const [{ error, lines }] = await play([{ name: 'gitlab', assembly, facts, repository }]);
  expect(error ? lines.slice(-40).join('\n') : '').toBe('');
}, 900_000);

/** What is spoilt, the job, how, and what the journey then says. */
const FAULTS: ReadonlyArray<readonly [string, string, (text: string) => string, RegExp]> = [
  ['the role of another job', 'deploy-staging', text => text.replaceAll('main-staging-shipper', 'main-preparer'), /not allowed|AccessDenied/],
  ['a token for another role', 'check-prod', text => text.replace(/aud: .*/, 'aud: sts.amazonaws.com/churn-main-prod-shipper'),
    /AssumeRoleWithWebIdentity/],
  ['a token for nobody that is known', 'take', text => text.replace(/aud: .*/, 'aud: https://gitlab.com'), /Incorrect token audience/],
  ['no approval', 'deploy-prod', text => text.replace(/^ {4}- \|-\n {6}# await_approval\n(?: {6}.*\n)*/m, ''), /people were asked about/],
  ['a request that nobody finishes', 'end', text => text.replace('python3 -u finish.py', 'true'), /is not done/],
];

test('the journey notices what is spoilt', async () => {
  const faults = selection('faults of pipelines of GitLab', FAULTS, 1);
  const played = await play(faults.map(([name, job, change]): Run => ({
    name: name.replaceAll(' ', '-'), assembly, facts, repository: spoilt(name, job, change), scenes: ['deployed'],
  })));
  const said = Object.fromEntries(played.map(({ name, error }) => [name.replaceAll('-', ' '), error]));
  for (const [name, , , word] of faults) { expect({ name, error: said[name] }).toEqual({ name, error: expect.stringMatching(word) }); }
}, 900_000);
