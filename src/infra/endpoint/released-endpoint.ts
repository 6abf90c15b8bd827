import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { CfnResource, type Stack, Tags } from 'aws-cdk-lib/core';
import { keepReplaced } from './served-model';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { ENVIRONMENT_TAG } from '../../plan/endpoint/own-tagged';
import { environmentKey } from '../../plan/endpoint/roles';
import { fill } from '../shared/fill';
import { accept } from '../shared/suppress';

/**
 * An endpoint of one release stays when the next one has its own: it is what the API returns to. So does its scaling,
 * without which it could not carry all requests again. What belongs to an environment is known by the environment's
 * tag, whatever the release.
 *
 * Its log is made before it; SageMaker would make it at the first line, without a key and for ever.
 */
export function keepRelease(stack: Stack, environment: PlannedEnvironment, suffix: string): void {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
  resources.filter(resource => resource instanceof CfnScalableTarget || resource instanceof CfnScalingPolicy)
    .forEach(keepReplaced);
  const [endpoint] = resources.filter(resource => resource instanceof CfnEndpoint);
  const isOurKey = environment.endpoint.kmsKeyArn === undefined;
  const log = new CfnLogGroup(stack, 'EndpointLog', {
    logGroupName: `${environment.endpointLog}${suffix}`,
    kmsKeyId: isOurKey ? fill(stack, environmentKey(environment)) : undefined,
    retentionInDays: 365,
  });
  log.cfnOptions.condition = endpoint.cfnOptions.condition;
  keepReplaced(log);
  endpoint.addResourceDependency(log);
  if (!isOurKey) {
    accept(log, {
      rule: 'CKV_AWS_158',
      reason: 'The key is somebody else\'s, and its policy may not name CloudWatch Logs, which would refuse the group.',
    });
  }
  // Later than the tag of the constructs, which is the endpoint's name.
  Tags.of(endpoint.node.scope!).add(ENVIRONMENT_TAG, environment.endpointName, { priority: 300 });
}
