import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CfnOutput, Duration, Stack, Tags, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { checkPromotion } from './check-promotion';
import { PROMOTION_TOOLS } from './promotion-tools';
import { type ModelPackageSourceAccess, sourceAccess } from './source-access';
import { PROMOTE } from '../../ci/registry';
import type { PromotionOptions } from '../../options/promotion';
import { filled } from '../../options/schemas/filled';
import { arn } from '../../plan/arn';
import type { PlannedPromotion } from '../../plan/promotion/model';
import { planPromotion } from '../../plan/promotion/roles';
import type { PlannedRole } from '../../plan/roles/role-model';
import { makeProject } from '../shared/code-build';
import { fill } from '../shared/fill';
import { makeModelPackageGroup } from '../shared/model-package-group';
import { claim } from '../shared/one-owner';
import { makeKey } from '../shared/own-key';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';
import { STATUSES } from '../shared/statuses';
import { accept } from '../shared/suppress';
import { toolsAsset } from '../shared/tools-asset';

/** What is promoted, and where to. */
export interface ModelPackagePromotePipelineProps extends PromotionOptions {}

/**
 * CodePipeline stops a build action after 8 hours (CodePipeline user guide, quotas); large artifacts take their time.
 */
const TIMEOUT_MINUTES = 480;

/** Stacks that have outputs of the plain names already. */
const named = new WeakSet<Stack>();

/**
 * Promotes model packages from a group of another account or region to the account and region of the stack: a pipeline
 * that makes the newest approved version of the target group a copy of the newest approved version of the source group,
 * whenever a version was approved or rejected there.
 *
 * S3 itself copies artifacts of any size, metrics and baselines. It never overwrites anything, and copies are compared
 * by their checksums. A copied model.tar.gz is read: its SHA-256 must be the one that the source's package records, and
 * is recorded in the copy. A version without a record is refused unless `acceptUnsealed` is set. Images that AWS
 * publishes are mapped to the target region; access to your own images is checked. A copy records its source, version
 * and checksum and is made once for each; a copy that was changed since is refused. If a version is rejected or deleted
 * in the source, its copies are rejected too, and the newest version that is still approved is promoted. If none is
 * approved, nothing fails. Use the target group only for these copies.
 *
 * The source account must allow this; `sourceAccess` returns the statements for its model package group (describe and
 * list packages), its buckets (`s3:GetObject`, `s3:ListBucket`), their KMS keys (`kms:Decrypt`), and the repositories
 * of your own images (pull). Artifacts in buckets of a third account are not read. With an event bus, a rule of the
 * source account must forward "SageMaker Model Package State Change" to that bus, and the bus's policy must allow it
 * `events:PutEvents`. If the policy of the target bucket or of `kmsKeyArn` restricts who may use it, it must allow
 * `role`.
 *
 * The stack has the outputs PipelineArn, PipelineName and, with a bus, EventRuleArn and EventRuleName; those of further
 * promotions in the same stack begin with the construct's id.
 *
 * @throws OptionError when a property is invalid, naming each of them
 */
export class ModelPackagePromotePipeline extends Construct {
  /** ARN of the pipeline. */
  public readonly pipelineArn: string;
  /** Name of the pipeline. */
  public readonly pipelineName: string;
  /** ARN of the rule that starts the pipeline; undefined without an event bus. */
  public readonly eventRuleArn?: string;
  /** Bus and name of that rule, as `bus|rule`; undefined without an event bus. */
  public readonly eventRuleName?: string;
  /** The pipeline. */
  public readonly pipeline: codepipeline.CfnPipeline;
  /** Encrypts the pipeline's artifacts, its logs and undelivered events. */
  public readonly key: IKey;
  /** The group that copies are registered in. */
  public readonly modelPackageGroup?: sagemaker.CfnModelPackageGroup;
  /** Does everything in both accounts; the source account's policies must allow it. */
  public readonly role: iam.Role;
  /** Starts the pipeline; undefined without an event bus. */
  public readonly rule?: events.CfnRule;
  /** Events that could not start the pipeline, for 14 days; undefined without an event bus. */
  public readonly deadLetters?: sqs.Queue;

  private readonly planned: PlannedPromotion;

