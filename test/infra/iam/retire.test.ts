import * as fs from 'node:fs';
import * as path from 'node:path';
import { worldOf } from './deliveries';
import { ENVIRONMENT_TAG } from '../../../src/plan/endpoint/own-tagged';
import { PROVEN_TAG } from '../../../src/plan/endpoint/proof-roles';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Context } from '../../../testing/iam/request';

jest.setTimeout(180_000);
afterAll(cleanUp);

const world = worldOf('default');
const [{ environments: [staging, prod] }] = world.plan.groups;
const tagged = (value: string): Context => ({ [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: value });
const own = tagged(staging.endpointName);
const config = world.arn(staging.place, 'sagemaker', 'endpoint-config/EndpointConfig-a1b2');
const model = world.arn(staging.place, 'sagemaker', 'model/Model-a1b2');
const endpoint = world.arn(staging.place, 'sagemaker', `endpoint/${staging.endpointName}`);

test.each<[string, string, string, Context | undefined, boolean]>([
  ['removes a configuration of its environment', 'DeleteEndpointConfig', config, own, true],
  ['removes a model of its environment', 'DeleteModel', model, own, true],
  ['marks what was proven', 'AddTags', config, { ...own, 'aws:TagKeys': [PROVEN_TAG] }, true],
  ['removes another environment\'s', 'DeleteEndpointConfig', config, tagged(prod.endpointName), false],
  ['removes another environment\'s model', 'DeleteModel', model, tagged(prod.endpointName), false],
  ['removes what has no tag', 'DeleteEndpointConfig', config, undefined, false],
  ['removes a model without a tag', 'DeleteModel', model, undefined, false],
  ['makes somebody else\'s its own', 'AddTags', config, { 'aws:TagKeys': [ENVIRONMENT_TAG] }, false],
  ['marks another environment\'s', 'AddTags', config, {
    ...tagged(prod.endpointName), 'aws:TagKeys': [PROVEN_TAG],
  }, false],
  ['gives its own away', 'AddTags', config, { ...own, 'aws:TagKeys': [PROVEN_TAG, ENVIRONMENT_TAG] }, false],
  ['marks a model', 'AddTags', model, { ...own, 'aws:TagKeys': [PROVEN_TAG] }, false],
  ['deletes the endpoint', 'DeleteEndpoint', endpoint, own, false],
  ['changes the endpoint', 'UpdateEndpoint', endpoint, own, false],
  ['makes a model', 'CreateModel', model, { [`aws:RequestTag/${ENVIRONMENT_TAG}`]: staging.endpointName }, false],
])('the retire role %s: %s on %s with %j: %s', async (_, action, resource, context, expected) => {
  const principal = world.role(staging.roles.retire);
  const { allowed } = await evaluate(world.policies, { principal, action: `sagemaker:${action}`, resource, context });
  expect(allowed).toBe(expected);
});

test('the tool goes by the same tags', () => {
  const tool = fs.readFileSync(path.resolve(__dirname, '..', '..', '..', 'tools', 'deploy', 'owned.py'), 'utf8');
  expect(tool).toContain(`ENVIRONMENT_TAG = "${ENVIRONMENT_TAG}"`);
  expect(tool).toContain(`PROVEN_TAG = "${PROVEN_TAG}"`);
});

test.each(['verify', 'deploy', 'publish', 'model'] as const)('the %s role removes nothing', async role => {
  for (const [action, resource] of [['DeleteEndpointConfig', config], ['DeleteModel', model]]) {
    const { allowed } = await evaluate(world.policies, {
      principal: world.role(staging.roles[role]), action: `sagemaker:${action}`, resource, context: own,
    });
    expect(allowed).toBe(false);
  }
});
