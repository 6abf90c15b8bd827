import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { API_ALARMS, LOST } from '../../plan/api/model';
import type { PlannedEnvironment, WatchedEndpoint } from '../../plan/endpoint/model';
import { isPerRelease, RELEASE_SUFFIX } from '../../plan/endpoint/served-names';
import { watchOf } from '../../plan/endpoint/shift';
import {
  type Forwarded, forwardingRule, undeliveredAlarm, undeliveredEvents, undeliveredQueue,
} from '../shared/event-forwarding';
import { checkedPattern } from '../shared/event-pattern';
import { makeRole } from '../shared/planned-role';
import { STATUSES } from '../shared/statuses';

/** Whose events are forwarded, and where to. */
export interface EndpointEventsProps {
  readonly environment: PlannedEnvironment;
  readonly watched: WatchedEndpoint;
  readonly busArn: string;
  /** Encrypts events that could not be forwarded; its policy is extended for EventBridge. SQS's own unless given. */
  readonly key?: IKey;
}

/**
 * An endpoint serves after a change; after a rollback by SageMaker it does on the configuration before. The status is
 * spelt as in events (SageMaker developer guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge",
 * "SageMaker endpoint state change").
 *
 * Patterns have no wildcard for one character, so with an endpoint for each release the events of an environment may
 * come along whose name goes on with `-r`. They say when to look, never at what.
 */
export function servingEvents(environments: readonly ServedEnvironment[]): object {
  return {
    'source': ['aws.sagemaker'],
    'detail-type': ['SageMaker Endpoint State Change'],
    'detail': {
      EndpointName: environments.map(environment => (isPerRelease(environment)
        ? { prefix: `${environment.endpointName}${RELEASE_SUFFIX}` } : environment.endpointName)),
      EndpointStatus: ['IN_SERVICE'],
    },
  };
}

/** An environment with an endpoint, and perhaps an API in front of it. */
type ServedEnvironment = Pick<PlannedEnvironment, 'api' | 'endpoint' | 'endpointName'>;

/** Whether anybody looks at its alarms after a deployment. */
export function hasWatchedAlarms(environment: ServedEnvironment): boolean {
  return environment.api !== undefined || watchOf(environment) !== undefined;
}

/** How the reason begins that a rollback gives an alarm which it sets. */
export const ROLLED_BACK_BY = 'Rolled back by execution ';

/** Alarms on what could not be delivered: events, and predictions of the API. */
export function undeliveredOf({ watched, place, api }: PlannedEnvironment): Forwarded[] {
  return [
    ...(watched ? [watched] : []),
    ...(api?.predictions ? ['', LOST].map(ending => (
      { place, undelivered: `${api.predictions!.stream}${ending}`, isStream: true })) : []),
  ];
}

/**
 * A rollback alarm fires: one of a deployment, whose name begins with the endpoint's and a slash, one of the API's
 * versions, or one of the user's.
 */
export function alarmEvents(environments: readonly ServedEnvironment[]): object {
  const prefixes = environments.map(environment => (
    `${environment.endpointName}/${watchOf(environment) ? '' : API_ALARMS}`));
  return {
    'source': ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    'detail': {
      alarmName: [
        ...prefixes.map(prefix => ({ prefix })),
        ...new Set(environments.flatMap(environment => watchOf(environment)?.ownAlarmNames ?? [])),
      ],
      // What a rollback sets to end an update says nothing (`tools/deploy/roll_back.py`).
      state: { value: STATUSES.alarm.told, reason: [{ 'anything-but': { prefix: ROLLED_BACK_BY } }] },
    },
  };
}

/**
 * Brings what becomes of an endpoint from its account to the delivery's bus in the tooling account, where it is
 * compared with what was deployed: SageMaker may return an endpoint to its old configuration when no deployment looks
 * any more. Its rollback alarms go there too: after a deployment nobody else looks at them.
 */
export class EndpointEvents extends Construct {
  /** EventBridge's role. */
  public readonly role: iam.Role;
  /** Matches exactly this endpoint, or those of its releases, and the alarms. */
  public readonly rule: events.CfnRule;
  /** Events that could not be forwarded. */
  public readonly undelivered: sqs.Queue;
  /** Whether there are any. */
  public readonly alarm: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, { environment, watched, busArn, key }: EndpointEventsProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const { endpointName } = environment;
    const { forwardRule } = watched;
    this.role = makeRole(this, 'Role', environment.roles.forwarder!);
    this.undelivered = undeliveredQueue(this, watched, [forwardRule], key);
    this.alarm = undeliveredAlarm(
      this, watched, this.undelivered, `Events of ${endpointName} do not reach the tooling account`,
    );
    this.rule = forwardingRule(this, 'Rule', {
      name: forwardRule,
      description: `What becomes of the endpoint ${endpointName}, its alarms, events that could not be forwarded`,
      eventPattern: checkedPattern(forwardRule, {
        account: [account],
        region: [region],
        $or: [
          servingEvents([environment]), undeliveredEvents(this, ...undeliveredOf(environment)),
          ...(hasWatchedAlarms(environment) ? [alarmEvents([environment])] : []),
        ],
      }),
      busArn,
      role: this.role,
      undelivered: this.undelivered,
    });
  }
}
