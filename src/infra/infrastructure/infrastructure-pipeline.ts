import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { tierStages } from './infrastructure-stages';
import { infrastructureTools } from './infrastructure-tools';
import { changeJob, synthJob } from '../../ci/infrastructure';
import type { Delivery } from '../../delivery/delivery';
import { OptionError } from '../../options/engine/option-error';
import { infrastructurePaths } from '../../options/knowledge/infrastructure-paths';
import { DEPLOYER_ROLES } from '../../plan/infrastructure/deployers';
import { SELF } from '../../plan/infrastructure/model';
import type { PlannedTier } from '../../plan/stacks/stack';
import { makeProject } from '../shared/code-build';
import { FailureWatch } from '../shared/failure-watch';
import { failedGates, failedPipelines } from '../shared/failures';
import { fill } from '../shared/fill';
import { buildAction } from '../shared/pipeline-actions';
import { pipelinePlanOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { CommitGate } from '../source/commit-gate';
import { keptPushes } from '../source/kept-pushes';
import { sourceAction, sourceTriggers } from '../source/source-action';

/** Properties of the infrastructure pipeline. */
export interface InfrastructurePipelineProps {
  /** The delivery. */
  readonly delivery: Delivery;

  /** Bucket for artifacts between actions, in the pipeline's account and region. */
  readonly artifactBucket: IBucket;

  /** Key of that bucket; logs are encrypted with it too. */
  readonly key: IKey;

  /**
   * Topic for failures and waiting approvals.
   *
   * @default - the delivery's own: the one that it names, or the one in its infrastructure stack
   */
  readonly topic?: ITopic;
}

/**
 * The pipeline that deploys the infrastructure after each commit to it: first its own stack, then everything else, from
 * development to production. Each stage uses only the CDK bootstrap roles in the accounts of its type. Before
 * production, the tooling account or the pipeline itself changes, a person approves the diff, and exactly that diff is
 * executed. A newer commit overtakes an older one that waits.
 *
 * @throws OptionError when the delivery is invalid, or is deployed manually (`infrastructure.pipeline` is false)
 */
export class InfrastructurePipeline extends Construct {
  /** The pipeline. */
  public readonly pipeline: codepipeline.CfnPipeline;
  /** Synthesizes the templates; it cannot change anything. */
  public readonly synthProject: codebuild.CfnProject;
  /** Projects that deploy to the accounts of a type with their bootstrap roles, by type. */
  public readonly deployProjects: { [type: string]: codebuild.CfnProject } = {};
  /** Assumed by people who approve changes; undefined if nothing waits for an approval. */
  public readonly approverRole?: Role;

  public constructor(scope: Construct, id: string, props: InfrastructurePipelineProps) {
    super(scope, id);
    const plan = pipelinePlanOf(props.delivery);
    const { pipeline: planned, roles, place } = plan.infrastructure;
    if (!planned) { throw notWanted(); }
    const { source, sourceBranch, files } = plan.delivery.infrastructure;
    const paths = { only: infrastructurePaths(files) };
    const values = { key: props.key.keyArn };
    const { chatTopicArn } = plan.infrastructure;
    const topicArn = props.topic?.topicArn ?? fill(this, plan.infrastructure.topicArn);
    const shared = {
      key: props.key,
      variables: {},
      computeType: 'BUILD_GENERAL1_MEDIUM',
      network: plan.delivery.network,
    } as const;
    this.synthProject = makeProject(this, 'Synth', {
      ...shared,
      log: 'errand',
      name: planned.synthProject,
      description: `Synthesizes the templates of ${plan.delivery.name}`,
      role: makeRole(this, 'SynthRole', roles.synth!, values),
      job: synthJob(plan.delivery.infrastructure),
      timeoutMinutes: 30,
    });
    const tools = infrastructureTools(this, plan, planned);
    for (const { type, project } of planned.deployers) {
      this.deployProjects[type] = makeProject(this, `Deploy-${type}`, {
        ...shared,
        log: 'evidence',
        variables: { TOOLS_BUCKET: tools.s3BucketName, TOOLS_KEY: tools.s3ObjectKey, TOOLS_OWNER: Aws.ACCOUNT_ID },
        computeType: 'BUILD_GENERAL1_SMALL',
        name: project,
        description: `Shows and deploys changes in accounts of the type ${type}`,
        role: makeRole(this, `DeployerRole-${type}`, roles[DEPLOYER_ROLES[type]]!, {
          ...values, toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
        }),
        job: changeJob(type),
        timeoutMinutes: 300,
      });
    }
    this.approverRole = roles.approver && makeRole(this, 'ApproverRole', roles.approver);
    const stages = (tier: PlannedTier, key: string) => tierStages(tier, {
      project: plan.delivery.name, key, topicArn, deployProject: this.deployProjects[tier.type].ref,
    });
    this.pipeline = new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: planned.name,
      pipelineType: 'V2',
      executionMode: 'SUPERSEDED',
      // An execution that has changed the pipeline itself begins again, with the changed stages.
      restartExecutionOnUpdate: true,
      roleArn: makeRole(this, 'PipelineRole', roles.pipeline!, values).roleArn,
      artifactStore: {
        type: 'S3',
        location: props.artifactBucket.bucketName,
        encryptionKey: { type: 'KMS', id: props.key.keyArn },
      },
      triggers: sourceTriggers(source, sourceBranch, paths),
      stages: [
        { name: 'Source', actions: [sourceAction(source, sourceBranch)] },
        {
          name: 'Synth',
          actions: [
            buildAction('Synth', this.synthProject.ref, 'Source', {}, { outputArtifacts: [{ name: 'Assembly' }] }),
          ],
        },
        ...stages(planned.self, SELF),
        ...planned.tiers.flatMap(tier => stages(tier, tier.type)),
      ],
    });
    let gate: CommitGate | undefined;
    if (roles.trigger && roles.commitGate) {
      gate = new CommitGate(this, 'Commits', {
        rule: planned.commitRule,
        stateMachine: planned.commitGate,
        triggerRole: roles.trigger,
        gateRole: roles.commitGate,
        place,
        repository: source.repository, branch: sourceBranch, pipeline: planned.name, paths, key: props.key,
        evidence: keptPushes(plan),
      });
    }
    const subject = { project: plan.delivery.name };
    new FailureWatch(this, 'Failures', {
      prefix: plan.infrastructure.failures,
      topicArn,
      chatTopicArn: chatTopicArn && fill(this, chatTopicArn),
      key: props.key,
      queues: gate ? [gate.deadLetters] : [],
      failures: [
        // When it changes itself it is canceled and restarted (`restartExecutionOnUpdate`).
        failedPipelines(this, subject, [planned.name], [planned.name]),
        ...(gate ? [failedGates(this, subject, place, [planned.commitGate])] : []),
      ],
    });
  }
}

function notWanted(): OptionError {
  return new OptionError([{
    path: 'infrastructure.pipeline',
    value: 'false',
    allowed: 'true',
    fix: 'Create this construct only if a pipeline deploys the infrastructure.',
  }]);
}
