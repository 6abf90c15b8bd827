import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogStream } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LOST, type NamedApi, PREDICTIONS } from '../../plan/api/model';
import { encryptedLog } from '../shared/encrypted-log';
import { fill } from '../shared/fill';
import { PrivateBucket } from '../shared/private-bucket';
import { acceptQuietAlarm } from '../shared/suppress';

/** Where predictions go. */
export interface PredictionStreamProps {
  readonly predictions: Omit<NonNullable<NamedApi['predictions']>, 'bucket'> & { readonly bucket?: string };
  readonly retentionDays: number;
  /** Namespace of the handler's metrics. */
  readonly metricNamespace: string;
  /** What the handler's lines call its environment. */
  readonly environment: string;
  /** The stream's, for this bucket. */
  readonly role: (bucket: IBucket) => iam.IRole;
  readonly key: IKey;
  /** Who tells people when predictions wait. */
  readonly quiet: string;
  readonly logBucketArn?: string;
}

/**
 * Keeps predictions: lines of JSON, compressed, which Athena and most tools read as they are. The stream waits for a
 * minute or five megabytes, so that a deployment soon sees whether what it moved to is kept.
 */
export class PredictionStream extends Construct {
  public readonly bucket: IBucket;
  public readonly stream: firehose.CfnDeliveryStream;
  /** Whether predictions wait. */
  public readonly alarm: CfnAlarm;
  /** Whether the handler gave predictions up. */
  public readonly lostAlarm: CfnAlarm;

  public constructor(scope: Construct, id: string, props: PredictionStreamProps) {
    super(scope, id);
    const { predictions, key, retentionDays: keep, logBucketArn } = props;
    this.bucket = new PrivateBucket(this, 'Predictions', {
      name: predictions.bucket, key, logBucketArn, keep,
      // What is removed by its age stays as an old version for a day.
      keepOldVersions: 1,
    }).bucket;
    const logGroup = encryptedLog(this, 'Log', predictions.log, key, 'errand');
    const logStream = new CfnLogStream(this, 'Lines', {
      logGroupName: logGroup.logGroupName, logStreamName: 'delivery',
    });
    this.stream = new firehose.CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: predictions.stream,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: key.keyArn },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: props.role(this.bucket).roleArn,
        prefix: `${PREDICTIONS}!{timestamp:yyyy/MM/dd/HH}/`,
        errorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
        bufferingHints: { intervalInSeconds: 60, sizeInMBs: 5 },
        compressionFormat: 'GZIP',
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: key.keyArn } },
        cloudWatchLoggingOptions: {
          enabled: true, logGroupName: fill(this, predictions.log), logStreamName: logStream.ref,
        },
      },
    });
    this.alarm = new CfnAlarm(this, 'Alarm', {
      alarmName: predictions.stream,
      alarmDescription: `Predictions wait in the stream ${predictions.stream}, which tries for a day; see `
        + predictions.log,
      namespace: 'AWS/Firehose', metricName: 'DeliveryToS3.DataFreshness', statistic: 'Maximum', period: 300,
      dimensions: [{ name: 'DeliveryStreamName', value: this.stream.ref }],
      // Seconds: fifteen times what it waits for by itself.
      threshold: 900, evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching',
    });
    this.lostAlarm = new CfnAlarm(this, 'LostAlarm', {
      alarmName: `${predictions.stream}${LOST}`,
      alarmDescription: `Predictions were not kept in ${predictions.stream}; the handler's log says why`,
      namespace: props.metricNamespace, metricName: 'PredictionsNotKept', statistic: 'Sum', period: 300,
      // Over all versions (`PLACE` in tools/api/telemetry.py).
      dimensions: [{ name: 'environment', value: props.environment }],
      threshold: 0, evaluationPeriods: 1, comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching',
    });
    [this.alarm, this.lostAlarm].forEach(alarm => acceptQuietAlarm(alarm, props.quiet));
  }
}
