import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import { undeliveredEvents } from './event-forwarding';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { silentRuns } from '../monitor/monitor-events';

/**
 * Monitors that say nothing: runs that do not come, that could not be started, or whose word could not be forwarded,
 * from the environments' accounts. Nothing where nothing is monitored.
 */
export function silentMonitors(
  scope: IConstruct, subject: Subject, environments: readonly PlannedEnvironment[], bus: string,
): Failure[] {
  const monitored = environments.flatMap(({ place, monitoring }) => (monitoring ? [{ place, monitoring }] : []));
  if (monitored.length === 0) { return []; }
  const queues = monitored.map(({ place, monitoring: { undelivered } }) => ({ place, undelivered }));
  return [{
    kind: 'unmonitored',
    bus,
    description: `Monitors that say nothing, group ${subject.group ?? ''}`.slice(0, 512),
    pattern: {
      ...from(scope, ...monitored.map(({ place }) => place)),
      $or: [undeliveredEvents(scope, ...queues), silentRuns(...monitored)],
    },
    parts: { ...COMMON, alarm: '$.detail.alarmName', reason: '$.detail.state.reason' },
    free: ['reason'],
    message: [
      'ALARM: <alarm>',
      about(subject),
      'A model is served that nobody watches. With -silent- in its name: no run of the monitor came to an end for '
        + 'too long; look at its schedule, its state machine and the quota of processing jobs. Else: what could not be '
        + 'started or told waits in the queue of the same name: read it, fix the cause, and start the state machine '
        + 'with its text.',
      '<reason>',
      WHERE,
      `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#alarmsV2:alarm/<alarm>')}`,
    ],
  }];
}
