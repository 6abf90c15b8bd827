import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LIVE } from '../../plan/api/model';
import { functionLog } from '../../plan/logs';
import { accept } from '../shared/suppress';

/** What the roles of an API that is used alone are about. */
export interface AloneNames {
  readonly functionName: string;
  readonly beforeTraffic: string;
  readonly afterTraffic: string;
  readonly application: string;
  readonly deploymentGroup: string;
}

interface Right {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Services that name no source account when they assume such a role: Lambda (Lambda guide, "Execution role"), and API
 * Gateway for an integration (pull request 479 of aws-solutions-library-samples/
 * accelerated-intelligent-document-processing-on-aws: with the condition every request ends with 500).
 */
const NAME_NO_ACCOUNT: readonly string[] = ['apigateway', 'lambda'];

/** Makes the roles of an API that is used alone; each may do what the construct needs it for, and nothing else. */
export class AloneRoles {
  public constructor(
    private readonly scope: Construct, private readonly names: AloneNames, private readonly key: IKey,
  ) {}

  /** The handler's: asks the endpoint, and nothing else. */
  public handler(endpointName: string, stream: string | undefined, asynchronousUri: string | undefined): iam.Role {
    const bucket = asynchronousUri && `arn:${Stack.of(this.scope).partition}:s3:::${asynchronousUri.slice(5)}`;
    return this.role('HandlerRole', 'lambda', 'Answers requests to an API', [
      this.writeLogs(functionLog(this.names.functionName)),
      {
        actions: [bucket === undefined ? 'sagemaker:InvokeEndpoint' : 'sagemaker:InvokeEndpointAsync'],
        resources: [this.arn('sagemaker', `endpoint/${endpointName}`)],
      },
      ...(stream === undefined ? [] : [{
        actions: ['firehose:PutRecordBatch'], resources: [this.arn('firehose', `deliverystream/${stream}`)],
      }]),
      ...(bucket === undefined ? [] : [
        { actions: ['s3:PutObject'], resources: [`${bucket}/input/api/*`] },
        { actions: ['s3:GetObject'], resources: [`${bucket}/output/*`, `${bucket}/failure/*`] },
        { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] },
      ]),
    ], 'Objects and streams of log lines have names that nobody knows before.');
  }

  /** API Gateway's: calls the alias. */
  public gateway(): iam.Role {
    return this.role('GatewayRole', 'apigateway', 'Calls the live version of a handler', [
      { actions: ['lambda:InvokeFunction'], resources: [this.functionArn(this.names.functionName, LIVE)] },
    ]);
  }

  /** The hooks': call versions of the handler, and say what came of it. */
  public hooks(predictions: IBucket | undefined): iam.Role {
    const { functionName, beforeTraffic, afterTraffic, application, deploymentGroup } = this.names;
    return this.role('HooksRole', 'lambda', 'Tests versions of a handler', [
      this.writeLogs(functionLog(beforeTraffic), functionLog(afterTraffic)),
      {
        actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
        resources: [this.functionArn(functionName, '*')],
      },
      {
        actions: ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
        resources: [this.arn('codedeploy', `deploymentgroup:${application}/${deploymentGroup}`)],
      },
      ...(predictions ? [
        { actions: ['s3:ListBucket'], resources: [predictions.bucketArn] },
        { actions: ['s3:GetObject'], resources: [predictions.arnForObjects('predictions/*')] },
      ] : []),
      { actions: ['kms:Decrypt'], resources: [this.key.keyArn] },
    ], 'Lambda numbers the versions of a function; objects and streams of log lines have such names, too.');
  }

  /** CodeDeploy's (CodeDeploy user guide, "AWSCodeDeployRoleForLambdaLimited", for one function). */
  public shift(): iam.Role {
    const { functionName, beforeTraffic, afterTraffic } = this.names;
    return this.role('ShiftRole', 'codedeploy', 'Moves an API from one version of its handler to the next', [
      {
        actions: ['lambda:GetAlias', 'lambda:UpdateAlias'],
        resources: [this.functionArn(functionName), this.functionArn(functionName, LIVE)],
      },
      { actions: ['lambda:GetProvisionedConcurrencyConfig'], resources: [this.functionArn(functionName, '*')] },
      {
        actions: ['lambda:InvokeFunction'],
        resources: [this.functionArn(beforeTraffic), this.functionArn(afterTraffic)],
      },
      { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] },
    ], 'Lambda numbers the versions of a function; CodeDeploy describes all alarms at once.');
  }

  /** The delivery stream's. */
  public predictions(bucket: IBucket, log: string): iam.Role {
    return this.role('PredictionsRole', 'firehose', 'Writes predictions to their bucket', [
      this.writeLogs(log),
      { actions: ['s3:AbortMultipartUpload', 's3:PutObject'], resources: [bucket.arnForObjects('*')] },
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      },
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] },
    ], 'Firehose generates the names of objects.');
  }

  private role(id: string, service: string, description: string, rights: readonly Right[], star?: string): iam.Role {
    const role = new iam.Role(this.scope, id, {
      description,
      assumedBy: new iam.ServicePrincipal(`${service}.amazonaws.com`, NAME_NO_ACCOUNT.includes(service) ? {} : {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this.scope).account } },
      }),
      inlinePolicies: {
        own: new iam.PolicyDocument({
          statements: rights.map(({ actions, resources }) => new iam.PolicyStatement({
            actions: [...actions], resources: [...resources],
          })),
        }),
      },
    });
    accept(
      role,
      { rule: 'NIST.800.53.R5-IAMNoInlinePolicy', reason: 'The policy is of this role alone and goes with it.' },
      ...(star === undefined ? [] : [{ rule: 'AwsSolutions-IAM5', reason: star }]),
    );
    return role;
  }

  private writeLogs(...groups: readonly string[]): Right {
    return {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: groups.map(group => this.arn('logs', `log-group:${group}:log-stream:*`)),
    };
  }

  private functionArn(name: string, qualifier?: string): string {
    return this.arn('lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);
  }

  private arn(service: string, resource: string): string {
    const { partition, region, account } = Stack.of(this.scope);
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
