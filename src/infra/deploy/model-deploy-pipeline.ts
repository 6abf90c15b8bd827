import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deployTools, infrastructureCode } from './deploy-source';
import { prepareStage, rollBackStage, sourceStage, waveStage } from './deploy-stages';
import { DeploymentRecording } from './deployment-recording';
import { isRecorded, prepareJob, ROLL_BACK, verifyJob } from '../../ci/release';
import { arn } from '../../plan/arn';
import { updateMinutes } from '../../plan/deploy/update-minutes';
import type { PlannedGroup } from '../../plan/model';
import type { ModelPipelineProps } from '../build/model-build-pipeline';
import { makeProject } from '../shared/code-build';
import { fill, fillSub } from '../shared/fill';
import { groupOf, pipelinePlanOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';
import { KEEP_LIVE, NOWHERE, PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE } from '../shared/sentinel';

/** Properties of a deploy pipeline. */
export interface ModelDeployPipelineProps extends ModelPipelineProps {
  /**
   * Root directory of the CDK app, which the pipeline synthesizes the endpoint templates from.
   *
   * @default - the working directory
   */
  readonly directory?: string;
}

/**
 * The pipeline that brings an approved model package to each environment in turn.
 *
 * The approval gate starts it with the package as its variable. Its own creation, or a change of the infrastructure,
 * starts it without a package, which redeploys each environment's live package. Exactly the approved package is
 * deployed: it is passed as a parameter, and its approval is checked again immediately before each change.
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class ModelDeployPipeline extends Construct {
  /** The pipeline. */
  public readonly pipeline: codepipeline.CfnPipeline;
  /** Prepares the templates and parameters of every environment. */
  public readonly prepareProject: codebuild.CfnProject;
  /** Checks approvals and tests endpoints. */
  public readonly verifyProject: codebuild.CfnProject;
  /** Returns endpoints to the version before. */
  public readonly rollBackProject: codebuild.CfnProject;
  /** What each execution deploys, and which version was rolled back where. */
  public readonly recordsBucket: s3.IBucket;
  /** Records versions whose deployment failed. */
  public readonly recordProject: codebuild.CfnProject;
  /** Events of failed deployments that could not be recorded. */
  public readonly deadLetters: sqs.IQueue;
  /** Assumed by people who approve deployments, and have versions rolled back or tried again. */
  public readonly releaserRole: Role;

  public constructor(scope: Construct, id: string, props: ModelDeployPipelineProps) {
    super(scope, id);
    const plan = pipelinePlanOf(props.delivery);
    const group = groupOf(plan, props.group);
    const { pipelines, roles, waves } = group;
    const { infrastructure, network } = plan.delivery;
    const code = infrastructureCode(this, props.directory ?? process.cwd(), infrastructure.files);
    const tools = deployTools(this, plan, group);
    const runner = makeRole(this, 'RunnerRole', roles.deployRunner, {
      key: props.key.keyArn,
      assetBucket: tools.bucket.bucketArn,
      toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
    });
    const project = {
      role: runner,
      log: 'evidence' as const,
      key: props.key,
      variables: {},
      network,
      computeType: 'BUILD_GENERAL1_SMALL' as const,
    };
    this.prepareProject = makeProject(this, 'Prepare', {
      ...project,
      name: pipelines.prepareProject!,
      description: 'Prepares the endpoint templates and decides what is deployed where',
      job: prepareJob(infrastructure, waves.length),
      // Models of hundreds of gigabytes take hours to another region; CodePipeline stops a build action after 8 hours
      // (CodePipeline user guide, quotas).
      timeoutMinutes: group.replicas.length > 0 ? 480 : 60 + updateMinutes(group),
    });
    this.verifyProject = makeProject(this, 'Verify', {
      ...project,
      name: pipelines.verifyProject!,
      description: 'Checks approvals before a deployment and the endpoint after it',
      job: verifyJob(group),
      timeoutMinutes: 60 + updateMinutes(group),
    });
    this.rollBackProject = makeProject(this, 'RollBack', {
      ...project,
      name: pipelines.rollBackProject,
      description: 'Returns endpoints to the version before',
      job: ROLL_BACK,
      timeoutMinutes: 60 + updateMinutes(group),
    });
    // For ever: a version that failed must not come back when its record is a year old.
    this.recordsBucket = new PrivateBucket(this, 'Records', {
      name: pipelines.records, key: props.key, logBucketArn: plan.delivery.s3AccessLogsBucketArn,
    }).bucket;
    const recording = new DeploymentRecording(this, 'Recording', {
      project: plan.delivery.name, group, bus: plan.infrastructure.bus, key: props.key, runner, tools, network,
      timeoutMinutes: 60 + updateMinutes(group),
    });
    this.recordProject = recording.project;
    this.deadLetters = recording.undelivered;
    this.releaserRole = makeRole(this, 'ReleaserRole', roles.releaser);
    const role = makeRole(this, 'PipelineRole', roles.deployPipeline!, {
      key: props.key.keyArn,
      assetBucket: code.bucket.bucketArn,
      infrastructureObject: code.bucket.arnForObjects(code.s3ObjectKey),
      toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
    });
    this.pipeline = new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: pipelines.deployPipeline,
      pipelineType: 'V2',
      // An execution that waits for a person must not hold up the one that brings back the last good model.
      executionMode: 'PARALLEL',
      restartExecutionOnUpdate: true,
      roleArn: role.roleArn,
      ...this.artifactStores(group, {
        type: 'S3',
        location: props.artifactBucket.bucketName,
        encryptionKey: { type: 'KMS', id: props.key.keyArn },
      }),
      variables: [{
        name: PACKAGE_VARIABLE,
        defaultValue: KEEP_LIVE,
        description: `ARN of the model package to deploy; ${KEEP_LIVE} keeps what is live in each environment`,
      }, {
        name: RETRY_VARIABLE,
        defaultValue: NOWHERE,
        description: 'Environments, separated by commas, that try the package again though it was rolled back there',
      }, {
        name: ROLL_BACK_VARIABLE,
        defaultValue: NOWHERE,
        description: 'Environments, separated by commas, that return at once to the version before',
      }],
      stages: [
        sourceStage(code, tools),
        rollBackStage(this.rollBackProject.ref),
        prepareStage(this.prepareProject.ref),
        ...waves.map((wave, i) => waveStage(wave, i, {
          verifyProject: this.verifyProject.ref,
          topicArn: fill(this, plan.infrastructure.topicArn),
          region: pipelines.place.region,
          isRecorded: isRecorded(group.build),
          fill: text => fillSub(this, text),
        })),
      ],
    });
  }

  /**
   * Where artifacts are kept: in each region that an action runs in, once there are several. Keys elsewhere are named
   * by their alias, as their ids are not known here.
   */
  private artifactStores(
    { pipelines, replicas }: PlannedGroup, own: codepipeline.CfnPipeline.ArtifactStoreProperty,
  ): Pick<codepipeline.CfnPipelineProps, 'artifactStore' | 'artifactStores'> {
    if (replicas.length === 0) { return { artifactStore: own }; }
    const elsewhere = replicas.map(({ place, bucket, keyAlias }) => ({
      region: place.region!,
      artifactStore: {
        type: 'S3',
        location: fill(this, bucket),
        encryptionKey: { type: 'KMS', id: fill(this, arn(place, 'kms', `alias/${keyAlias}`)) },
      },
    }));
    return { artifactStores: [{ region: pipelines.place.region!, artifactStore: own }, ...elsewhere] };
  }
}
