import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { newObjects } from './new-objects';
import { retrainingSettings } from './retraining-settings';
import type { Engine } from '../../plan/engines';
import type { PlannedGroup } from '../../plan/model';
import { MONITORING_EVENT, MONITORING_SOURCE } from '../../plan/monitor/model';
import type { NamedRetraining } from '../../plan/retrain/model';
import { makeEventMemory } from '../shared/event-memory';
import { checkedPattern } from '../shared/event-pattern';
import { from } from '../shared/failures';
import { makeRole } from '../shared/planned-role';
import { letServicesSend } from '../shared/service-use';
import { makeFunction } from '../shared/tool-function';
import { WorkQueue } from '../shared/work-queue';
import { acceptWorker } from '../shared/worker-findings';

/** The group that is trained again. */
export interface RetrainingProps {
  readonly project: string;
  readonly group: PlannedGroup;
  readonly retraining: NamedRetraining;
  /** The delivery's bus: its name, and its ARN with the plan's placeholders. */
  readonly bus: { readonly name: string; readonly arn: string };
  /** Topic that is told when something waits too long, with the plan's placeholders. */
  readonly topicArn: string;
  /** Encrypts what waits and what is remembered; its policy is extended for EventBridge. */
  readonly key: IKey;
  /** What builds where workflows do. */
  readonly engine?: Engine;
}

/** Seconds for one event: the registry and the pipeline are asked. */
const TIMEOUT = 60;
/** With delays of up to 15 minutes: about nine hours. */
const ATTEMPTS = 40;
/**
 * What comes together is there when the build begins, though each file is an event of its own. More than 15 minutes SQS
 * does not take (SQS API reference, CreateQueue, DelaySeconds).
 */
const DELAY = 900;

const TOOLS = [
  ...[
    'retrain', 'retrain_cause', 'retrain_engine', 'retrain_limits', 'retrain_memory', 'retrain_settings',
    'retrain_waiting',
  ].map(name => `retrain/${name}.py`),
  ...['approval_aws', 'approval_queue', 'approval_settings'].map(name => `govern/${name}.py`),
  ...['package_groups', 'package_request', 'registry', 'targets', 'workflow_requests'].map(name => `deploy/${name}.py`),
];

/**
 * Trains a group's model again without a commit: what monitors find, new data and a schedule arrive in a queue, and a
 * function starts the build pipeline, at most as often as the option `retraining` says (`tools/retrain`).
 */
export class Retraining extends Construct {
  /** Decides whether a build starts. */
  public readonly function: lambda.CfnFunction;
  /** The function's role. */
  public readonly role: iam.Role;
  /** When models were trained again, and what became of each event. */
  public readonly memory: dynamodb.Table;
  /** What asks for a retraining. */
  public readonly queue: sqs.Queue;
  /** What could not be decided. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, props: RetrainingProps) {
    super(scope, id);
    const { project, group, retraining, key, bus, engine } = props;
    this.memory = makeEventMemory(this, 'Memory', {
      key,
      partitionKey: 'id',
      expires: 'expires',
      removalPolicy: RemovalPolicy.DESTROY,
      noBackup: 'It only remembers which events were handled; losing it trains a model at most once before its time.',
    });
    const work = new WorkQueue(this, 'Work', {
      key, place: retraining.place, timeoutSeconds: TIMEOUT, attempts: ATTEMPTS, delaySeconds: DELAY,
    });
    letServicesSend(key, 'events');
    this.feed(work, props);
    this.role = makeRole(this, 'Role', group.roles.retrainer!, {
      key: key.keyArn, queue: work.queue.queueArn, table: this.memory.tableArn,
    });
    this.function = makeFunction(this, 'Function', {
      name: retraining.function,
      description: `Trains the model of ${project}, group ${group.name}, again`,
      role: this.role,
      key,
      tools: TOOLS,
      files: { 'settings.json': retrainingSettings(project, group, retraining, bus.arn, engine) },
      handler: 'retrain.handler',
      variables: { QUEUE_URL: work.queue.queueUrl, TABLE: this.memory.tableName },
      timeoutSeconds: TIMEOUT,
    });
    acceptWorker(this.function);
    work.workedBy(this.function);
    work.alarm(retraining.waiting, 2, props.topicArn);
    this.queue = work.queue;
    this.deadLetters = work.deadLetters;
  }

  private feed(work: WorkQueue, { project, group, retraining, bus }: RetrainingProps): void {
    const { environments, monitorRule, newData, scheduleRule, settings } = retraining;
    if (monitorRule !== undefined) {
      work.feed('Monitors', {
        name: monitorRule,
        description: `What monitors of ${project}, group ${group.name}, train the model again for`,
        bus: bus.name,
        pattern: checkedPattern(monitorRule, {
          ...from(this, ...environments.map(({ place }) => place)),
          'source': [MONITORING_SOURCE],
          'detail-type': [MONITORING_EVENT],
          'detail': {
            project: [project],
            group: [group.name],
            environment: environments.map(({ name }) => name),
            outcome: ['violations'],
            retrain: [true],
          },
        }),
      });
    }
    if (newData !== undefined) {
      work.feed('NewData', {
        name: newData.rule,
        description: `New data below s3://${newData.bucket}/${newData.prefix}`.slice(0, 512),
        bus: bus.name,
        pattern: checkedPattern(newData.rule, { ...from(this, newData.place), ...newObjects(newData) }),
      });
    }
    if (scheduleRule !== undefined) {
      work.feed('Schedule', {
        name: scheduleRule,
        description: `Trains the model of ${project}, group ${group.name}, again in any case`,
        schedule: settings.schedule,
      });
    }
  }
}
