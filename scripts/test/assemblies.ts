/**
 * Synthesizes the deliveries that the tests in `integ/infra/python`, `tools/tests` and `testing/journey/python` look
 * at, into the folder that is given: the default one, and beside it those whose events cross accounts and regions.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Delivery } from '../../src/delivery/delivery';
import { planOf } from '../../src/infra/shared/plan';
import { synthesize, synthesizeWithFunction } from '../../testing/deliveries/assemblies';
import { cleanUp } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS, synthesizeWorkflows } from '../../testing/deliveries/workflows';
import { readPolicies } from '../../testing/iam/policies';
import { trustedRoles } from '../../testing/journey/trusted-roles';

const [parent] = process.argv.slice(2);
fs.rmSync(parent, { recursive: true, force: true });
[
  'default', 'sevenAccounts', 'regions', 'batch', 'gxp', 'apis', 'monitored', 'workflows', 'workflowsOfAccounts',
  'workflowsGxp',
].forEach(name => synthesize(name, parent));
synthesizeWithFunction('regions', 'far', parent);
// The roles that trust GitHub, for `testing/journey/python/tests`.
const name = 'workflowsOfAccounts';
const trusted = trustedRoles(planOf(Delivery.of(BY_WORKFLOWS[name])), readPolicies(synthesizeWorkflows(name, parent)));
fs.writeFileSync(path.join(parent, 'github-roles.json'), JSON.stringify(trusted));
cleanUp();
