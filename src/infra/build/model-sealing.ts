import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SEAL_TOOLS } from './seal-tools';
import { SEAL } from '../../ci/registry';
import type { PlannedBuild, BuildRoles } from '../../plan/build/model';
import { sealedPrefix } from '../../plan/build/prefixes';
import { modelPackageGroupArn } from '../../plan/build/registry';
import type { Move } from '../../plan/govern/stages';
import { makeProject } from '../shared/code-build';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { toolsAsset } from '../shared/tools-asset';

/** What is sealed, and by whom. */
export interface ModelSealingProps {
  readonly build: PlannedBuild;
  readonly roles: Pick<BuildRoles, 'sealer' | 'sealTrigger'>;
  readonly key: IKey;
  /** The move that begins the life cycle of a package, if it has one. */
  readonly first?: Move;
  /** Keeps events that could not start a build. */
  readonly undelivered: IQueue;
}

/** CodeBuild stops a build after 8 hours by default; large artifacts are read twice. */
const TIMEOUT_MINUTES = 480;

/**
 * Seals each version that is registered or approved: its artifact is copied by version id to where nothing is ever
 * replaced, and the package says which object that is and what is in it (`tools/deploy/sealer.py`).
 *
 * A build and not a function: the whole artifact is read, which for a large one takes longer than the 15 minutes of a
 * Lambda function. Outside the SageMaker pipeline, because all code in that is the repository's.
 *
 * A version that was registered before there was sealing is sealed once its status is set again.
 */
export class ModelSealing extends Construct {
  /** Runs the tool; no code of the repository. */
  public readonly project: codebuild.CfnProject;
  /** The only role that writes to the sealed artifacts. */
  public readonly role: iam.Role;
  /** Starts the project. */
  public readonly rule: events.CfnRule;

  public constructor(scope: Construct, id: string, { build, roles, key, undelivered, first }: ModelSealingProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const tools = toolsAsset(this, SEAL_TOOLS.map(file => `deploy/${file}`), first ? {
      'first_stage.json': first,
    } : undefined);
    this.role = makeRole(this, 'Role', roles.sealer, {
      key: key.keyArn, assetBucket: tools.bucket.bucketArn, toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey),
    });
    this.project = makeProject(this, 'Project', {
      log: 'evidence',
      name: build.sealProject,
      description: `Seals the artifacts of ${build.modelPackageGroup}`,
      role: this.role,
      key,
      job: SEAL,
      archive: `${tools.s3BucketName}/${tools.s3ObjectKey}`,
      variables: {
        MODEL_PACKAGE_GROUP_ARN: fill(this, modelPackageGroupArn(build)),
        SEALED_PREFIX: fill(this, sealedPrefix(build)),
      },
      computeType: 'BUILD_GENERAL1_SMALL',
      timeoutMinutes: TIMEOUT_MINUTES,
    });
    this.rule = new events.CfnRule(this, 'Rule', {
      name: build.sealRule,
      description: `Starts the sealing of versions of ${build.modelPackageGroup}`,
      eventPattern: {
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        'account': [account],
        'region': [region],
        'detail': {
          ModelPackageGroupName: [build.modelPackageGroup],
          // An approved version is sealed already, unless the first event was lost or came before there was sealing.
          ModelApprovalStatus: ['PendingManualApproval', 'Approved'],
        },
      },
      targets: [{
        id: 'Project',
        arn: this.project.attrArn,
        roleArn: makeRole(this, 'TriggerRole', roles.sealTrigger).roleArn,
        inputTransformer: {
          inputPathsMap: { package: '$.detail.ModelPackageArn' },
          // A text in JSON is not in quotation marks: EventBridge adds them (user guide, "Input transformation").
          inputTemplate: '{"environmentVariablesOverride":'
            + '[{"name":"MODEL_PACKAGE","type":"PLAINTEXT","value":<package>}]}',
        },
        deadLetterConfig: { arn: undelivered.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }
}
