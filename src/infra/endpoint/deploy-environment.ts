import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Role } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BatchSurroundings } from './batch-surroundings';
import { EndpointDashboard } from './endpoint-dashboard';
import { EndpointEvents } from './endpoint-events';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { endpointLogs, isPerRelease } from '../../plan/endpoint/served-names';
import { shiftOf } from '../../plan/endpoint/shift';
import { MONITOR_WORDS } from '../../plan/monitor/settings';
import { ApiSurroundings } from '../api/api-surroundings';
import type { DeliveryGroupProps } from '../group-props';
import { ModelMonitoring } from '../monitor/model-monitoring';
import { encryptedLog, letLogsUse } from '../shared/encrypted-log';
import { makeModelPackageGroup } from '../shared/model-package-group';
import { makeKey } from '../shared/own-key';
import { environmentOf, groupOf, planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';
import { writeOnce } from '../shared/write-once';

/** Properties of a deploy environment. */
export interface ModelDeployEnvironmentProps extends DeliveryGroupProps {
  /** Name of the deploy environment. */
  readonly environment: string;
}

/**
 * What an endpoint needs around it: key, buckets for captured data and for deployments, its log, and the roles of an
 * environment. It changes with the infrastructure, never with a model.
 *
 * In the endpoint stack, CloudFormation may create only the model, the endpoint configuration and the endpoint. If you
 * add resources to that stack, allow them here, for example with `environment.cloudFormationRole.addToPolicy(...)`.
 *
 * @throws OptionError when the delivery is invalid or has no such group or environment
 */
export class ModelDeployEnvironment extends Construct {
  /** Encrypts volumes, captured data, assets and copies of models. */
  public readonly key: kms.IKey;
  /** Captured requests and answers, kept for as long as the options specify. Only where there is an endpoint. */
  public readonly captureBucket?: s3.IBucket;
  /** Data to score and predictions; only where data is scored in batches. */
  public readonly batchBucket?: s3.IBucket;
  /** Assets of the endpoint stack below `assets/`, models from another region below `models/`. */
  public readonly deploymentBucket: s3.IBucket;
  /** Copies of approved packages; only if the build is in another region and the group does not exist yet. */
  public readonly replicaGroup?: CfnModelPackageGroup;
  /** Assumed by the deploy pipeline. */
  public readonly deployRole: Role;
  /** CloudFormation's role for the endpoint stack. */
  public readonly cloudFormationRole: Role;
  /** Assumed by checks and smoke tests. */
  public readonly verifyRole: Role;
  /** Assumed after the smoke test, to remove what the deployment replaced. */
  public readonly retireRole: Role;
  /** Assumed when a person rolls back, to return the endpoint to a proven configuration; only if there is one. */
  public readonly rollBackRole?: Role;
  /** Assumed by the preparation of a deployment, to publish assets. */
  public readonly publishRole: Role;
  /** Assumed by the preparation of a deployment, to copy models; only if the build is in another region. */
  public readonly replicateRole?: Role;
  /** EventBridge's, forwards events of the endpoint to the tooling account; only if there is an endpoint. */
  public readonly forwarderRole?: Role;
  /** Events of the endpoint that could not be forwarded; only if there is an endpoint. */
  public readonly undeliveredEvents?: sqs.IQueue;
  /** Where the API is called; only if there is one. */
  public readonly apiAddress?: string;
  /** The role of the API's handler; only if there is an API. */
  public readonly apiHandlerRole?: Role;
  /** Requests with their predictions; only if the API keeps them. */
  public readonly predictionBucket?: s3.IBucket;
  /**
   * Predictions, labels and results of monitors; ground truth is put below `truth/`. Only where something is monitored.
   */
  public readonly monitoringBucket?: s3.IBucket;
  /** The role of monitoring jobs; only where something is monitored. */
  public readonly monitorJobRole?: Role;
  /** ARN of the state machine that runs monitors; only where something is monitored. */
  public readonly monitorStateMachineArn?: string;
  /** Shows the endpoint; only where the environment has a dashboard. */
  public readonly dashboard?: cloudwatch.Dashboard;
  /** The running model's role. */
  public readonly modelRole: Role;

  public constructor(scope: Construct, id: string, props: ModelDeployEnvironmentProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const group = groupOf(plan, props.group);
    const environment = environmentOf(group, props.environment);
    const { roles, s3AccessLogsBucketArn: logBucketArn, endpoint } = environment;
    this.key = endpoint.kmsKeyArn
      ? kms.Key.fromKeyArn(this, 'Key', endpoint.kmsKeyArn)
      : makeKey(this, 'Key', environment.keyAlias, `Endpoint ${environment.endpointName}`);
    if (!environment.batch) {
      this.captureBucket = new PrivateBucket(this, 'Capture', {
        name: environment.captureBucket, key: this.key, logBucketArn,
        // Removed data stays as an old version, so it is gone a day later.
        keep: environment.endpoint.dataCaptureRetentionDays, keepOldVersions: 1,
      }).bucket;
    }
    this.deploymentBucket = this.makeDeploymentBucket(environment);
    // SageMaker makes the group at the first line otherwise, without a key, for ever. That of transform jobs belongs to
    // the whole account.
    if (isPerRelease(environment)) {
      // The endpoint stack makes one for each endpoint.
      letLogsUse(this, this.key, endpointLogs(environment));
    } else if (!environment.batch) {
      encryptedLog(this, 'Log', environment.endpointLog, this.key, 'evidence');
    }
    this.replicaGroup = environment.replicaGroup === undefined
      ? undefined
      : makeModelPackageGroup(this, 'ReplicaGroup', {
        modelPackageGroupName: environment.replicaGroup,
        modelPackageGroupDescription: `Copies of approved models of ${group.build.modelPackageGroup}`,
      }, { ...environment, retain: true });
    const values = { key: this.key.keyArn };
    this.deployRole = makeRole(this, 'DeployRole', roles.deploy, values);
    this.cloudFormationRole = makeRole(this, 'CloudFormationRole', roles.cloudFormation, values);
    this.verifyRole = makeRole(this, 'VerifyRole', roles.verify, values);
    this.retireRole = makeRole(this, 'RetireRole', roles.retire, values);
    this.rollBackRole = roles.rollBack && makeRole(this, 'RollBackRole', roles.rollBack, values);
    this.publishRole = makeRole(this, 'PublishRole', roles.publish, values);
    this.replicateRole = roles.replicate && makeRole(this, 'ReplicateRole', roles.replicate, values);
    this.modelRole = makeRole(this, 'ModelRole', roles.model, values);
    // The policy of a key that the options name is not the delivery's to change.
    const ownKey = endpoint.kmsKeyArn ? undefined : this.key;
    const { busArn } = plan.infrastructure;
    const batch = environment.batch && new BatchSurroundings(this, 'Batch', {
      environment, batch: environment.batch, key: this.key, ownKey, busArn,
    });
    this.batchBucket = batch?.bucket;
    const api = environment.api && new ApiSurroundings(this, 'Api', {
      project: plan.delivery.name, group: group.name, environment, api: environment.api, key: this.key,
    });
    this.apiAddress = api?.front.address;
    this.apiHandlerRole = api?.handlerRole;
    this.predictionBucket = api?.predictionBucket;
    if (environment.dashboard) {
      this.dashboard = new EndpointDashboard(this, 'Dashboard', {
        dashboardName: environment.dashboard, endpointName: environment.endpointName,
        kind: environment.endpoint.kind, probed: shiftOf(environment)?.isProbed,
        perRelease: isPerRelease(environment),
        monitors: environment.monitoring?.settings.monitors.map(({ kind: monitor }) => MONITOR_WORDS[monitor]),
        api: api && { type: api.type, apiId: api.front.apiId, apiName: api.apiName },
      }).dashboard;
    }
    const forwarding = environment.watched && new EndpointEvents(this, 'Events', {
      environment, watched: environment.watched, busArn, key: ownKey,
    });
    this.forwarderRole = forwarding?.role;
    this.undeliveredEvents = forwarding?.undelivered;
    const { monitoring } = environment;
    const monitors = monitoring && new ModelMonitoring(this, 'Monitors', {
      project: plan.delivery.name, group: group.name, modelPackageGroup: group.build.modelPackageGroup, environment,
      monitoring, key: this.key, ownKey, busArn, forwarder: (forwarding?.role ?? batch?.forwarder)!,
    });
    this.monitoringBucket = monitors?.bucket;
    this.monitorJobRole = monitors?.jobRole;
    this.monitorStateMachineArn = monitors?.stateMachine.attrArn;
  }

  /**
   * S3 cannot tell which asset or copy is live, and CloudFormation reads the live one again when it rolls a deployment
   * back. So nothing is removed by its age: what has not been read for long moves to a cheaper tier by itself and is
   * read from there as before.
   */
  private makeDeploymentBucket(environment: PlannedEnvironment): s3.Bucket {
    const { bucket } = new PrivateBucket(this, 'Deployment', {
      name: environment.deploymentBucket,
      key: this.key,
      logBucketArn: environment.s3AccessLogsBucketArn,
      keepOldVersions: 30,
    });
    const { replicate } = environment.roles;
    if (replicate) { writeOnce(bucket, { prefix: 'models/', writers: [replicate.arn] }); }
    bucket.addLifecycleRule({
      transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
    });
    return bucket;
  }
}
