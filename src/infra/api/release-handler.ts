import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnDeletionPolicy, type CfnOutputProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { handlerFiles } from './handler-files';
import { handlerSettings } from './handler-settings';
import { type HandlerRelease, ReleasedHandler, type ReleasedHandlerProps } from './released-handler';
import { EndpointKind } from '../../options/endpoint';
import type { NamedApi } from '../../plan/api/model';
import { asynchronousUri } from '../../plan/endpoint/kinds/asynchronous';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { isPerRelease } from '../../plan/endpoint/served-names';
import { metricNamespace } from '../../plan/endpoint/shift';
import { fill } from '../shared/fill';
import { toolsAsset } from '../shared/tools-asset';

/** Whose handler it is. */
export interface HandlerPlace {
  readonly project: string;
  readonly group: string;
  readonly environment: PlannedEnvironment;
  readonly api: NamedApi;
}

/** Makes the handler in an endpoint stack; gives the outputs by which the deploy tools know its version. */
export function releaseHandler(
  scope: Construct, id: string, place: HandlerPlace, release: Omit<HandlerRelease, 'identity'>,
): { readonly [name: string]: CfnOutputProps } {
  const { version, alarms } = new ReleasedHandler(scope, id, propsOf(scope, place), {
    ...release,
    // The ARN of a package has up to 137 characters, a hash 64. An endpoint's name has its release in it.
    identity: [release.packageArn, release.contract, release.release, release.attempt],
  });
  alarms.forEach(keepAlarm);
  return {
    FunctionVersion: {
      value: version.attrVersion, description: 'The version of the handler that the API moves to',
      condition: release.condition,
    },
    Contract: { value: release.contract, description: 'SHA-256 of the contract of the deployed package' },
    ...(isPerRelease(place.environment)
      ? { Release: { value: release.release, description: 'The release, which the endpoint is named after' } } : {}),
  };
}

/**
 * A version that was replaced may be the one that stays live, and its alarms with it. What removes versions removes
 * theirs (`tools/deploy/retire_endpoints.py`); the last ones go with the stack.
 */
function keepAlarm(alarm: CfnAlarm): void {
  alarm.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  alarm.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}

/** Settings are beside the code; names that have an account are variables. */
function propsOf(scope: Construct, { project, group, environment, api }: HandlerPlace): ReleasedHandlerProps {
  const { endpoint: { kind }, endpointName, name } = environment;
  const namespace = metricNamespace(endpointName);
  return {
    functionName: api.functionName,
    description: `Answers the requests to ${endpointName}`,
    settings: api.settings,
    code: toolsAsset(scope, handlerFiles(), {
      'settings.json': handlerSettings(api.settings, {
        kind, metricNamespace: namespace, project, group, environment: name,
        ...(api.predictions ? { stream: api.predictions.stream } : {}),
      }),
    }),
    roleArn: fill(scope, environment.roles.apiHandler!.arn),
    variables: {
      DEPLOYMENT_BUCKET: fill(scope, environment.deploymentBucket),
      ...(kind === EndpointKind.ASYNCHRONOUS ? { ASYNCHRONOUS_URI: fill(scope, asynchronousUri(environment)) } : {}),
    },
    alarmPrefix: endpointName,
    metricNamespace: namespace,
  };
}
