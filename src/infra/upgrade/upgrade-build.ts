import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { upgradeJob } from '../../ci/upgrade';
import { OptionError } from '../../options/engine/option-error';
import type { DeliverySource } from '../../plan/settings';
import type { PlannedUpgrade } from '../../plan/upgrade/model';
import { UPGRADE_PREFIX } from '../../plan/upgrade/roles';
import { UPGRADE_BRANCH } from '../../plan/upgrade/schedule';
import type { ModelPipelineProps } from '../build/model-build-pipeline';
import { makeProject } from '../shared/code-build';
import { fill } from '../shared/fill';
import { groupOf, planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { sourceAction } from '../source/source-action';

/**
 * A scheduled build that checks for newer versions of this package, the CDK and the SDK, upgrades a copy of the
 * repository, runs its tests and proposes the result.
 *
 * For CodeCommit it pushes the branch `upgrade/sagemaker-cicd-projen` and opens or updates one pull request, whose
 * title begins with "Draft:" when files are in conflict or tests fail. For sources behind a connection, where a build
 * cannot open one, it keeps `upgrade.patch` and `report.md` in the artifact bucket below `upgrades/` and names them in
 * its output. It runs in the tooling account and needs access to the npm and Python registries; if `network` is given,
 * through that network.
 *
 * @throws OptionError when the delivery is invalid, or wants no scheduled build: `upgrade.schedule` is `never`,
 * `upgrade.pullRequests` is false, the
 * source is GitHub, where a workflow does this, or the group is not the first one
 */
export class UpgradeBuild extends Construct {
  /** The project that upgrades. */
  public readonly project: codebuild.CfnProject;
  /** Starts the build at 05:00 UTC, daily, on Mondays, or on the first of a month. */
  public readonly rule: events.CfnRule;
  /** Fetches the commit for sources behind a connection; undefined for CodeCommit. */
  public readonly pipeline?: codepipeline.CfnPipeline;

  public constructor(scope: Construct, id: string, props: ModelPipelineProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { name, pipelines } = groupOf(plan, props.group);
    const { upgrade, delivery: { source, network, upgrade: options } } = plan;
    if (upgrade?.group !== name) { throw notWanted(options.schedule); }
    const values = { key: props.key.keyArn };
    const { region } = pipelines.place;
    this.project = makeProject(this, 'Project', {
      log: 'errand',
      name: upgrade.project,
      description: `Checks for newer versions and upgrades ${upgrade.sourceBranch} of ${source.repository}`,
      role: makeRole(this, 'RunnerRole', upgrade.roles.runner, values),
      key: props.key,
      job: upgradeJob(source.type),
      variables: {
        SOURCE_BRANCH: upgrade.sourceBranch,
        REPOSITORY: source.repository,
        UPGRADE_BRANCH,
        ...(upgrade.pipeline ? { UPGRADE_LOCATION: `s3://${props.artifactBucket.bucketName}/${UPGRADE_PREFIX}` } : {}),
      },
      computeType: 'BUILD_GENERAL1_MEDIUM',
      timeoutMinutes: 60,
      network,
      clone: upgrade.pipeline ? undefined : {
        repositoryUrl: fill(
          this,
          `https://git-codecommit.${region ?? '{region}'}.{urlSuffix}/v1/repos/${source.repository}`,
        ),
        branch: upgrade.sourceBranch,
      },
    });
    if (upgrade.pipeline) { this.pipeline = this.makePipeline(upgrade, source, props); }
    this.rule = new events.CfnRule(this, 'Schedule', {
      name: upgrade.rule,
      description: `Checks for newer versions (${options.schedule})`,
      scheduleExpression: upgrade.schedule,
      targets: [{
        id: 'Upgrade',
        arn: fill(this, upgrade.targetArn),
        roleArn: makeRole(this, 'TriggerRole', upgrade.roles.trigger).roleArn,
      }],
    });
    if (!this.pipeline) { this.rule.addResourceDependency(this.project); }
  }

  private makePipeline(
    upgrade: PlannedUpgrade, source: DeliverySource, props: ModelPipelineProps,
  ): codepipeline.CfnPipeline {
    const { roles, pipeline, sourceBranch } = upgrade;
    const build: codepipeline.CfnPipeline.ActionDeclarationProperty = {
      name: 'Upgrade',
      actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: {
        ProjectName: this.project.ref,
        EnvironmentVariables: JSON.stringify([{
          name: 'SOURCE_COMMIT',
          value: '#{Source.CommitId}',
          type: 'PLAINTEXT',
        }]),
      },
      inputArtifacts: [{ name: 'Source' }],
      runOrder: 1,
    };
    return new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: pipeline,
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      roleArn: makeRole(this, 'PipelineRole', roles.pipeline!, { key: props.key.keyArn }).roleArn,
      artifactStore: {
        type: 'S3',
        location: props.artifactBucket.bucketName,
        encryptionKey: { type: 'KMS', id: props.key.keyArn },
      },
      stages: [{
        name: 'Source',
        actions: [sourceAction(source, sourceBranch)],
      }, { name: 'Upgrade', actions: [build] }],
    });
  }
}

function notWanted(schedule: string): OptionError {
  return new OptionError([{
    path: 'upgrade',
    value: JSON.stringify(schedule),
    allowed: 'a schedule, with pull requests, for the first group of a source other than GitHub',
    fix: 'Make this construct only where the delivery wants a scheduled build.',
  }]);
}
