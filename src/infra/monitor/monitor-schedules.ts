import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { NamedMonitoring } from '../../plan/monitor/model';
import { MONITOR_WORDS } from '../../plan/monitor/settings';
import { COMPACTION, COMPACTION_EXPRESSION, expressionOf, FLEXIBLE_MINUTES } from '../../plan/monitor/times';

/** What is started, and when. */
export interface MonitorSchedulesProps {
  readonly monitoring: NamedMonitoring;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  /** Queue of starts that could not be made. */
  readonly deadLetterArn: string;
}

/** Scheduler tries for a day before it gives a start up, as everywhere in a delivery. */
const RETRY = { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 };

/**
 * Starts the machine for each run. It says the time that a run was due at, so that a start that comes late, or twice,
 * looks at the same window.
 */
export class MonitorSchedules extends Construct {
  public readonly schedules: scheduler.CfnSchedule[];

  public constructor(scope: Construct, id: string, props: MonitorSchedulesProps) {
    super(scope, id);
    const { schedules, settings } = props.monitoring;
    this.schedules = [
      this.make('Compaction', props, schedules.compaction, COMPACTION, COMPACTION_EXPRESSION,
        'Fills the tables of predictions and labels'),
      ...settings.monitors.map(monitor => {
        const name = schedules[monitor.kind]!;
        const word = MONITOR_WORDS[monitor.kind];
        return this.make(word, props, name, word, expressionOf(monitor, name), `Runs the monitor ${word}`);
      }),
    ];
  }

  private make(
    id: string, { stateMachineArn, roleArn, deadLetterArn }: MonitorSchedulesProps, name: string, kind: string,
    scheduleExpression: string, description: string,
  ): scheduler.CfnSchedule {
    return new scheduler.CfnSchedule(this, id, {
      name, description, scheduleExpression,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: FLEXIBLE_MINUTES },
      target: {
        arn: stateMachineArn, roleArn,
        input: JSON.stringify({ kind, time: '<aws.scheduler.scheduled-time>' }),
        retryPolicy: RETRY,
        deadLetterConfig: { arn: deadLetterArn },
      },
    });
  }
}
