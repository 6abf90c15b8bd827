import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deploySpec, synthSpec } from './infrastructure-specs';
import type { DeliveryOptions } from '../../options/delivery';
import { OptionError } from '../../options/engine/option-error';
import { infrastructurePaths } from '../../options/knowledge/infrastructure-paths';
import type { PlannedInfrastructurePipeline } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedTier } from '../../plan/stacks/stack';
import { makeProject } from '../shared/code-build';
import { FailureWatch } from '../shared/failure-watch';
import { failedGates, failedPipelines } from '../shared/failures';
import { fill } from '../shared/fill';
import { planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { CommitGate } from '../source/commit-gate';
import { sourceAction, sourceTriggers } from '../source/source-action';

/** What the pipeline of the infrastructure works with. */
export interface InfrastructurePipelineProps {
  /** The delivery, as in `config/delivery.json`. */
  readonly delivery: DeliveryOptions;

  /** Bucket for what goes from action to action, in the pipeline's account and region. */
  readonly artifactBucket: IBucket;

  /** Key of that bucket; logs are encrypted with it too. */
  readonly key: IKey;

  /**
   * Topic that failures and waiting approvals are told of.
   *
   * @default - the delivery's own: the one that it names, or the one in its infrastructure stack
   */
  readonly topic?: ITopic;

  /**
   * Path of the construct, in the CDK app, whose children the delivery's stacks are, each under its planned name.
   *
   * @default - that of the scope of this construct's stack
   */
  readonly stacksPath?: string;
}

type Action = codepipeline.CfnPipeline.ActionDeclarationProperty;

/** Tier of the pipeline's own stack. */
const SELF = 'self';

/**
 * The pipeline that deploys the infrastructure after each commit to it: first its own stack, then everything else, from
 * development to production, each stage with the roles of the CDK bootstrap in the accounts and regions of the
 * delivery. A newer commit overtakes an older one that waits.
 *
 * @throws OptionError when the delivery is wrong, or is deployed by hand (`infrastructure.pipeline` is false)
 */
export class InfrastructurePipeline extends Construct {
  /** The pipeline. */
  public readonly pipeline: codepipeline.CfnPipeline;
  /** Makes the templates; can change nothing. */
  public readonly synthProject: codebuild.CfnProject;
  /** Deploys stacks with the roles of the bootstrap. */
  public readonly deployProject: codebuild.CfnProject;

  public constructor(scope: Construct, id: string, props: InfrastructurePipelineProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { pipeline: planned, roles, place } = plan.infrastructure;
    if (!planned) { throw notWanted(); }
    const { source, sourceBranch, files } = plan.delivery.infrastructure;
    const paths = { only: infrastructurePaths(files) };
    const values = { key: props.key.keyArn };
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
      description: `Makes the templates of ${plan.delivery.name}`,
      role: makeRole(this, 'SynthRole', roles.synth!, values),
      buildSpec: synthSpec(plan.delivery.infrastructure),
      timeoutMinutes: 30,
    });
    this.deployProject = makeProject(this, 'Deploy', {
      ...shared,
      log: 'evidence',
      name: planned.deployProject,
      description: `Deploys the infrastructure of ${plan.delivery.name}`,
      role: makeRole(this, 'DeployerRole', roles.deployer!, values),
      buildSpec: deploySpec(this.paths(planned, plan, props.stacksPath)),
      timeoutMinutes: 180,
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
          actions: [this.build('Synth', this.synthProject, 'Source', { outputArtifacts: [{ name: 'Assembly' }] })],
        },
        { name: 'SelfMutate', actions: [this.deploy('SelfMutate', SELF, 1)] },
        ...planned.tiers.map(tier => ({ name: tier.name, actions: this.tierActions(tier, plan, topicArn) })),
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
      });
      gate.rule.addResourceDependency(this.pipeline);
    }
    const subject = { project: plan.delivery.name };
    new FailureWatch(this, 'Failures', {
      prefix: plan.infrastructure.failures,
      topicArn,
      key: props.key,
      queues: gate ? [gate.deadLetters] : [],
      failures: [
        // When it changes itself it is canceled and restarted (`restartExecutionOnUpdate`).
        failedPipelines(this, subject, [planned.name], [planned.name]),
        ...(gate ? [failedGates(this, subject, place, [planned.commitGate])] : []),
      ],
    });
  }

  /** The stacks of each tier by their paths in the app. */
  private paths(
    { tiers }: PlannedInfrastructurePipeline, plan: DeliveryPlan, stacksPath?: string,
  ): { [tier: string]: string[] } {
    const parent = stacksPath ?? Stack.of(this).node.scope?.node.path ?? '';
    const path = (name: string) => [parent, name].filter(Boolean).join('/');
    return {
      [SELF]: [path(plan.infrastructure.stack)],
      ...Object.fromEntries(tiers.map(tier => [tier.type, tier.stacks.map(path)])),
    };
  }

  private tierActions({ type, manualApproval }: PlannedTier, plan: DeliveryPlan, topicArn: string): Action[] {
    const approval = {
      name: 'Approve',
      actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
      configuration: {
        NotificationArn: topicArn,
        CustomData: `The infrastructure of ${plan.delivery.name} for ${type}, from commit #{Source.CommitId}. The `
          + 'stages before this one have it already.',
      },
      runOrder: 1,
    };
    return manualApproval ? [approval, this.deploy('Deploy', type, 2)] : [this.deploy('Deploy', type, 1)];
  }

  private deploy(name: string, tier: string, runOrder: number): Action {
    const EnvironmentVariables = JSON.stringify([{ name: 'TIER', value: tier, type: 'PLAINTEXT' }]);
    return this.build(
      name,
      this.deployProject,
      'Assembly',
      { configuration: { ProjectName: this.deployProject.ref, EnvironmentVariables }, runOrder },
    );
  }

  private build(
    name: string,
    project: codebuild.CfnProject,
    input: string,
    more: Pick<Action, 'outputArtifacts' | 'configuration' | 'runOrder'>,
  ): Action {
    return {
      name,
      actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: { ProjectName: project.ref },
      inputArtifacts: [{ name: input }],
      runOrder: 1,
      ...more,
    };
  }
}

function notWanted(): OptionError {
  return new OptionError([{
    path: 'infrastructure.pipeline',
    value: 'false',
    allowed: 'true',
    fix: 'Make this construct only where a pipeline is to deploy the infrastructure.',
  }]);
}
