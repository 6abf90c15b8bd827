import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import type { CfnResource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { VARIANT } from './served-model';
import type { AutoscalingOptions } from '../../options/autoscaling';
import { EndpointKind } from '../../options/endpoint';
import { smallestCapacity } from '../../options/knowledge/scaling-limits';
import { filled } from '../../options/schemas/filled';

/** What is scaled. */
export interface ScaledEndpoint {
  readonly endpoint: CfnEndpoint;
  readonly endpointName: string;
  readonly kind: EndpointKind;
  /** Instances, or provisioned concurrency, that it starts with. */
  readonly initialCapacity: number;
}

/** Application Auto Scaling API reference, PredefinedMetricSpecification. */
const PREDEFINED = {
  invocationsPerInstance: 'SageMakerVariantInvocationsPerInstance',
  concurrentRequestsPerInstance: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  provisionedConcurrencyUtilization: 'SageMakerVariantProvisionedConcurrencyUtilization',
} as const;

/**
 * The scaling of an endpoint's only variant. Application Auto Scaling makes its own alarms, named `TargetTracking-…`,
 * and scales with its service-linked role.
 */
export function endpointScaling(
  scope: Construct, { endpoint, endpointName, kind, initialCapacity }: ScaledEndpoint, given: AutoscalingOptions,
): CfnResource[] {
  const options = filled('AutoscalingOptions', given);
  const least = options.minCapacity ?? initialCapacity;
  const target = new CfnScalableTarget(scope, 'ScalableTarget', {
    serviceNamespace: 'sagemaker',
    scalableDimension: kind === EndpointKind.SERVERLESS ? 'sagemaker:variant:DesiredProvisionedConcurrency'
      : 'sagemaker:variant:DesiredInstanceCount',
    // By reference, since a variant can be registered once its endpoint is there.
    resourceId: `endpoint/${endpoint.attrEndpointName}/variant/${VARIANT}`,
    minCapacity: least,
    maxCapacity: options.maxCapacity,
    scheduledActions: options.schedules.map(({ name, schedule, timeZone, minCapacity, maxCapacity }) => ({
      scheduledActionName: name, schedule, timezone: timeZone ?? 'UTC',
      scalableTargetAction: { minCapacity, maxCapacity },
    })),
  });
  const policy = new CfnScalingPolicy(scope, 'ScalingPolicy', {
    policyName: 'target-tracking', policyType: 'TargetTrackingScaling', scalingTargetId: target.ref,
    targetTrackingScalingPolicyConfiguration: {
      ...targetMetric(kind, endpointName, options),
      scaleInCooldown: options.scaleInCooldownSeconds, scaleOutCooldown: options.scaleOutCooldownSeconds,
    },
  });
  return [target, policy, ...(kind === EndpointKind.ASYNCHRONOUS && smallestCapacity(given, initialCapacity) === 0
    ? fromZero(scope, target, endpointName, options.scaleOutCooldownSeconds) : [])];
}

type Metric = Pick<
  CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
  'targetValue' | 'predefinedMetricSpecification' | 'customizedMetricSpecification'
>;

function targetMetric(kind: EndpointKind, endpointName: string, options: AutoscalingOptions): Metric {
  if (kind === EndpointKind.ASYNCHRONOUS) {
    return {
      targetValue: options.backlogPerInstance ?? 5,
      customizedMetricSpecification: {
        namespace: 'AWS/SageMaker', metricName: 'ApproximateBacklogSizePerInstance', statistic: 'Average',
        dimensions: [{ name: 'EndpointName', value: endpointName }],
      },
    };
  }
  const [name, targetValue] = kind === EndpointKind.SERVERLESS
    // The metric is a share from 0 to 1.
    ? ['provisionedConcurrencyUtilization' as const, (options.provisionedConcurrencyUtilization ?? 70) / 100]
    : options.invocationsPerInstance !== undefined
      ? ['invocationsPerInstance' as const, options.invocationsPerInstance]
      : ['concurrentRequestsPerInstance' as const, options.concurrentRequestsPerInstance ?? 1];
  return { targetValue, predefinedMetricSpecification: { predefinedMetricType: PREDEFINED[name] } };
}

/**
 * One instance more for a queue without instances: the target alone would start one only when the queue is longer than
 * it (SageMaker developer guide, "Autoscale an asynchronous endpoint", "Define a scaling policy that scales up from
 * zero for new requests", which also gives the periods).
 */
function fromZero(scope: Construct, target: CfnScalableTarget, endpointName: string, cooldown: number): CfnResource[] {
  const policy = new CfnScalingPolicy(scope, 'FromZeroPolicy', {
    policyName: 'from-zero', policyType: 'StepScaling', scalingTargetId: target.ref,
    stepScalingPolicyConfiguration: {
      adjustmentType: 'ChangeInCapacity', metricAggregationType: 'Average', cooldown,
      stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }],
    },
  });
  const alarm = new CfnAlarm(scope, 'FromZeroAlarm', {
    alarmName: `${endpointName}/from-zero`,
    alarmDescription: 'Requests wait and no instance runs: starts one',
    namespace: 'AWS/SageMaker', metricName: 'HasBacklogWithoutCapacity', statistic: 'Average', period: 60,
    dimensions: [{ name: 'EndpointName', value: endpointName }],
    evaluationPeriods: 2, datapointsToAlarm: 2, threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold',
    treatMissingData: 'missing', alarmActions: [policy.ref],
  });
  return [policy, alarm];
}
