import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { DeploymentStrategy } from '../../options/deployment';
import type { ShiftSize, TrafficShift } from '../../options/knowledge/traffic-shift';

const TYPES = {
  [DeploymentStrategy.ALL_AT_ONCE]: 'ALL_AT_ONCE',
  [DeploymentStrategy.CANARY]: 'CANARY',
  [DeploymentStrategy.LINEAR]: 'LINEAR',
} as const;

/** The update policy of an endpoint (SageMaker API reference, DeploymentConfig): one of both kinds, never the two. */
export function deploymentConfig(
  shift: TrafficShift, alarmNames: readonly string[],
): CfnEndpoint.DeploymentConfigProperty {
  const { strategy, waitSeconds: waitIntervalInSeconds, bakeSeconds, timeoutSeconds } = shift;
  const size = shift.size && capacity(shift.size);
  const autoRollbackConfiguration = { alarms: alarmNames.map(alarmName => ({ alarmName })) };
  if (strategy === DeploymentStrategy.ROLLING) {
    return {
      // Without a size of its own, a rollback starts all old instances at once.
      rollingUpdatePolicy: {
        maximumBatchSize: size!, waitIntervalInSeconds, maximumExecutionTimeoutInSeconds: timeoutSeconds,
      },
      autoRollbackConfiguration,
    };
  }
  return {
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration: {
        type: TYPES[strategy], waitIntervalInSeconds,
        canarySize: strategy === DeploymentStrategy.CANARY ? size : undefined,
        linearStepSize: strategy === DeploymentStrategy.LINEAR ? size : undefined,
      },
      terminationWaitInSeconds: bakeSeconds,
      maximumExecutionTimeoutInSeconds: timeoutSeconds,
    },
    autoRollbackConfiguration,
  };
}

function capacity(size: ShiftSize): CfnEndpoint.CapacitySizeProperty {
  return 'instances' in size ? { type: 'INSTANCE_COUNT', value: size.instances }
    : { type: 'CAPACITY_PERCENT', value: size.percent };
}
