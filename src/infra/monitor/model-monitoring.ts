import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { monitorJobFiles } from './job-files';
import { jobSettings, type MonitoredPlace } from './job-settings';
import { MonitorAlarms } from './monitor-alarms';
import { monitorBucket } from './monitor-bucket';
import { type MonitorJob, monitorDefinition } from './monitor-definition';
import { monitorEvents } from './monitor-events';
import { monitorImage } from './monitor-image';
import { MonitorSchedules } from './monitor-schedules';
import { MonitorTables } from './monitor-tables';
import { metricNamespace } from '../../plan/endpoint/shift';
import { machineLog } from '../../plan/logs';
import { MONITORING_EVENT, MONITORING_SOURCE, type NamedMonitoring } from '../../plan/monitor/model';
import { RUNS } from '../../plan/monitor/roles';
import { MONITOR_WORDS } from '../../plan/monitor/settings';
import { sourceUris } from '../../plan/monitor/sources';
import { hasLocalStorage } from '../endpoint/local-storage';
import { encryptedLog } from '../shared/encrypted-log';
import { forwardingRule, undeliveredAlarm, undeliveredQueue } from '../shared/event-forwarding';
import { checkedPattern } from '../shared/event-pattern';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { toolsAsset } from '../shared/tools-asset';

/** What is monitored, and what that shares with its environment. */
export interface ModelMonitoringProps extends MonitoredPlace {
  readonly monitoring: NamedMonitoring;
  readonly key: IKey;
  /** The same key where its policy is ours: encrypts starts that could not be made, too. */
  readonly ownKey?: IKey;
  /** The delivery's bus, and the role that forwards to it. */
  readonly busArn: string;
  readonly forwarder: iam.IRole;
}

/**
 * The monitors of an environment: a bucket for what was asked, answered and found; tables over it with saved queries; a
 * machine that runs a processing job for each run and tells what it found; schedules; alarms; and the forwarding of
 * what was found to the tooling account. Nothing of it is called by the endpoint, which serves on when a monitor fails.
 */
export class ModelMonitoring extends Construct {
  /** Predictions, labels and results; files of ground truth below `truth/`. */
  public readonly bucket: s3.Bucket;
  public readonly stateMachine: stepfunctions.CfnStateMachine;
  public readonly schedules: MonitorSchedules;
  public readonly alarms: MonitorAlarms;
  /** The processing job's role. */
  public readonly jobRole: iam.Role;
  /** Starts that could not be made, and events that could not be forwarded. */
  public readonly undelivered: sqs.Queue;
  /** Whether there are any. */
  public readonly undeliveredAlarm: cloudwatch.Alarm;
  /** Forwards what runs found, those that failed, and alarms on runs that do not come. */
  public readonly rule: events.CfnRule;

  public constructor(scope: Construct, id: string, props: ModelMonitoringProps) {
    super(scope, id);
    const { environment, monitoring, key, ownKey, busArn, forwarder } = props;
    const { place, roles, endpointName } = environment;
    const forwarded = { place, undelivered: monitoring.undelivered };
    this.bucket = monitorBucket(this, environment, monitoring, key);
    new MonitorTables(this, 'Tables', { monitoring, bucket: this.bucket, key, environment: environment.name });
    const code = toolsAsset(this, monitorJobFiles(), { 'settings.json': jobSettings(props) });
    const values = {
      key: key.keyArn, assetBucket: code.bucket.bucketArn, toolsObject: code.bucket.arnForObjects(code.s3ObjectKey),
      toolsKey: code.s3ObjectKey,
    };
    this.jobRole = makeRole(this, 'JobRole', roles.monitorJob!, values);
    this.stateMachine = this.makeMachine(props, {
      imageUri: monitorImage(this),
      roleArn: this.jobRole.roleArn,
      codeUri: code.s3ObjectUrl,
      environment: this.variables(props),
      volumeKeyArn: type => (hasLocalStorage(type) ? undefined : key.keyArn),
      network: environment.network,
    });
    this.undelivered = undeliveredQueue(this, forwarded, [monitoring.forwardRule], ownKey);
    this.undeliveredAlarm = undeliveredAlarm(
      this, forwarded, this.undelivered, `Runs of monitors of ${endpointName}, or what they found, were not delivered`,
    );
    this.schedules = new MonitorSchedules(this, 'Schedules', {
      monitoring, stateMachineArn: this.stateMachine.attrArn, deadLetterArn: this.undelivered.queueArn,
      roleArn: makeRole(this, 'ScheduleRole', roles.monitorSchedule!, values).roleArn,
    });
    this.alarms = new MonitorAlarms(this, 'Alarms', {
      monitoring, endpointName,
    });
    this.rule = forwardingRule(this, 'Rule', {
      name: monitoring.forwardRule,
      description: `What monitors of ${endpointName} found, runs that failed or do not come`,
      eventPattern: checkedPattern(monitoring.forwardRule, monitorEvents(this, { place, monitoring })),
      busArn,
      role: forwarder,
      undelivered: this.undelivered,
    });
  }

  private makeMachine(
    { environment: { roles }, monitoring, key }: ModelMonitoringProps, job: MonitorJob,
  ): stepfunctions.CfnStateMachine {
    const log = encryptedLog(this, 'Log', machineLog(monitoring.stateMachine), key, 'errand');
    return new stepfunctions.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: monitoring.stateMachine,
      stateMachineType: 'STANDARD',
      roleArn: makeRole(this, 'MachineRole', roles.monitorMachine!, { key: key.keyArn }).roleArn,
      definition: monitorDefinition({
        partition: fill(this, '{partition}'),
        jobs: monitoring.jobs,
        job,
        monitors: Object.fromEntries(monitoring.settings.monitors.map(monitor => [
          MONITOR_WORDS[monitor.kind], monitor,
        ])),
        bucket: this.bucket.bucketName,
        runs: RUNS,
        source: MONITORING_SOURCE,
        detailType: MONITORING_EVENT,
      }),
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
  }

  private variables({ environment }: ModelMonitoringProps): { readonly [name: string]: string } {
    const { endpointName, deploymentBucket } = environment;
    return {
      BUCKET: this.bucket.bucketName,
      DEPLOYMENT_BUCKET: fill(this, deploymentBucket),
      ...Object.fromEntries(Object.entries(sourceUris(environment)).map(([name, uri]) => [name, fill(this, uri)])),
      NAMESPACE: metricNamespace(endpointName),
      ENDPOINT: endpointName,
      AWS_REGION: fill(this, '{region}'),
    };
  }
}
