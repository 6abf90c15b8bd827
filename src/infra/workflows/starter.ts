import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { starterSettings } from './starter-settings';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { REQUESTS_SOURCE, WORKFLOW_REQUESTED } from '../../plan/workflows/model';
import { from } from '../shared/failures';
import { makeRole } from '../shared/planned-role';
import { letServicesSend } from '../shared/service-use';
import { makeFunction } from '../shared/tool-function';
import { WorkQueue } from '../shared/work-queue';
import { acceptWorker } from '../shared/worker-findings';

/** The group whose workflows are started. */
export interface StarterProps {
  readonly plan: DeliveryPlan;
  readonly group: PlannedGroup;
  /** Encrypts what waits; its policy is extended for EventBridge. */
  readonly key: IKey;
}

/** Seconds for one request: GitHub is called three times at most, each call has ten (`tools/start/github_api.py`). */
const TIMEOUT = 60;
/**
 * With delays of up to 15 minutes: about nine hours, longer than an outage of GitHub's lasts. What is laid aside after
 * that still waits in the table, and a scheduled run takes it.
 */
const ATTEMPTS = 40;

const TOOLS = [
  ...['github_api', 'github_app', 'start', 'start_settings'].map(name => `start/${name}.py`),
  ...['approval_aws', 'approval_queue', 'approval_settings'].map(name => `govern/${name}.py`),
  ...['package_groups', 'package_request', 'registry', 'targets', 'workflow_requests'].map(name => `deploy/${name}.py`),
];

/**
 * Starts a group's workflows as a GitHub App as soon as something asks for one (`tools/start`).
 *
 * Events arrive twice at times, and two that ask for the same run at the same moment may both be answered: a run takes
 * its request once, so the second one ends at once. At most two run at the same time, the fewest that a queue's function
 * can have (Lambda guide, "Configuring maximum concurrency for Amazon SQS event sources"), because GitHub asks for
 * calls one after the other (GitHub documentation, "Best practices for using the REST API").
 */
export class WorkflowStarter extends Construct {
  public readonly function: lambda.CfnFunction;
  /** The function's role. */
  public readonly role: iam.Role;
  /** Requests for which no workflow could be started. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, { plan, group, key }: StarterProps) {
    super(scope, id);
    const { place } = group.pipelines;
    const starter = group.workflows!.starter!;
    const subject = `${plan.delivery.name}, group ${group.name}`;
    const work = new WorkQueue(this, 'Work', { key, place, timeoutSeconds: TIMEOUT, attempts: ATTEMPTS });
    letServicesSend(key, 'events');
    work.feed('Requested', {
      name: starter.rule,
      description: `What workflows of ${subject}, are asked for`,
      bus: plan.infrastructure.bus,
      pattern: {
        ...from(this, place),
        'source': [REQUESTS_SOURCE],
        'detail-type': [WORKFLOW_REQUESTED],
        'detail': { project: [plan.delivery.name], group: [group.name] },
      },
    });
    this.role = makeRole(this, 'Role', group.roles.starter!, {
      key: key.keyArn, queue: work.queue.queueArn, deadLetters: work.deadLetters.queueArn,
    });
    this.function = makeFunction(this, 'Function', {
      name: starter.function,
      description: `Starts workflows of ${subject}`,
      role: this.role,
      key,
      tools: TOOLS,
      files: { 'settings.json': starterSettings(plan, group) },
      handler: 'start.handler',
      variables: { QUEUE_URL: work.queue.queueUrl, DEAD_LETTERS_URL: work.deadLetters.queueUrl },
      timeoutSeconds: TIMEOUT,
    });
    acceptWorker(this.function);
    work.workedBy(this.function);
    work.alarm(starter.waiting, 2, plan.infrastructure.topicArn);
    this.deadLetters = work.deadLetters;
  }
}
