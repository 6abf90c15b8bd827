import { ENDPOINT_KINDS } from './kinds/kinds';
import type { NamedEnvironment } from './model';
import { ENVIRONMENT_TAG } from './own-tagged';
import { arn } from '../arn';
import type { PlannedRole } from '../roles/role-model';

/** The tag of an endpoint configuration that a smoke test found in service, and well. */
export const PROVEN_TAG = 'sagemaker-cicd:proven';

/** Looking at what was deployed, and asking the endpoint. */
export function verifyRole(environment: NamedEnvironment, runner: string): PlannedRole {
  const { place, roles, endpointStack } = environment;
  return {
    ...roles.verify,
    purpose: 'Taken on by the checks and the smoke test: looks at endpoint and endpoint stack, and invokes the '
      + 'endpoint.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'Stack',
        actions: ['cloudformation:DescribeStacks', 'cloudformation:UpdateTerminationProtection'],
        resources: [arn(place, 'cloudformation', `stack/${endpointStack}/*`)],
        why: 'What was deployed is read from the endpoint stack, which is protected from deletion after it was made.',
        wildcard: 'CloudFormation appends an id that it makes up; the stack\'s name is exact.',
      },
      ...ENDPOINT_KINDS[environment.endpoint.kind].asked(environment),
    ],
  };
}

/** Removing models and endpoint configurations that were replaced. */
export function retireRole({ place, roles, endpointName }: NamedEnvironment, runner: string): PlannedRole {
  const configs = arn(place, 'sagemaker', 'endpoint-config/*');
  const models = arn(place, 'sagemaker', 'model/*');
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  const wildcard = 'CloudFormation makes up the name; the tag in the condition keeps it to this environment.';
  return {
    ...roles.retire,
    purpose: 'Taken on after the smoke test: removes models and endpoint configurations that were replaced, but for '
      + 'the last ones that were proven.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'List',
        actions: ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'],
        resources: ['*'],
        why: 'What deployments have left is looked for.',
        wildcard: 'These calls know no resources (service authorization reference).',
      },
      {
        sid: 'Tags',
        actions: ['sagemaker:ListTags'],
        resources: [configs, models],
        why: 'Whose something is, its tag says.',
        wildcard: 'The lists have those of others too.',
      },
      {
        sid: 'Proven',
        actions: ['sagemaker:AddTags'],
        resources: [configs],
        conditions: { 'StringEquals': own, 'ForAllValues:StringEquals': { 'aws:TagKeys': [PROVEN_TAG] } },
        why: 'A configuration that passed its smoke test is marked, because the last one of these is kept.',
        wildcard,
      },
      {
        sid: 'Remove',
        actions: ['sagemaker:DeleteEndpointConfig', 'sagemaker:DeleteModel'],
        resources: [configs, models],
        conditions: { StringEquals: own },
        why: 'What is older than the last proven pair is removed.',
        wildcard,
      },
    ],
  };
}