  public constructor(scope: Construct, id: string, props: ModelPackagePromotePipelineProps) {
    super(scope, id);
    const { region, account } = Stack.of(this);
    const place = { region: known(region), account: known(account) };
    checkPromotion(props, place);
    this.planned = planPromotion(props, place);
    const { planned } = this;
    claim(this, {
      key: ['promotion', account, region, planned.group].join(' '), path: 'targetModelPackageGroupName',
      value: planned.group, allowed: 'a group that no other promotion of the app copies to, in one account and region',
      fix: 'Give each promotion a group of its own.',
    });
    const { roles } = planned;
    const key = makeKey(this, 'Key', planned.keyAlias, `Promotion of ${planned.source.name} to ${planned.group}`);
    this.key = key;
    const { bucket } = new PrivateBucket(this, 'Artifacts', {
      name: planned.artifactBucket,
      key,
      keep: 400,
      keepOldVersions: 30,
    });
    this.modelPackageGroup = makeModelPackageGroup(this, 'ModelPackageGroup', {
      modelPackageGroupName: planned.group,
      modelPackageGroupDescription: `Copies of approved versions of ${planned.source.name} in `
        + `${planned.source.account}, ${planned.source.region}`,
    }, {
      existingModelPackageGroup: props.existingModelPackageGroup,
      retain: filled('PromotionOptions', props).retainOnDelete,
    });
    this.role = makeRole(this, 'PromoterRole', roles.promoter, { key: key.keyArn });
    const project = makeProject(this, 'Promote', {
      log: 'evidence',
      name: planned.project,
      description: `Promotes the newest approved version of ${planned.source.name} to ${planned.group}`,
      role: this.role,
      key,
      job: PROMOTE,
      variables: {
        SOURCE_MODEL_PACKAGE_GROUP_ARN: props.sourceModelPackageGroupArn,
        TARGET_MODEL_PACKAGE_GROUP: planned.group,
        TARGET_BUCKET: props.targetBucketName,
        ...(props.kmsKeyArn ? { TARGET_KMS_KEY_ARN: props.kmsKeyArn } : {}),
        ...(props.sagemakerProjectId ? { SAGEMAKER_PROJECT_ID: props.sagemakerProjectId } : {}),
        ...(props.acceptUnsealed ? { ACCEPT_UNSEALED: 'true' } : {}),
      },
      computeType: 'BUILD_GENERAL1_SMALL',
      timeoutMinutes: TIMEOUT_MINUTES,
    });
    const tools = toolsAsset(this, PROMOTION_TOOLS.map(file => `deploy/${file}`));
    this.pipeline = new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: planned.pipeline,
      pipelineType: 'V2',
      // Each execution looks at both groups as they are, so one that waits is as good as any older one that waits too.
      executionMode: 'SUPERSEDED',
      roleArn: this.makePipelineRole(roles.pipeline, key, tools).roleArn,
      artifactStore: { type: 'S3', location: bucket.bucketName, encryptionKey: { type: 'KMS', id: key.keyArn } },
      stages: stages(tools, project.ref),
    });
    // Creating a pipeline starts it.
    if (this.modelPackageGroup) { this.pipeline.addResourceDependency(this.modelPackageGroup); }
    this.pipelineName = planned.pipeline;
    this.pipelineArn = fill(this, arn(planned.place, 'codepipeline', planned.pipeline));
    if (planned.bus && roles.trigger) {
      this.deadLetters = this.makeDeadLetters(planned.bus, key);
      this.rule = this.makeRule(planned.bus, roles.trigger, this.deadLetters);
      this.eventRuleArn = this.rule.attrArn;
      this.eventRuleName = `${planned.bus}|${planned.rule}`;
    }
    this.tell();
    const tags = {
      'sagemaker:project-id': props.sagemakerProjectId,
      'sagemaker:project-name': props.sagemakerProjectName,
    };
    Object.entries(tags).forEach(([name, value]) => value && Tags.of(this).add(name, value));
  }

  /**
   * The statements that the source account's resource policies need.
   *
   * @param artifactBucketArn bucket that holds the artifacts and reports of packages
   */
  public sourceAccess(artifactBucketArn: string): ModelPackageSourceAccess {
    return sourceAccess(this, this.planned.source, this.role, artifactBucketArn);
  }

  private makePipelineRole(planned: PlannedRole, key: IKey, tools: Asset): iam.Role {
    return makeRole(this, 'PipelineRole', planned, {
      key: key.keyArn, assetBucket: tools.bucket.bucketArn, toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
    });
  }

  private makeDeadLetters(bus: string, key: IKey): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(queue, {
      rule: 'AwsSolutions-SQS3',
      reason: 'This queue is itself the dead-letter queue of the promotion\'s rule.',
    });
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    const rule = arn(
      this.planned.place,
      'events',
      bus === 'default' ? `rule/${this.planned.rule}` : `rule/${bus}/${this.planned.rule}`,
    );
    queue.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Rule',
      principals,
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': fill(this, rule) } },
    }));
    // Without the rule's ARN as a condition: EventBridge does not say it to KMS (SNS guide, "Key management"), and
    // letters would be lost unseen.
    key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'DeadLetters',
      principals,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }));
    return queue;
  }

  private makeRule(bus: string, role: PlannedRole, deadLetters: sqs.Queue): events.CfnRule {
    const { source, rule } = this.planned;
    return new events.CfnRule(this, 'Rule', {
      name: rule,
      description: `Approvals and rejections in ${source.name} of ${source.account}, ${source.region}`,
      eventBusName: bus,
      eventPattern: {
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        'account': [source.account],
        'region': [source.region],
        'detail': { ModelPackageGroupName: [source.name], ModelApprovalStatus: STATUSES.approval.told },
      },
      targets: [{
        id: 'Pipeline',
        arn: this.pipelineArn,
        roleArn: makeRole(this, 'TriggerRole', role).roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // The longest that EventBridge tries.
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }

  /** The first promotion in a stack has outputs of exactly these names. */
  private tell(): void {
    const stack = Stack.of(this);
    const plain = !named.has(stack);
    named.add(stack);
    const { pipelineArn, pipelineName, eventRuleArn, eventRuleName } = this;
    const outputs = {
      PipelineArn: pipelineArn,
      PipelineName: pipelineName,
      EventRuleArn: eventRuleArn,
      EventRuleName: eventRuleName,
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value === undefined) { continue; }
      const output = new CfnOutput(this, name, { value });
      if (plain) { output.overrideLogicalId(name); }
    }
  }
}

function known(value: string): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}

function stages(tools: Asset, project: string): codepipeline.CfnPipeline.StageDeclarationProperty[] {
  return [
    {
      name: 'Source',
      actions: [{
        name: 'Tools',
        actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
        configuration: { S3Bucket: tools.s3BucketName, S3ObjectKey: tools.s3ObjectKey, PollForSourceChanges: 'false' },
        outputArtifacts: [{ name: 'Tools' }],
        runOrder: 1,
      }],
    },
    {
      name: 'Promote',
      actions: [{
        name: 'Promote',
        actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
        configuration: { ProjectName: project },
        inputArtifacts: [{ name: 'Tools' }],
        runOrder: 1,
      }],
    },
  ];
}
