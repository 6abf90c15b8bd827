import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { hasWatchedAlarms, undeliveredOf } from '../endpoint/endpoint-events';
import type { DeliveryGroupProps } from '../group-props';
import {
  astrayEndpoint, brokenStack, firingAlarm, leftOver, rejectedStillLive, rolledBack, unrecorded,
} from '../shared/deploy-failures';
import { deployWords } from '../shared/deploy-words';
import { failedProject, failedRecording, failedSealing } from '../shared/failed-builds';
import { FailureWatch } from '../shared/failure-watch';
import {
  canceledDeployments,
  failedGates,
  failedPipelines,
  failedTraining,
  forwardingAlarms,
} from '../shared/failures';
import { fill } from '../shared/fill';
import { monitoringMessages } from '../shared/monitoring-messages';
import { groupOf, planOf } from '../shared/plan';
import { scoringFailures } from '../shared/scoring-failures';
import { silentMonitors } from '../shared/silent-monitors';
import { workflowFailures } from '../shared/workflow-failures';

/** Who is notified of which failures. */
export interface FailureAlarmsProps extends DeliveryGroupProps {
  /** Encrypts messages that could not be sent; its policy is extended for EventBridge. */
  readonly key: IKey;

  /**
   * The topic.
   *
   * @default - the delivery's own: the one that it names, or the one in its infrastructure stack
   */
  readonly topic?: ITopic;

  /**
   * Dead-letter queues that get an alarm each, such as that of the approval gate.
   *
   * @default - none; the construct's own queue has an alarm anyway
   */
  readonly deadLetterQueues?: IQueue[];
}

/**
 * Reports failures of a deployment group: failed executions of its build, deploy or upgrade pipeline, or of its
 * workflows, its gates or its SageMaker pipeline; failed sealing; events that other accounts could not forward; a
 * deployment that was canceled while it waited; a version that was rolled back, or could not be recorded as such; a rollback alarm that fires after
 * a deployment of a version that was live before; a rejected model that is still live because nothing can replace it;
 * an endpoint stack that cannot be changed to replace a rejected model; an endpoint that does not serve what was
 * deployed; replaced models that could not be removed; a deployment that monitors do not know of; data that was not
 * scored; what monitors found, and runs of them that failed. It also tells of retrainings that began or were held back.
 *
 * Each kind has an EventBridge rule that sends a message to the topic (what failed, which execution, where to look),
 * and a CloudWatch alarm. Messages that cannot be sent wait in a dead-letter queue with its own alarm. This cannot be
 * turned off.
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class FailureAlarms extends Construct {
  /** The rules, one for each kind of failure. */
  public readonly rules: events.CfnRule[];
  /** The alarms: one for each rule, one for each dead-letter queue. */
  public readonly alarms: cloudwatch.CfnAlarm[];
  /** Messages that could not be sent. */
  public readonly deadLetterQueue: IQueue;

  public constructor(scope: Construct, id: string, props: FailureAlarmsProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const group = groupOf(plan, props.group);
    const { name, build, environments, pipelines, roles } = group;
    const { place, bus, topicArn, chatTopicArn } = plan.infrastructure;
    const subject = { project: plan.delivery.name, group: name };
    const words = deployWords(this, plan, group);
    const upgrade = plan.upgrade?.group === name ? plan.upgrade : undefined;
    const watch = new FailureWatch(this, 'Watch', {
      prefix: pipelines.failures,
      key: props.key,
      topicArn: props.topic?.topicArn ?? fill(this, topicArn),
      chatTopicArn: chatTopicArn && fill(this, chatTopicArn),
      queues: props.deadLetterQueues ?? [],
      failures: [
        ...(group.workflows ? [] : [
          failedPipelines(
            this,
            subject,
            [pipelines.buildPipeline, pipelines.deployPipeline, ...(upgrade?.pipeline ? [upgrade.pipeline] : [])],
            [pipelines.deployPipeline],
          ),
          canceledDeployments(this, subject, pipelines.deployPipeline),
        ]),
        ...workflowFailures(this, subject, plan, group),
        failedGates(
          this,
          subject,
          place,
          [
            pipelines.stateMachine, ...(roles.commitGate ? [pipelines.commitGate!] : []),
            ...(group.workflows ? [group.workflows.watch.machine] : []),
          ],
          words.notStarted,
        ),
        ...(upgrade && !upgrade.pipeline ? [failedProject(subject, upgrade.project)] : []),
        failedTraining(this, subject, build, bus),
        failedSealing(this, subject, build, bus),
        forwardingAlarms(this, subject, [build, ...environments.flatMap(undeliveredOf)], bus),
        rejectedStillLive(this, subject, place, bus, words),
        brokenStack(this, subject, place, bus, words),
        astrayEndpoint(this, subject, place, bus, words),
        leftOver(this, subject, place, bus, words),
        rolledBack(this, subject, place, bus, words),
        ...(environments.some(hasWatchedAlarms)
          ? [firingAlarm(this, subject, place, bus, words)] : []),
        ...(environments.some(e => e.monitoring)
          ? [unrecorded(this, subject, place, bus, words)] : []),
        failedRecording(subject, pipelines.recordProject),
        ...scoringFailures(this, subject, environments, bus),
        ...monitoringMessages(this, subject, group, bus, words),
        ...silentMonitors(this, subject, environments, bus),
      ],
    });
    this.rules = watch.rules;
    this.alarms = watch.alarms;
    this.deadLetterQueue = watch.undelivered;
  }
}
