import { calls, type Step, type World } from './world';
import type { AwsResource, Policies, Statement } from '../../../../testing/iam/policies';

/**
 * What AWS services do by themselves, and resource policies must allow: write logs under a key, take a role on, put
 * undelivered events into a queue, deliver access logs, publish what rules and alarms say.
 */
export function serviceSteps(world: World): Step[] {
  return [...trust(world.policies), ...logs(world), ...accessLogs(world), ...rules(world), ...alarms(world)];
}

/** Services whose guides do not say that they name an account when they take a role on, so both must do. */
const MAY_BE_SILENT = ['cloudformation.amazonaws.com', 'codepipeline.amazonaws.com'];

/** Every role is taken on by the service that its trust policy names. */
function trust({ roles }: Policies): Step[] {
  const services = ({ Principal: principal }: Statement): string[] => [principal?.Service ?? []].flat();
  return [...roles.values()].flatMap(role => role.trust.Statement.flatMap(services).flatMap((service): Step[] => {
    const step = { principal: service, source: 'IAM guide, "The confused deputy problem"' };
    const name = `${service} takes on ${role.arn.split('/').pop()}`;
    return [
      { ...step, name, calls: calls(role.arn, ['sts:AssumeRole'], { 'aws:SourceAccount': role.account }) },
      ...(MAY_BE_SILENT.includes(service) ? [{
        ...step, name: `${name}, naming no account`, calls: calls(role.arn, ['sts:AssumeRole']),
      }] : []),
    ];
  }));
}

function logs(world: World): Step[] {
  return world.resourcesOf('AWS::Logs::LogGroup').filter(group => group.key).map(group => ({
    principal: `logs.${group.region}.amazonaws.com`,
    name: `log under a key: ${group.arn.split(':').pop()}`,
    source: 'CloudWatch Logs guide, "Encrypt log data in CloudWatch Logs using AWS KMS"',
    calls: calls(keyOf(world, group), [
      'Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo',
    ].map(a => `kms:${a}`), {
      'kms:EncryptionContext:aws:logs:arn': group.arn,
    }),
  }));
}

/** A log group of another stack than its key's names it by an alias. */
function keyOf(world: World, { key, account, region }: AwsResource): string {
  const [, alias] = key!.split(':alias/');
  return alias === undefined ? key! : world.key(alias, { account, region });
}

function accessLogs(world: World): Step[] {
  return world.resourcesOf('AWS::S3::Bucket').flatMap(bucket => {
    const { DestinationBucketName: target, LogFilePrefix: prefix = '' } = bucket.properties.LoggingConfiguration ?? {};
    const arn = `arn:aws:s3:::${target}`;
    // The user's own bucket for access logs is not part of the delivery.
    if (!target || !world.policies.resources.has(arn)) { return []; }
    return [{
      principal: 'logging.s3.amazonaws.com', name: `access log of ${bucket.arn}`,
      source: 'S3 guide, "Enabling Amazon S3 server access logging"',
      calls: calls(`${arn}/${prefix}2026-01-01`, ['s3:PutObject'], {
        'aws:SourceArn': bucket.arn, 'aws:SourceAccount': bucket.account,
      }),
    }];
  });
}

/** Targets of rules that have no role, and what rules cannot deliver. */
function rules(world: World): Step[] {
  return world.resourcesOf('AWS::Events::Rule').flatMap(rule => {
    const targets = (rule.properties.Targets
      ?? []) as { Arn: string; RoleArn?: string; DeadLetterConfig?: { Arn: string } }[];
    const context = { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': rule.account };
    return targets.flatMap(({ Arn: arn, RoleArn: role, DeadLetterConfig: letters }): Step[] => [
      ...(letters ? [{
        principal: 'events.amazonaws.com', name: `undelivered events of ${rule.arn.split('/').pop()}`,
        source: 'EventBridge guide, "Using dead-letter queues to process undelivered events"',
        calls: calls(letters.Arn, ['sqs:SendMessage'], context),
      }] : []),
      ...(!role && arn.includes(':sns:') && world.policies.resources.has(arn) ? [{
        principal: 'events.amazonaws.com', name: `message of ${rule.arn.split('/').pop()}`,
        source: 'EventBridge guide, "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions',
        // SNS is told neither rule nor account (same page: no conditions in topic policies for EventBridge).
        calls: calls(arn, ['sns:Publish']),
      }] : []),
    ]);
  });
}

function alarms(world: World): Step[] {
  const source = 'SNS guide, "Allow CloudWatch alarms in an account to publish to a topic"';
  return world.resourcesOf('AWS::CloudWatch::Alarm').flatMap(alarm => {
    const topics = ((alarm.properties.AlarmActions ?? []) as string[]).filter(arn => world.policies.resources.has(arn));
    return topics.map((arn): Step => ({
      principal: 'cloudwatch.amazonaws.com', name: `alarm ${alarm.arn.split(':').pop()}`, source,
      calls: calls(arn, ['sns:Publish'], { 'aws:SourceArn': alarm.arn, 'aws:SourceAccount': alarm.account }),
    }));
  });
}
