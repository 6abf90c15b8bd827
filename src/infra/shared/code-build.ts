import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { encryptedLog, type LogContent } from './encrypted-log';
import { buildspecText } from '../../ci/codebuild/buildspec';
import type { Job } from '../../ci/job';
import type { NetworkOptions } from '../../options/network';
import { buildLog } from '../../plan/logs';

/**
 * Amazon Linux 2023 with the runtimes that a buildspec chooses from (AWS CodeBuild user guide, "Docker images provided
 * by CodeBuild").
 */
export const BUILD_IMAGE = 'aws/codebuild/amazonlinux-x86_64-standard:5.0';

export interface PipelineProjectProps {
  readonly name: string;
  readonly description: string;
  readonly role: IRole;
  readonly key: IKey;
  /** What its log contains. */
  readonly log: LogContent;
  /** What it runs, or the path of a buildspec in its source. */
  readonly job: Job | string;
  readonly variables: { readonly [name: string]: string };
  readonly computeType: 'BUILD_GENERAL1_SMALL' | 'BUILD_GENERAL1_MEDIUM';
  readonly timeoutMinutes: number;
  readonly network?: NetworkOptions;
  /** The CodeCommit repository and the branch that are cloned; a pipeline hands the source over unless given. */
  readonly clone?: { readonly repositoryUrl: string; readonly branch: string };
  /** An archive in S3, as `bucket/key`, in place of those. */
  readonly archive?: string;
}

/** A CodeBuild project with its log group. */
export function makeProject(scope: Construct, id: string, props: PipelineProjectProps): codebuild.CfnProject {
  const log = encryptedLog(scope, `${id}Log`, buildLog(props.name), props.key, props.log);
  return new codebuild.CfnProject(scope, id, {
    name: props.name,
    description: props.description,
    serviceRole: props.role.roleArn,
    encryptionKey: props.key.keyArn,
    artifacts: { type: props.clone || props.archive ? 'NO_ARTIFACTS' : 'CODEPIPELINE' },
    source: sourceOf(props),
    sourceVersion: props.clone && `refs/heads/${props.clone.branch}`,
    environment: {
      type: 'LINUX_CONTAINER',
      image: BUILD_IMAGE,
      computeType: props.computeType,
      environmentVariables: Object.entries(props.variables).map(([name, value]) => ({
        name,
        value,
        type: 'PLAINTEXT',
      })),
    },
    vpcConfig: props.network && {
      vpcId: props.network.vpcId,
      subnets: props.network.subnetIds,
      securityGroupIds: props.network.securityGroupIds,
    },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: log.logGroupName } },
    timeoutInMinutes: props.timeoutMinutes,
    queuedTimeoutInMinutes: 480,
  });
}

function sourceOf({ archive, clone, job }: PipelineProjectProps): codebuild.CfnProject.SourceProperty {
  const buildSpec = typeof job === 'string' ? job : buildspecText(job);
  if (archive) { return { type: 'S3', location: archive, buildSpec }; }
  return clone ? { type: 'CODECOMMIT', location: clone.repositoryUrl, buildSpec } : { type: 'CODEPIPELINE', buildSpec };
}
