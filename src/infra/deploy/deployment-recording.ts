import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RECORD } from '../../ci/release';
import type { NetworkOptions } from '../../options/network';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { PlannedGroup } from '../../plan/model';
import { REQUESTS_SOURCE, WORKFLOW_FAILED } from '../../plan/workflows/model';
import { alarmEvents, hasWatchedAlarms, servingEvents } from '../endpoint/endpoint-events';
import { makeProject } from '../shared/code-build';
import { checkedPattern } from '../shared/event-pattern';
import { from } from '../shared/failures';
import { makeRole } from '../shared/planned-role';
import { letServicesSend } from '../shared/service-use';
import { accept } from '../shared/suppress';

/** What executions begin with that runs of GitHub, or pipelines of GitLab, are. */
const RUNS = [{ prefix: 'gh-' }, { prefix: 'gl-' }];

/** Whose failures are recorded, and with what. */
export interface DeploymentRecordingProps {
  /** Name of the delivery. */
  readonly project: string;
  readonly group: PlannedGroup;
  /** The delivery's bus, by its name. */
  readonly bus: string;
  /** Encrypts the log, and events that could not start a build; its policy is extended for EventBridge. */
  readonly key: IKey;
  readonly runner: iam.IRole;
  readonly tools: Asset;
  readonly network?: NetworkOptions;
  readonly timeoutMinutes: number;
}

/**
 * Records a version whose change set failed, or whose endpoint went back later (`tools/deploy/record_rollback.py`), so
 * that no later execution deploys it there by itself. Started by the event of the failed action, because CodePipeline
 * runs nothing else of the stage after it; whenever an endpoint serves after a change, and when a rollback alarm fires,
 * which returns the endpoint if the deployment is not long ago.
 */
export class DeploymentRecording extends Construct {
  /** Runs the tool. */
  public readonly project: codebuild.CfnProject;
  /** Matches failures of exactly the actions that execute change sets, or failed runs of the workflow that deploys. */
  public readonly rule: events.CfnRule;
  /** Matches exactly the group's endpoints, when they serve after a change; only if there are any. */
  public readonly servingRule?: events.CfnRule;
  /** Matches rollback alarms of exactly the group's endpoints; only if any are watched after a deployment. */
  public readonly watchRule?: events.CfnRule;
  /** Events that could not start a build. */
  public readonly undelivered: sqs.Queue;

  public constructor(scope: Construct, id: string, props: DeploymentRecordingProps) {
    super(scope, id);
    const { group: { pipelines, environments, roles }, key, tools } = props;
    this.project = makeProject(this, 'Project', {
      name: pipelines.recordProject,
      description: 'Records versions whose deployment failed or whose endpoint went back',
      role: props.runner,
      key,
      log: 'evidence',
      job: RECORD,
      archive: `${tools.s3BucketName}/${tools.s3ObjectKey}`,
      variables: {},
      network: props.network,
      computeType: 'BUILD_GENERAL1_SMALL',
      timeoutMinutes: props.timeoutMinutes,
    });
    this.undelivered = new sqs.Queue(this, 'Undelivered', {
      encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    letServicesSend(key, 'events');
    accept(this.undelivered, { rule: 'AwsSolutions-SQS3', reason: 'This queue is itself the dead-letter queue.' });
    const { account, region } = Stack.of(this);
    const trigger = makeRole(this, 'TriggerRole', roles.recordTrigger);
    this.rule = props.group.workflows ? this.ruleOnRuns(props, trigger) : new events.CfnRule(this, 'Rule', {
      name: pipelines.recordRule,
      description: `Failed change sets of ${pipelines.deployPipeline}`,
      eventPattern: {
        'source': ['aws.codepipeline'],
        'detail-type': ['CodePipeline Action Execution State Change'],
        'account': [account],
        'region': [region],
        'detail': {
          pipeline: [pipelines.deployPipeline], state: ['FAILED'], action: environments.map(e => e.actions.execute),
        },
      },
      targets: [this.target({ ACTION: '$.detail.action', EXECUTION_ID: '$.detail.execution-id' }, trigger)],
    });
    const forwarded = (
      ruleId: string, name: string, description: string, of: readonly PlannedEnvironment[], pattern: object,
      variables: { readonly [name: string]: string },
    ) => of.length === 0 ? undefined : new events.CfnRule(this, ruleId, {
      name,
      description,
      eventBusName: props.bus,
      eventPattern: checkedPattern(name, {
        // The delivery's own bus lets in nothing but what its environments forward.
        account: [...new Set(of.map(({ place }) => place.account ?? account))],
        region: [...new Set(of.map(({ place }) => place.region ?? region))],
        ...pattern,
      }),
      targets: [this.target(variables, trigger)],
    });
    const served = environments.filter(environment => environment.watched);
    this.servingRule = forwarded(
      'ServingRule', pipelines.servingRule, `Endpoints of ${pipelines.deployPipeline} after a change`, served,
      servingEvents(served), { ENDPOINT_ARN: '$.detail.EndpointArn' },
    );
    const watched = environments.filter(hasWatchedAlarms);
    this.watchRule = forwarded(
      'WatchRule', pipelines.watchRule, `Rollback alarms of ${pipelines.deployPipeline} after a deployment`, watched,
      alarmEvents(watched),
      { ALARM: '$.detail.alarmName', ACCOUNT: '$.account', REGION: '$.region', AT: '$.time' },
    );
    const rules = [this.rule, this.servingRule, this.watchRule].flatMap(rule => rule?.attrArn ?? []);
    if (rules.length > 0) {
      this.undelivered.addToResourcePolicy(new iam.PolicyStatement({
        sid: 'RecordRule',
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rules } },
      }));
    }
  }

  /**
   * A step of the run records that its change set failed; where its runner died, nothing does. Builds run code of the
   * repository, and may tell of failures: what is recorded is only what CloudFormation says of a change set.
   */
  private ruleOnRuns(
    { project, group: { name, pipelines }, bus }: DeploymentRecordingProps, trigger: iam.IRole,
  ): events.CfnRule {
    return new events.CfnRule(this, 'Rule', {
      name: pipelines.recordRule,
      description: `Failed runs of ${pipelines.deployPipeline}`,
      eventBusName: bus,
      eventPattern: {
        ...from(this, pipelines.place),
        'source': [REQUESTS_SOURCE],
        'detail-type': [WORKFLOW_FAILED],
        'detail': { project: [project], group: [name], kind: ['deploy'], execution: RUNS },
      },
      targets: [this.target({ EXECUTION_ID: '$.detail.execution' }, trigger)],
    });
  }

  /** Starts the project with variables from the event. */
  private target(variables: { readonly [name: string]: string }, role: iam.IRole): events.CfnRule.TargetProperty {
    // A text in JSON is not in quotation marks: EventBridge adds them (user guide, "Input transformation").
    const given = Object.keys(variables).map(name => `{"name":"${name}","type":"PLAINTEXT","value":<${name}>}`);
    return {
      id: 'Project',
      arn: this.project.attrArn,
      roleArn: role.roleArn,
      inputTransformer: {
        inputPathsMap: { ...variables }, inputTemplate: `{"environmentVariablesOverride":[${given.join(',')}]}`,
      },
      deadLetterConfig: { arn: this.undelivered.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
    };
  }
}
