import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { AccountTrailProps } from './account-trail-props';
import { ROLE_CALLS, TAMPERING } from './tampering';
import { acceptQuietAlarm } from '../../shared/suppress';

/** CloudWatch Logs user guide, "Filter pattern syntax": length of a filter pattern. */
const PATTERN_CHARACTERS = 1024;

/** What filters look for in the log group, and the alarm on it. */
interface Looked {
  readonly kind: 'roles' | 'elsewhere';
  readonly description: string;
  /** Each is the pattern of a filter; they count together. */
  readonly patterns: readonly string[];
}

/** Alarms on changes of roles, and on tampering in other regions. */
export function roleAlarms(
  scope: Construct, props: AccountTrailProps, logGroup: logs.LogGroup, region: string,
): cloudwatch.CfnAlarm[] {
  const { trailName, watchedRoleNames = [], watchedBucketNames = [], alarmPrefix = trailName, topic } = props;
  const looked: Looked[] = [
    {
      kind: 'roles',
      description: 'A role that approves, records or takes back was changed: its trust, its rights, or the role itself',
      patterns: patternsOf('iam.amazonaws.com', ROLE_CALLS, 'roleName', watchedRoleNames),
    },
    {
      kind: 'elsewhere',
      description: 'Keys or buckets of the delivery were tampered with in another region than the alarm\'s',
      patterns: [
        filterOf(TAMPERING.keys.source, TAMPERING.keys.calls, notHere(region)),
        ...patternsOf(
          TAMPERING.buckets.source, TAMPERING.buckets.calls, 'bucketName', watchedBucketNames, notHere(region),
        ),
      ],
    },
  ];
  return looked.filter(({ patterns }) => patterns.length > 0).map(({ kind, description, patterns }) => {
    const metricName = `${alarmPrefix}-${kind}`;
    patterns.forEach((filterPattern, i) => new CfnMetricFilter(scope, `${kind}Filter${i + 1}`, {
      logGroupName: logGroup.logGroupName, filterPattern,
      metricTransformations: [{ metricNamespace: NAMESPACE, metricName, metricValue: '1' }],
    }));
    const alarm = new cloudwatch.CfnAlarm(scope, `${kind}Alarm`, {
      alarmName: `${alarmPrefix}-${kind}`, alarmDescription: description,
      namespace: NAMESPACE, metricName, statistic: 'Sum',
      period: 300, evaluationPeriods: 1, threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      ...(topic ? { alarmActions: [topic.topicArn] } : {}),
    });
    if (!topic) { acceptQuietAlarm(alarm, 'EventBridge has its change of state, and rules there tell people.'); }
    return alarm;
  });
}

/** Namespace of the metrics of all trails of an account. */
const NAMESPACE = 'SageMakerCicd/AuditTrail';

const notHere = (region: string) => `($.awsRegion != "${region}")`;

/** Filters for these calls on these names, as many as fit into a pattern each. */
function patternsOf(
  source: string, calls: readonly string[], field: string, names: readonly string[], more?: string,
): string[] {
  const pattern = (some: readonly string[], of: readonly string[]) => filterOf(
    source, of, ...(more ? [more] : []), some.map(name => `($.requestParameters.${field} = "${name}")`).join(' || '),
  );
  return inParts(calls, CALLS_IN_A_PATTERN).flatMap(part => {
    const chunks: string[][] = [];
    for (const name of names) {
      const last = chunks.at(-1);
      if (last && pattern([...last, name], part).length <= PATTERN_CHARACTERS) {
        last.push(name);
      } else {
        chunks.push([name]);
      }
    }
    return chunks.map(chunk => pattern(chunk, part));
  });
}

/** The longest calls leave space for a name of 64 characters then. */
const CALLS_IN_A_PATTERN = 12;

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function filterOf(source: string, calls: readonly string[], ...conditions: readonly string[]): string {
  const named = calls.map(call => `($.eventName = ${call})`).join(' || ');
  return `{ ${[`($.eventSource = ${source})`, `(${named})`, ...conditions.map(one => `(${one})`)].join(' && ')} }`;
}
