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
    purpose: 'Assumed by checks and smoke tests: reads the endpoint and its stack, and invokes the endpoint.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'Stack',
        actions: ['cloudformation:DescribeStacks', 'cloudformation:UpdateTerminationProtection'],
        resources: [arn(place, 'cloudformation', `stack/${endpointStack}/*`)],
        why: 'Reads from the endpoint stack what was deployed, and protects the stack from deletion.',
        wildcard: "CloudFormation appends a generated ID; the stack's name is exact.",
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
  const wildcard = 'CloudFormation generates the name; the tag condition limits it to this environment.';
  return {
    ...roles.retire,
    purpose: 'Assumed after the smoke test: removes replaced models and endpoint configurations, except the last '
      + 'proven ones.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'List',
        actions: ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'],
        resources: ['*'],
        why: 'Finds what earlier deployments left behind.',
        wildcard: 'These calls do not support resource-level permissions (service authorization reference).',
      },
      {
        sid: 'Tags',
        actions: ['sagemaker:ListTags'],
        resources: [configs, models],
        why: 'Reads the tag that names the owner.',
        wildcard: 'The lists also contain resources that do not belong to the delivery.',
      },
      {
        sid: 'Proven',
        actions: ['sagemaker:AddTags'],
        resources: [configs],
        conditions: { 'StringEquals': own, 'ForAllValues:StringEquals': { 'aws:TagKeys': [PROVEN_TAG] } },
        why: 'Tags a configuration that passed its smoke test, because the last one is kept.',
        wildcard,
      },
      {
        sid: 'Remove',
        actions: ['sagemaker:DeleteEndpointConfig', 'sagemaker:DeleteModel'],
        resources: [configs, models],
        conditions: { StringEquals: own },
        why: 'Removes everything older than the last proven pair.',
        wildcard,
      },
    ],
  };
}
