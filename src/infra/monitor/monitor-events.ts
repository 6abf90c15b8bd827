import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { arn } from '../../plan/arn';
import { MONITORING_EVENT, MONITORING_SOURCE, type NamedMonitoring } from '../../plan/monitor/model';
import { silentPrefix } from '../../plan/monitor/silent';
import type { Place } from '../../plan/place';
import { undeliveredEvents } from '../shared/event-forwarding';
import { fill } from '../shared/fill';
import { STATUSES } from '../shared/statuses';

/** Monitoring somewhere. */
export interface MonitoredAt {
  readonly place: Place;
  readonly monitoring: NamedMonitoring;
}

/** Runs of monitors that did not come to an end, as events of Step Functions. */
export function failedRuns(scope: IConstruct, ...monitored: readonly MonitoredAt[]): object {
  return {
    'source': ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    'detail': {
      status: STATUSES.gate.told,
      stateMachineArn: monitored.map(({ place, monitoring }) => (
        fill(scope, arn(place, 'states', `stateMachine:${monitoring.stateMachine}`)))),
    },
  };
}

/**
 * Alarms on runs that do not come. Before the first run such an alarm has never been well, and goes off as soon as it is
 * made; that says nothing.
 */
export function silentRuns(...monitored: readonly MonitoredAt[]): object {
  return {
    'source': ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    'detail': {
      alarmName: monitored.map(({ monitoring }) => ({ prefix: silentPrefix(monitoring) })),
      state: { value: STATUSES.alarm.told },
      previousState: { value: ['OK'] },
    },
  };
}

/** What the tooling account is told of the monitors of an environment. */
export function monitorEvents(scope: IConstruct, monitored: MonitoredAt): object {
  const { account, region } = Stack.of(scope);
  const { place, monitoring: { undelivered } } = monitored;
  return {
    account: [account],
    region: [region],
    $or: [
      { 'source': [MONITORING_SOURCE], 'detail-type': [MONITORING_EVENT] },
      failedRuns(scope, monitored),
      undeliveredEvents(scope, { place, undelivered }),
      silentRuns(monitored),
    ],
  };
}
