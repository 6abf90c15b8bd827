import { ENDPOINT_KINDS } from './kinds/kinds';
import type { NamedEnvironment } from './model';
import { ENVIRONMENT_TAG } from './own-tagged';
import { isPerRelease } from './served-names';
import { alarmsOf } from './shift';
import { retireReleases } from '../api/deployed-grants';
import { arn } from '../arn';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';

/** The tag of an endpoint configuration that a smoke test found in service, and well. */
export const PROVEN_TAG = 'sagemaker-cicd:proven';

/** Looking at what was deployed, and asking the endpoint. */
export function verifyRole(environment: NamedEnvironment, runners: readonly string[]): PlannedRole {
  const { place, roles, endpointStack } = environment;
  return {
    ...roles.verify,
    purpose: environment.batch
      ? 'Assumed by checks and smoke tests: reads the score pipeline and its stack, and starts the pipeline.'
      : 'Assumed by checks and smoke tests: reads the endpoint and its stack, and invokes the endpoint.',
    assumedBy: { roles: runners },
    grants: [
      {
        sid: 'Stack',
        actions: ['DescribeStackEvents', 'DescribeStacks', 'UpdateTerminationProtection']
          .map(a => `cloudformation:${a}`),
        resources: [arn(place, 'cloudformation', `stack/${endpointStack}/*`)],
        why: 'Reads from the endpoint stack what was deployed or why that failed, and protects the stack from '
          + 'deletion.',
        wildcard: "CloudFormation appends a generated ID; the stack's name is exact.",
      },
      ...ENDPOINT_KINDS[environment.endpoint.kind].asked(environment),
    ],
  };
}

/** Removing models and endpoint configurations that were replaced. */
export function retireRole(environment: NamedEnvironment, runners: readonly string[]): PlannedRole {
  const { place, roles, endpointName, batch } = environment;
  const configs = arn(place, 'sagemaker', 'endpoint-config/*');
  const models = arn(place, 'sagemaker', 'model/*');
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  const wildcard = 'CloudFormation generates the name; the tag condition limits it to this environment.';
  // A score pipeline has no endpoint configuration: what was proven is its model.
  const [proven, kinds, what] = batch
    ? [models, ['Model'], 'models, except the last proven one'] as const
    : [
      configs, ['EndpointConfig', 'Model'], 'models and endpoint configurations, except the last proven ones',
    ] as const;
  const all = batch ? [models] : [configs, models];
  return {
    ...roles.retire,
    purpose: `Assumed after the smoke test: removes replaced ${what}.`,
    assumedBy: { roles: runners },
    grants: [
      {
        sid: 'List',
        actions: kinds.map(kind => `sagemaker:List${kind}s`),
        resources: ['*'],
        why: 'Finds what earlier deployments left behind.',
        wildcard: 'These calls do not support resource-level permissions (service authorization reference).',
      },
      {
        sid: 'Tags',
        actions: ['sagemaker:ListTags'],
        resources: all,
        why: 'Reads the tag that names the owner.',
        wildcard: 'The lists also contain resources that do not belong to the delivery.',
      },
      {
        sid: 'Proven',
        actions: ['sagemaker:AddTags'],
        resources: [proven],
        conditions: { 'StringEquals': own, 'ForAllValues:StringEquals': { 'aws:TagKeys': [PROVEN_TAG] } },
        why: `Tags a ${batch ? 'model' : 'configuration'} that passed its smoke test, because the last one is kept.`,
        wildcard,
      },
      {
        sid: 'Remove',
        actions: kinds.map(kind => `sagemaker:Delete${kind}`),
        resources: all,
        conditions: { StringEquals: own },
        why: `Removes everything older than the last proven ${batch ? 'model' : 'pair'}.`,
        wildcard,
      },
      ...retireReleases(environment),
    ],
  };
}

/**
 * Returning the endpoint to what was live before. Not the deploy role's: whoever assumes that one can change the stack
 * in any way, and this one is assumed by builds. Which configurations the endpoint may be given is the policy's to say,
 * by the tag that only a passed smoke test gives them.
 */
export function rollBackRole(id: RoleId, environment: NamedEnvironment, runners: readonly string[]): PlannedRole {
  const { place, endpointName } = environment;
  const configs = arn(place, 'sagemaker', 'endpoint-config/*');
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  const notProven: Grant = {
    sid: 'NotProven',
    actions: ['sagemaker:DeleteTags'],
    resources: [configs],
    conditions: { 'StringEquals': own, 'ForAllValues:StringEquals': { 'aws:TagKeys': [PROVEN_TAG] } },
    why: 'Removes the tag from the configuration that is left behind, so that no rollback returns to it.',
    wildcard: 'CloudFormation generates the name; the tag condition limits it to this environment.',
  };
  return {
    ...id,
    purpose: isPerRelease(environment)
      ? 'Assumed when a person rolls back: marks what the API leaves, so that no rollback returns to it.'
      : 'Assumed when a person rolls back: returns the endpoint to a proven configuration at once.',
    assumedBy: { roles: runners },
    grants: [
      ...(isPerRelease(environment) ? [notProven] : [...updates(environment), notProven, ...ended(environment)]),
    ],
  };
}

/** Returning an endpoint that has a fixed name; that of one release is never updated. */
function updates(environment: NamedEnvironment): Grant[] {
  const { place, endpointName } = environment;
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  return [
    {
      sid: 'Endpoint',
      actions: ['sagemaker:UpdateEndpoint'],
      resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)],
      why: 'Returns the endpoint to an earlier configuration.',
    },
    {
      sid: 'ProvenConfig',
      actions: ['sagemaker:UpdateEndpoint'],
      resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
      conditions: { StringEquals: own, Null: { [`aws:ResourceTag/${PROVEN_TAG}`]: 'false' } },
      why: 'Gives the endpoint a configuration that passed its smoke test.',
      wildcard: 'CloudFormation generates the name; the conditions admit only proven ones of this environment.',
    },
  ];
}

/** Ending the update of an endpoint, and having it encrypt its volumes again. */
function ended(environment: NamedEnvironment): Grant[] {
  const { place, endpointName } = environment;
  return [
    {
      sid: 'EndUpdate',
      actions: ['cloudwatch:SetAlarmState'],
      resources: [arn(place, 'cloudwatch', alarmsOf(endpointName))],
      why: 'Triggers a rollback alarm while an update is in progress, because SageMaker accepts no other update '
        + 'then.',
      wildcard: "The name of the configuration is part of the alarm's; the endpoint's name is exact.",
    },
    ...ENDPOINT_KINDS[environment.endpoint.kind].encrypted(environment),
  ];
}
