import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ContainerRepositories } from './container-repositories';
import { EventForwarding } from './event-forwarding';
import { ModelSealing } from './model-sealing';
import { registryPolicy } from './registry-policy';
import { FOLDERS } from '../../plan/build/prefixes';
import { STAGE_ROLES } from '../../plan/build/stage-roles';
import { REGISTERED } from '../../plan/govern/stages';
import type { DeliveryGroupProps } from '../group-props';
import { letRead } from '../shared/foreign-readers';
import { makeModelPackageGroup } from '../shared/model-package-group';
import { makeKey } from '../shared/own-key';
import { groupOf, planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';
import { writeOnce } from '../shared/write-once';

/**
 * Where a deployment group builds and registers its model: key, artifact bucket, model package group, roles,
 * repositories for images, the sealing of registered versions, and the rules that forward approvals and failures to
 * the tooling account.
 *
 * Data, key and registry are retained when the stack is deleted.
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class ModelBuildEnvironment extends Construct {
  /** Encrypts everything that is built; a key that the stack creates rotates each year. */
  public readonly key: IKey;
  /** Code, data and models. */
  public readonly artifactBucket: IBucket;
  /** Access logs of the artifact bucket. */
  public readonly logBucket: IBucket;
  /** The registry of this group's models; undefined if it already exists. */
  public readonly modelPackageGroup?: CfnModelPackageGroup;
  /** Assumed by the build project of the build pipeline. */
  public readonly buildRole: iam.Role;
  /** The SageMaker pipeline's own role; it starts jobs and registers models. */
  public readonly pipelineRole: iam.Role;
  /** Role of processing jobs. */
  public readonly processingRole: iam.Role;
  /** Role of training jobs. */
  public readonly trainingRole: iam.Role;
  /** Assumed by people who approve or reject model packages. */
  public readonly approverRole: iam.Role;
  /** Seals registered packages; the only role that writes to sealed artifacts. */
  public readonly sealerRole: iam.Role;
  /** Forwards events to the delivery's bus in the tooling account. */
  public readonly forwarderRole: iam.Role;
  /** Events that could not be forwarded. */
  public readonly undeliveredEvents: sqs.Queue;
  /** Repositories for images; undefined when the delivery has none. */
  public readonly containerRepositories?: ContainerRepositories;

  public constructor(scope: Construct, id: string, props: DeliveryGroupProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const group = groupOf(plan, props.group);
    const { build, name, roles, retraining } = group;
    this.key = makeKey(this, 'Key', build.keyAlias, `Models of ${plan.delivery.name}, group ${name}`, build.kmsKeyArn);
    const artifacts = new PrivateBucket(this, 'Artifacts', {
      name: build.artifactBucket,
      key: this.key,
      logBucketArn: build.s3AccessLogsBucketArn,
    });
    letRead(artifacts.bucket, this.key, build.artifactReaders);
    for (const folder of FOLDERS.sealer) {
      writeOnce(artifacts.bucket, { prefix: `${build.pipelineName}/${folder}/`, writers: [roles.sealer.arn] });
    }
    this.artifactBucket = artifacts.bucket;
    this.logBucket = artifacts.logs;
    this.modelPackageGroup = makeModelPackageGroup(this, 'ModelPackageGroup', {
      modelPackageGroupName: build.modelPackageGroup,
      modelPackageGroupDescription: `Models of ${plan.delivery.name}, group ${name}`,
      modelPackageGroupPolicy: registryPolicy(this, group),
    }, { ...build, retain: true });
    const values = { key: this.key.keyArn };
    this.buildRole = makeRole(this, 'BuildRole', roles.build, values);
    this.pipelineRole = makeRole(this, 'PipelineRole', roles.pipeline, values);
    this.processingRole = makeRole(this, 'ProcessingRole', roles.processing, values);
    this.trainingRole = makeRole(this, 'TrainingRole', roles.training, values);
    this.approverRole = makeRole(this, 'ApproverRole', roles.approver, values);
    for (const key of Object.values(STAGE_ROLES)) {
      if (roles[key]) { makeRole(this, `${key[0].toUpperCase()}${key.slice(1)}Role`, roles[key]); }
    }
    if (roles.ruleApprover) { makeRole(this, 'RuleApproverRole', roles.ruleApprover, values); }
    if (roles.jiraApprover) { makeRole(this, 'JiraApproverRole', roles.jiraApprover, values); }
    if (roles.refuser) { makeRole(this, 'RefuserRole', roles.refuser, values); }
    const forwarding = new EventForwarding(this, 'Forwarding', {
      build,
      role: roles.forwarder,
      busArn: plan.infrastructure.busArn,
      newData: retraining?.newData,
      decidesOnRegistered: roles.ruleApprover !== undefined || roles.jiraApprover !== undefined,
      key: this.key,
    });
    this.forwarderRole = forwarding.role;
    this.undeliveredEvents = forwarding.undelivered;
    const sealing = new ModelSealing(this, 'Sealing', {
      build,
      roles,
      key: this.key,
      undelivered: this.undeliveredEvents,
      first: plan.delivery.governance.lifeCycleStages ? REGISTERED : undefined,
    });
    this.sealerRole = sealing.role;
    if (build.repositories.length > 0) {
      this.containerRepositories = new ContainerRepositories(
        this,
        'Repositories',
        { ...props, key: this.key },
      );
    }
  }
}
