import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { tellWhere } from './published';
import { makeRequests } from './workflow-requests';
import { ROLL_BACK } from '../../ci/release';
import { updateMinutes } from '../../plan/deploy/update-minutes';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { deployTools, infrastructureCode } from '../deploy/deploy-source';
import { DeploymentRecording } from '../deploy/deployment-recording';
import { makeProject } from '../shared/code-build';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';

/** A group that workflows build and deploy. */
export interface WorkflowDeliveryProps {
  readonly plan: DeliveryPlan;
  readonly group: PlannedGroup;
  /** Encrypts requests, records and logs. */
  readonly key: IKey;
  /** Root directory of the CDK app. */
  readonly directory: string;
}

/**
 * What the workflows of a group stand on in the tooling account: a role for each of their jobs, the table of requests,
 * where code and tools are, and the builds that record failures and return endpoints whether the repository's host
 * answers or not.
 */
export class WorkflowDelivery extends Construct {
  public readonly requests: dynamodb.Table;
  public readonly recordProject: codebuild.CfnProject;
  public readonly rollBackProject: codebuild.CfnProject;
  /** Events of failed deployments that could not be recorded. */
  public readonly deadLetters: sqs.IQueue;
  /** Assumed by people who approve deployments, roll back, or try a version again. */
  public readonly releaserRole: iam.Role;

  public constructor(scope: Construct, id: string, props: WorkflowDeliveryProps) {
    super(scope, id);
    const { plan, group, key } = props;
    const { pipelines, roles, environments } = group;
    const { infrastructure, network } = plan.delivery;
    const workflows = group.workflows!;
    const code = infrastructureCode(this, props.directory, infrastructure.files);
    const tools = deployTools(this, plan, group);
    tellWhere(this, 'WhereCode', workflows.codeParameter, code, 'the infrastructure code that was deployed last');
    tellWhere(this, 'WhereTools', workflows.toolsParameter, tools, 'the deploy tools that were deployed last');
    this.requests = makeRequests(this, workflows.requests, key);
    new PrivateBucket(this, 'Records', {
      name: pipelines.records, key, logBucketArn: plan.delivery.s3AccessLogsBucketArn,
    });
    const role = (name: string, planned: PlannedRole) => this.role(name, planned, key, code, tools);
    role('BuildRole', roles.buildRunner);
    role('AssemblerRole', roles.assembler!);
    role('PreparerRole', roles.preparer!);
    for (const { name, roles: { shipper } } of environments) { role(`ShipperRole-${name}`, shipper!); }
    const runner = role('RunnerRole', roles.deployRunner);
    this.releaserRole = role('ReleaserRole', roles.releaser);
    const timeoutMinutes = 60 + updateMinutes(group);
    this.rollBackProject = makeProject(this, 'RollBack', {
      name: pipelines.rollBackProject,
      description: 'Returns endpoints to the version before',
      role: runner,
      key,
      log: 'evidence',
      job: ROLL_BACK,
      archive: `${tools.s3BucketName}/${tools.s3ObjectKey}`,
      variables: {},
      network,
      computeType: 'BUILD_GENERAL1_SMALL',
      timeoutMinutes,
    });
    const recording = new DeploymentRecording(this, 'Recording', {
      project: plan.delivery.name, group, bus: plan.infrastructure.bus, key, runner, tools, network, timeoutMinutes,
    });
    this.recordProject = recording.project;
    this.deadLetters = recording.undelivered;
  }

  private role(id: string, planned: PlannedRole, key: IKey, code: Asset, tools: Asset): iam.Role {
    return makeRole(this, id, planned, {
      key: key.keyArn,
      assetBucket: tools.bucket.bucketArn,
      infrastructureObject: code.bucket.arnForObjects(code.s3ObjectKey),
      toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
    });
  }
}
