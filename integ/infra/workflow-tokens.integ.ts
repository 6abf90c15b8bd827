import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { keptAssembly } from '../../testing/deliveries/kept';
import { temporary } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';
import { readPolicies } from '../../testing/iam/policies';
import { rolesOfJobs, trustingGithub } from '../../testing/iam/workflow-roles';
import { selection } from '../../testing/selection';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }

/** The simulator's tests: a table of attacks for any role, signed by an issuer and decided by the policy judge. */
const SIMULATOR = path.resolve(__dirname, '..', '..', 'testing', 'journey', 'python');

const deliveries = Object.keys(BY_WORKFLOWS);

/** Those whose roles are attacked; `testing/journey/python/tests` attacks the ones over several accounts in any run. */
const attacked = selection('deliveries whose roles are attacked', deliveries, 1);

describe.each(deliveries)('%s', name => {
  const found = trustingGithub(readPolicies(keptAssembly(name)));
  const jobs = rolesOfJobs(name);
  const arnOf = (role: string) => `arn:aws:iam::111111111111:role/${role}`;

  test('the roles that trust GitHub are those that a job takes on', () => {
    expect(found.map(({ arn }) => arn).sort()).toEqual(jobs.map(({ role }) => arnOf(role.name)).sort());
  });

  if (!attacked.includes(name)) { return; }

  test('each is given to its own jobs, with both forms of the subject, to nobody else, and by no condition in vain', () => {
    const file = path.join(temporary(), 'roles.json');
    fs.writeFileSync(file, JSON.stringify(Object.fromEntries(jobs.map(({ role, origins }) => {
      const arn = arnOf(role.name);
      return [arn, { trust: found.find(each => each.arn === arn)!.trust, origins }];
    }))));
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/test_synthesized_roles.py'];
    const { status, stdout, stderr } = spawnSync(path.join(tools, 'bin', 'python'), args, {
      cwd: SIMULATOR, encoding: 'utf-8', env: { ...process.env, GITHUB_ROLES: file },
    });
    expect({ status, output: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
    // One for each role, and twice, and one for each condition of each.
    expect(Number(/(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(jobs.length * 6);
  });
});
