import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { buildVariables } from '../../plan/build/variables';
import { NO_REASON, REASON_VARIABLE } from '../../plan/retrain/model';
import type { DeliveryGroupProps } from '../group-props';
import { makeProject } from '../shared/code-build';
import { fill } from '../shared/fill';
import { groupOf, pipelinePlanOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { CommitGate } from '../source/commit-gate';
import { keptPushes } from '../source/kept-pushes';
import { sourceAction, sourceTriggers } from '../source/source-action';

/** What a pipeline keeps its artifacts in. */
export interface ModelPipelineProps extends DeliveryGroupProps {
  /** Bucket for what goes from action to action, in the pipeline's account and region. */
  readonly artifactBucket: IBucket;
  /** Key of that bucket; build logs are encrypted with it too. */
  readonly key: IKey;
}

/**
 * The pipeline that turns a commit into a registered model: source, then the repository's own `buildspec.yml`.
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class ModelBuildPipeline extends Construct {
  /** The pipeline. */
  public readonly pipeline: codepipeline.CfnPipeline;
  /** The project that runs the buildspec. */
  public readonly project: codebuild.CfnProject;
  /** Pushes to CodeCommit that could not be delivered; a connection has no such queue. */
  public readonly deadLetters?: IQueue;

  public constructor(scope: Construct, id: string, props: ModelPipelineProps) {
    super(scope, id);
    const plan = pipelinePlanOf(props.delivery);
    const group = groupOf(plan, props.group);
    const { pipelines, roles } = group;
    const { source } = plan.delivery;
    const values = { key: props.key.keyArn };
    const variables = Object.fromEntries(Object.entries(buildVariables(plan, group)).map(([
      name, value,
    ]) => [name, fill(this, value)]));
    this.project = makeProject(this, 'Project', {
      name: pipelines.buildProject!,
      description: `Tests, compiles and starts the SageMaker pipeline ${group.build.pipelineName}`,
      role: makeRole(this, 'RunnerRole', roles.buildRunner, values),
      key: props.key,
      log: 'evidence',
      job: 'buildspec.yml',
      variables: { ...variables, PIPELINE_PARAMETERS: JSON.stringify(group.parameters) },
      computeType: 'BUILD_GENERAL1_MEDIUM',
      timeoutMinutes: 60,
      network: plan.delivery.network,
    });
    this.pipeline = new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: pipelines.buildPipeline,
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      roleArn: makeRole(this, 'PipelineRole', roles.buildPipeline!, values).roleArn,
      artifactStore: {
        type: 'S3',
        location: props.artifactBucket.bucketName,
        encryptionKey: { type: 'KMS', id: props.key.keyArn },
      },
      variables: [{
        name: REASON_VARIABLE,
        defaultValue: NO_REASON,
        description: 'Why the model is trained again without a commit',
      }],
      triggers: sourceTriggers(source, group.sourceBranch, { ignored: source.ignoredPaths }),
      stages: [
        { name: 'Source', actions: [sourceAction(source, group.sourceBranch)] },
        { name: 'Build', actions: [this.buildAction()] },
      ],
    });
    if (roles.buildTrigger && roles.commitGate) {
      const gate = new CommitGate(this, 'Commits', {
        rule: pipelines.commitRule!,
        stateMachine: pipelines.commitGate!,
        triggerRole: roles.buildTrigger,
        gateRole: roles.commitGate,
        place: pipelines.place,
        repository: source.repository,
        branch: group.sourceBranch,
        pipeline: pipelines.buildPipeline,
        paths: { ignored: source.ignoredPaths },
        evidence: keptPushes(plan),
        key: props.key,
      });
      this.deadLetters = gate.deadLetters;
    }
  }

  /** Commit, branch and reason are recorded with the model, so they travel as variables. */
  private buildAction(): codepipeline.CfnPipeline.ActionDeclarationProperty {
    const variables = [
      { name: 'GIT_COMMIT', value: '#{Source.CommitId}' },
      { name: 'GIT_BRANCH', value: '#{Source.BranchName}' },
      { name: 'RETRAINING_REASON', value: `#{variables.${REASON_VARIABLE}}` },
    ];
    return {
      name: 'Build',
      actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: {
        ProjectName: this.project.ref,
        EnvironmentVariables: JSON.stringify(variables.map(v => ({ ...v, type: 'PLAINTEXT' }))),
      },
      inputArtifacts: [{ name: 'Source' }],
      runOrder: 1,
    };
  }
}
