import { worldOf } from './deliveries';
import { ENVIRONMENT_TAG } from '../../../src/plan/endpoint/own-tagged';
import { PROVEN_TAG } from '../../../src/plan/endpoint/proof-roles';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Context } from '../../../testing/iam/request';

jest.setTimeout(180_000);
afterAll(cleanUp);

const world = worldOf('default');
const [{ environments: [staging, prod], roles, pipelines }] = world.plan.groups;
const sagemaker = (resource: string) => world.arn(staging.place, 'sagemaker', resource);
const alarm = (name: string) => world.arn(staging.place, 'cloudwatch', `alarm:${name}`);
const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: staging.endpointName };
const proven = { ...own, [`aws:ResourceTag/${PROVEN_TAG}`]: '2026-01-01T00:00:00Z' };
const config = sagemaker('endpoint-config/EndpointConfig-a1b2');
const untag = { ...own, 'aws:TagKeys': [PROVEN_TAG] };

test.each<[string, string, string, Context | undefined, boolean]>([
  ['changes its endpoint', 'sagemaker:UpdateEndpoint', sagemaker(`endpoint/${staging.endpointName}`), undefined, true],
  ['gives it a proven configuration', 'sagemaker:UpdateEndpoint', config, proven, true],
  ['gives it one that was never proven', 'sagemaker:UpdateEndpoint', config, own, false],
  ['gives it another environment\'s', 'sagemaker:UpdateEndpoint', config, {
    ...proven, [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: prod.endpointName,
  }, false],
  ['changes another endpoint', 'sagemaker:UpdateEndpoint', sagemaker(`endpoint/${prod.endpointName}`), proven, false],
  ['proves a configuration', 'sagemaker:AddTags', config, untag, false],
  ['takes the proof away', 'sagemaker:DeleteTags', config, untag, true],
  ['takes the owner\'s tag away', 'sagemaker:DeleteTags', config, { ...own, 'aws:TagKeys': [ENVIRONMENT_TAG] }, false],
  ['ends an update', 'cloudwatch:SetAlarmState', alarm(`${staging.endpointName}/server-errors/C`), undefined, true],
  ['sets another endpoint\'s alarm', 'cloudwatch:SetAlarmState', alarm(`${prod.endpointName}/x/C`), undefined, false],
  ['sets an alarm of the user\'s own', 'cloudwatch:SetAlarmState', alarm('business'), undefined, false],
  ['makes a configuration', 'sagemaker:CreateEndpointConfig', config, {
    [`aws:RequestTag/${ENVIRONMENT_TAG}`]: staging.endpointName,
  }, false],
  ['deletes the endpoint', 'sagemaker:DeleteEndpoint', sagemaker(`endpoint/${staging.endpointName}`), own, false],
])('the rollback role %s: %s on %s with %j: %s', async (_, action, resource, context, expected) => {
  const principal = world.role(staging.roles.rollBack!);
  const { allowed } = await evaluate(world.policies, { principal, action, resource, context });
  expect(allowed).toBe(expected);
});

const metric = (name: string) => ({ 'cloudwatch:namespace': `sagemaker-cicd/${name}` });

test.each<[string, string, string, Context | undefined, boolean]>([
  ['counts wrong answers of its endpoint', 'cloudwatch:PutMetricData', '*', metric(prod.endpointName), true],
  ['counts those of another', 'cloudwatch:PutMetricData', '*', metric(staging.endpointName), false],
  ['puts metrics of SageMaker', 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/SageMaker' }, false],
  ['puts metrics without a namespace', 'cloudwatch:PutMetricData', '*', undefined, false],
  ['asks its endpoint', 'sagemaker:InvokeEndpoint', sagemaker(`endpoint/${prod.endpointName}`), undefined, true],
  ['asks another', 'sagemaker:InvokeEndpoint', sagemaker(`endpoint/${staging.endpointName}`), undefined, false],
  ['sets an alarm', 'cloudwatch:SetAlarmState', alarm(`${prod.endpointName}/golden-answers/C`), undefined, false],
  ['disables an alarm', 'cloudwatch:DisableAlarmActions', alarm(`${prod.endpointName}/x/C`), undefined, false],
  ['deletes an alarm', 'cloudwatch:DeleteAlarms', alarm(`${prod.endpointName}/golden-answers/C`), undefined, false],
])('golden rows during an update: the verify role %s (%s on %s with %j): %s', async (...[, action, resource, context,
  expected]) => {
  const principal = world.role(prod.roles.verify);
  const { allowed } = await evaluate(world.policies, { principal, action, resource, context });
  expect(allowed).toBe(expected);
});

test('nobody but people and the deploy builds starts the deploy pipeline, and nobody beside its own role updates it',
  async () => {
    const resource = world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline);
    const may: string[] = [];
    for (const principal of world.policies.roles.keys()) {
      for (const action of ['codepipeline:StartPipelineExecution', 'codepipeline:UpdatePipeline']) {
        const { allowed } = await evaluate(world.policies, { principal, action, resource });
        if (allowed) { may.push(`${principal.split('/').pop()} ${action.split(':')[1]}`); }
      }
    }
    expect(may.sort()).toEqual([
      `${roles.deployRunner.name} StartPipelineExecution`, `${roles.gate.name} StartPipelineExecution`,
      `${roles.releaser.name} StartPipelineExecution`,
    ].sort());
  });

test('no role updates an endpoint but CloudFormation\'s and the one for returns', async () => {
  const may: string[] = [];
  for (const principal of world.policies.roles.keys()) {
    const request = { principal, action: 'sagemaker:UpdateEndpoint' };
    const endpoint = sagemaker(`endpoint/${prod.endpointName}`);
    const { allowed } = await evaluate(world.policies, { ...request, resource: endpoint });
    if (allowed) { may.push(principal.split('/').pop()!); }
  }
  expect(may.sort()).toEqual([prod.roles.cloudFormation.name, prod.roles.rollBack!.name].sort());
});

test('no role but that of the deploy builds writes or clears a record, people included', async () => {
  const records = `${world.bucket(pipelines.records, pipelines.place)}/rollbacks/prod/1.json`;
  const may: string[] = [];
  for (const principal of world.policies.roles.keys()) {
    for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion']) {
      const { allowed } = await evaluate(world.policies, { principal, action, resource: records });
      if (allowed) { may.push(`${principal.split('/').pop()} ${action}`); }
    }
  }
  expect(may).toEqual([`${roles.deployRunner.name} s3:PutObject`]);
});

test.each(['verify', 'deploy', 'retire', 'publish', 'model'] as const)('the %s role returns nothing', async role => {
  const { allowed } = await evaluate(world.policies, {
    principal: world.role(staging.roles[role]), action: 'sagemaker:UpdateEndpoint', resource: config, context: proven,
  });
  expect(allowed).toBe(false);
});
