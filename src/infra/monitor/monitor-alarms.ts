import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { MonitorSchedule } from '../../options/monitoring';
import { metricNamespace } from '../../plan/endpoint/shift';
import { DRIFT_METRIC, metricWord, MONITOR_DIMENSION, MONITOR_METRICS } from '../../plan/monitor/metrics';
import type { NamedMonitoring } from '../../plan/monitor/model';
import { type MonitorSettings, MONITOR_WORDS } from '../../plan/monitor/settings';
import { silentAlarms, VIOLATIONS } from '../../plan/monitor/silent';
import { COMPACTION } from '../../plan/monitor/times';
import { acceptQuietAlarm } from '../shared/suppress';

/** What is watched. */
export interface MonitorAlarmsProps {
  readonly monitoring: NamedMonitoring;
  readonly endpointName: string;
}

const HOUR = 3600;

/** Hours without a run after which a monitor is silent; each of them is a period of the alarm. */
const SILENT_HOURS: { readonly [S in MonitorSchedule]?: number } = {
  [MonitorSchedule.HOURLY]: 3,
  [MonitorSchedule.DAILY]: 49,
  // An alarm looks back on seven days at most (CloudWatch API reference, PutMetricAlarm, EvaluationPeriods).
};

const TOLD = 'The event of the run is forwarded to the tooling account, which tells people what was found.';

/**
 * Alarms of monitors: what was found, the distance of each feature that the options name, and runs that do not come. An
 * alarm stays as it is until the next run.
 */
export class MonitorAlarms extends Construct {
  public readonly alarms: CfnAlarm[];

  public constructor(scope: Construct, id: string, props: MonitorAlarmsProps) {
    super(scope, id);
    const { monitoring: { settings } } = props;
    const silent = silentAlarms(props.monitoring);
    this.alarms = [
      ...settings.monitors.map(monitor => this.violations(monitor, props)),
      ...this.features(props),
      ...settings.monitors.flatMap(monitor => this.silence(monitor, props, silent.monitors[monitor.kind])),
      this.noTable(props, silent.compaction),
    ];
  }

  private violations(monitor: MonitorSettings, props: MonitorAlarmsProps): CfnAlarm {
    const word = MONITOR_WORDS[monitor.kind];
    return this.make(`Violations-${word}`, {
      alarmName: `${props.monitoring.schedules[monitor.kind]}${VIOLATIONS}`,
      alarmDescription: `The last run of the monitor ${word} of ${props.endpointName} found violations`,
      ...found(props, word, MONITOR_METRICS.violations), threshold: 0,
    }, TOLD);
  }

  private features(props: MonitorAlarmsProps): CfnAlarm[] {
    const { dataQuality } = props.monitoring.settings;
    const word = MONITOR_WORDS.dataQuality;
    return Object.entries(dataQuality?.thresholds ?? {}).map(([column, threshold]) => this.make(
      `Drift-${metricWord(column)}`, {
        alarmName: `${props.monitoring.schedules.dataQuality}-drift-${metricWord(column)}`,
        alarmDescription: `${column} of ${props.endpointName} has drifted from the training rows: its distance is above `
          + `${threshold}`,
        ...found(props, word, `${DRIFT_METRIC}${metricWord(column)}`), threshold,
      }, TOLD,
    ));
  }

  /** A run that has nothing to look at says so, too; none at all is what nobody else would tell of. */
  private silence(
    { kind, schedule }: MonitorSettings, { endpointName }: MonitorAlarmsProps, alarmName: string | undefined,
  ): CfnAlarm[] {
    const hours = SILENT_HOURS[schedule];
    if (alarmName === undefined || hours === undefined) { return []; }
    const word = MONITOR_WORDS[kind];
    return [this.make(`Silent-${word}`, {
      alarmName,
      alarmDescription: `No run of the monitor ${word} of ${endpointName} came to an end for ${hours} hours`,
      namespace: metricNamespace(endpointName), metricName: MONITOR_METRICS.rows, statistic: 'SampleCount',
      dimensions: [{ name: MONITOR_DIMENSION, value: word }],
      ...missing(hours),
    }, SILENT_TOLD)];
  }

  /** It counts the rows that it added, and none too; the machine's executions are those of all kinds. */
  private noTable({ endpointName }: MonitorAlarmsProps, alarmName: string): CfnAlarm {
    const hours = SILENT_HOURS[MonitorSchedule.HOURLY]!;
    return this.make('Silent-compaction', {
      alarmName,
      alarmDescription: `Nothing filled the tables of predictions of ${endpointName} for ${hours} hours`,
      namespace: metricNamespace(endpointName), metricName: MONITOR_METRICS.added, statistic: 'SampleCount',
      dimensions: [{ name: MONITOR_DIMENSION, value: COMPACTION }],
      ...missing(hours),
    }, SILENT_TOLD);
  }

  private make(id: string, props: CfnAlarmProps, quiet: string): CfnAlarm {
    const alarm = new CfnAlarm(this, id, props);
    acceptQuietAlarm(alarm, quiet);
    return alarm;
  }
}

const SILENT_TOLD = 'EventBridge forwards its change of state to the tooling account, which tells people.';

/** What the last run counted; no data means that there was no run. */
function found({ endpointName }: MonitorAlarmsProps, word: string, metricName: string) {
  return {
    namespace: metricNamespace(endpointName), metricName, statistic: 'Maximum', period: HOUR, evaluationPeriods: 1,
    dimensions: [{ name: MONITOR_DIMENSION, value: word }],
    comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'ignore',
  };
}

/** Nothing for so many hours. */
function missing(hours: number) {
  return {
    period: HOUR, evaluationPeriods: hours, threshold: 1, comparisonOperator: 'LessThanThreshold',
    treatMissingData: 'breaching',
  };
}
