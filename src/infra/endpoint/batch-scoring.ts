import * as events from 'aws-cdk-lib/aws-events';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { type CfnCondition, type CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { checkBatchScoring } from './check-batch-scoring';
import { hasLocalStorage } from './local-storage';
import { hasPackage, keepServed, servedModel } from './served-model';
import type { BatchTransformOptions } from '../../options/batch';
import type { NetworkOptions } from '../../options/network';
import { filled } from '../../options/schemas/filled';
import { scoreDefinition } from '../../plan/endpoint/batch/definition';
import { placeIn } from '../../plan/endpoint/batch/model';
import { transformOf } from '../../plan/endpoint/batch/transform';

/** When everything is scored. */
export interface BatchSchedule {
  /** `rate(...)` or `cron(...)` with six fields, for example `cron(0 6 * * ? *)`. */
  readonly expression: string;

  /**
   * Time zone of the expression.
   *
   * @default "UTC"
   */
  readonly timeZone?: string;

  /**
   * ARN of the role that EventBridge Scheduler starts the pipeline with; it needs `sagemaker:StartPipelineExecution`,
   * and `sqs:SendMessage` for `deadLetterQueueArn`.
   */
  readonly roleArn: string;

  /**
   * Name of the schedule.
   *
   * @default - CloudFormation generates one
   */
  readonly name?: string;
}

/** What starts the pipeline when data arrives. */
export interface BatchArrival {
  /** ARN of the role that EventBridge starts the pipeline with; it needs `sagemaker:StartPipelineExecution`. */
  readonly roleArn: string;

  /**
   * Name of the rule.
   *
   * @default - CloudFormation generates one
   */
  readonly ruleName?: string;
}

/** The model, and the data that it scores. */
export interface BatchScoringProps {
  /**
   * ARN of the model package; best a template parameter, so that each deployment brings its own. Its value "none" makes
   * no pipeline yet.
   */
  readonly modelPackageArn: string;

  /**
   * Name of the inference specification in the package that the model is made from, for example "sealed", which names
   * the artifact that was sealed.
   *
   * @default - the one that the package was registered with
   */
  readonly inferenceSpecificationName?: string;

  /**
   * ARN of the role that the model runs with. Transform jobs read the data and write predictions with it too.
   */
  readonly executionRoleArn: string;
  /** Name of the SageMaker pipeline. */
  readonly pipelineName: string;
  /** ARN of the role that the pipeline starts transform jobs with. */
  readonly pipelineRoleArn: string;
  /** Instance type, for example `ml.m5.large`. */
  readonly instanceType: string;
  /** Number of instances of an execution that is not given another one, at least 1. */
  readonly instanceCount: number;
  /** ARN of the KMS key, or of an alias of it, for predictions and volumes. */
  readonly kmsKeyArn: string;
  /** Where the data to score is, an object or a prefix: `s3://bucket/input/`. */
  readonly inputUri: string;
  /** Where predictions are written, each execution below a prefix with its ID: `s3://bucket/output`. */
  readonly outputUri: string;

  /**
   * What is sent to the model for each record, and what is written for it.
   *
   * @default {}
   */
  readonly transform?: BatchTransformOptions;

  /**
   * When everything at `inputUri` is scored.
   *
   * @default - no schedule
   */
  readonly schedule?: BatchSchedule;

  /**
   * What scores each object that arrives at `inputUri`; its bucket must send its events to EventBridge.
   *
   * @default - nothing is done when data arrives
   */
  readonly arrival?: BatchArrival;

  /**
   * ARN of the queue for starts that could not be made. Its policy must let `events.amazonaws.com` send messages for
   * the rule of `arrival`.
   *
   * @default - none
   */
  readonly deadLetterQueueArn?: string;

  /**
   * Number of the attempt to deploy the same, at least 1; best a template parameter. A new number writes the pipeline
   * again, also where somebody changed it in between.
   *
   * @default 1
   */
  readonly attempt?: number;

  /**
   * VPC that the model runs in.
   *
   * @default - SageMaker's own network
   */
  readonly network?: NetworkOptions;
}

/** EventBridge and Scheduler try for a day before they give a start up, as everywhere in a delivery. */
const RETRY = { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 };

/**
 * Scores data in batches with one model package: a model, a SageMaker pipeline with one transform step, and what starts
 * it, a schedule or arriving data.
 *
 * The model has no name of its own and is replaced at each deployment; the pipeline names the new one, so an execution
 * cannot be given another model. Pipeline and models are kept when the stack is deleted.
 *
 * @throws OptionError when a property is wrong, naming each that is
 */
export class BatchScoring extends Construct {
  /** The model, made from the package. */
  public readonly model: sagemaker.CfnModel;
  /** The pipeline with its one step. */
  public readonly pipeline: sagemaker.CfnPipeline;
  /** Starts the pipeline at its times. */
  public readonly schedule?: scheduler.CfnSchedule;
  /** Starts the pipeline for each object. */
  public readonly arrivalRule?: events.CfnRule;
  /** True when the template's parameter names a package; undefined when the package is no parameter. */
  public readonly hasModel?: CfnCondition;

  public constructor(scope: Construct, id: string, props: BatchScoringProps) {
    super(scope, id);
    checkBatchScoring(props);
    const hasModel = hasPackage(this, props.modelPackageArn);
    // A model package brings its code with it, so the container needs no network of its own.
    const model = servedModel(this, { ...props, enableNetworkIsolation: true });
    this.model = model;
    this.hasModel = hasModel;
    const stack = Stack.of(this);
    const input = placeIn(props.inputUri);
    this.pipeline = new sagemaker.CfnPipeline(this, 'Pipeline', {
      pipelineName: props.pipelineName,
      pipelineDescription: `Scores data in batches. Attempt ${props.attempt ?? 1} to deploy this version`,
      roleArn: props.pipelineRoleArn,
      pipelineDefinition: {
        PipelineDefinitionBody: stack.toJsonString(scoreDefinition({
          transform: transformOf(filled('BatchTransformOptions', props.transform ?? {})),
          modelName: model.attrModelName,
          inputBucket: input.bucket,
          inputKey: input.key,
          outputUrl: props.outputUri.replace(/\/+$/, ''),
          instanceType: props.instanceType,
          instanceCount: props.instanceCount,
          outputKeyArn: props.kmsKeyArn,
          volumeKeyArn: hasLocalStorage(props.instanceType) ? undefined : props.kmsKeyArn,
        })),
      },
    });
    keepServed(this.pipeline, [model]);
    // SageMaker writes the names of pipelines in small letters in their ARNs, and knows them by either.
    const pipelineArn = stack.formatArn({
      service: 'sagemaker', resource: 'pipeline', resourceName: props.pipelineName.toLowerCase(),
    });
    this.schedule = props.schedule && this.makeSchedule(props.schedule, pipelineArn, props.deadLetterQueueArn);
    this.arrivalRule = props.arrival && this.makeRule(props.arrival, pipelineArn, props);
    for (const starter of [this.schedule, this.arrivalRule]) { starter?.node.addDependency(this.pipeline); }
    const resources = [model, this.pipeline, this.schedule, this.arrivalRule] as Array<CfnResource | undefined>;
    for (const resource of resources) {
      if (resource) { resource.cfnOptions.condition = hasModel; }
    }
  }

  private makeSchedule(
    { name, expression, timeZone, roleArn }: BatchSchedule, arn: string, queue?: string,
  ): scheduler.CfnSchedule {
    return new scheduler.CfnSchedule(this, 'Schedule', {
      name,
      description: 'Scores data in batches',
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone ?? 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn, roleArn, retryPolicy: RETRY, deadLetterConfig: queue === undefined ? undefined : { arn: queue },
      },
    });
  }

  /**
   * An event brings bucket and key; a parameter's value is a JSON path as a whole (SageMaker developer guide, "Amazon
   * EventBridge Integration": dynamic values). Objects without content are what consoles make for folders.
   */
  private makeRule({ ruleName, roleArn }: BatchArrival, arn: string, props: BatchScoringProps): events.CfnRule {
    const { bucket, key } = placeIn(props.inputUri);
    const queue = props.deadLetterQueueArn;
    return new events.CfnRule(this, 'Arrival', {
      name: ruleName,
      description: 'Scores each object that arrives',
      eventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [bucket] }, object: { key: [{ prefix: key }], size: [{ numeric: ['>', 0] }] } },
      },
      targets: [{
        id: 'Score',
        arn,
        roleArn,
        sageMakerPipelineParameters: {
          pipelineParameterList: [
            { name: 'InputBucket', value: '$.detail.bucket.name' }, { name: 'InputKey', value: '$.detail.object.key' },
          ],
        },
        deadLetterConfig: queue === undefined ? undefined : { arn: queue },
        retryPolicy: RETRY,
      }],
    });
  }
}
