import type { Transform } from './transform';

/** What a score pipeline works on; what is not given, whoever starts an execution has to say. */
export interface ScoreSettings {
  readonly transform: Transform;
  /** Name of the model; no execution can be given another one then. */
  readonly modelName?: string;
  readonly inputBucket?: string;
  readonly inputKey?: string;
  /** Address below which each execution has a prefix of its own, without a slash at its end. */
  readonly outputUrl: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** Encrypts the predictions. */
  readonly outputKeyArn?: string;
  /** Encrypts the instances' volumes; none for those that encrypt their storage by themselves. */
  readonly volumeKeyArn?: string;
}

/** Name of the only step. */
export const SCORE_STEP = 'Score';

const get = (path: string) => ({ Get: path });
const parameterOf = (name: ScoreParameter) => get(`Parameters.${name}`);
const join = (on: string, ...values: readonly unknown[]) => ({ 'Std:Join': { On: on, Values: values } });

/** What an execution can be given. Bucket and key are apart because an event brings them apart. */
export type ScoreParameter =
  | 'ModelName' | 'InputBucket' | 'InputKey' | 'OutputUrl' | 'InstanceCount' | 'ContentType' | 'Accept'
  | 'InputFilter' | 'OutputFilter' | 'JoinSource';

/**
 * The pipeline "score": one transform step, in the schema of SageMaker's pipeline definitions as its SDK writes them.
 * SageMaker runs it in every environment of the kind "batch", and the local runner in the repository. It has no
 * experiment: an execution is found by the prefix of its predictions.
 */
export function scoreDefinition(settings: ScoreSettings): object {
  return {
    Version: '2020-12-01',
    Metadata: {},
    Parameters: parametersOf(settings),
    Steps: [{ Name: SCORE_STEP, Type: 'Transform', RetryPolicies: RETRIES, Arguments: argumentsOf(settings) }],
  };
}

/**
 * Many objects may arrive at once: an execution without a free instance waits for one. Without a policy only faults of
 * the service are tried again (SageMaker developer guide, "Retry Policy for Pipeline Steps").
 */
const RETRIES = [{
  ExceptionType: ['SageMaker.CAPACITY_ERROR', 'SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.RESOURCE_LIMIT'],
  IntervalSeconds: 120, BackoffRate: 1.5, MaxAttempts: 10,
}];

function parametersOf({ transform, ...settings }: ScoreSettings): object[] {
  const { processing } = transform;
  const text = (name: ScoreParameter, value: string | undefined, more: object = {}) => ({
    Name: name, Type: 'String', ...(value === undefined ? {} : { DefaultValue: value }), ...more,
  });
  return [
    ...(settings.modelName === undefined ? [text('ModelName', undefined)] : []),
    text('InputBucket', settings.inputBucket),
    text('InputKey', settings.inputKey),
    text('OutputUrl', settings.outputUrl),
    { Name: 'InstanceCount', Type: 'Integer', DefaultValue: settings.instanceCount },
    text('ContentType', transform.contentType),
    text('Accept', transform.accept),
    ...(processing ? [
      text('InputFilter', processing.inputFilter),
      text('OutputFilter', processing.outputFilter),
      text('JoinSource', processing.join ? 'Input' : 'None', { EnumValues: ['Input', 'None'] }),
    ] : []),
  ];
}

function argumentsOf({ transform, ...settings }: ScoreSettings): object {
  return {
    ModelName: settings.modelName ?? parameterOf('ModelName'),
    TransformInput: {
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix',
          S3Uri: join('', 's3://', parameterOf('InputBucket'), '/', parameterOf('InputKey')),
        },
      },
      ContentType: parameterOf('ContentType'),
      SplitType: transform.byLine ? 'Line' : 'None',
    },
    TransformOutput: {
      S3OutputPath: join('/', parameterOf('OutputUrl'), get('Execution.PipelineExecutionId')),
      Accept: parameterOf('Accept'),
      AssembleWith: transform.byLine ? 'Line' : 'None',
      ...(settings.outputKeyArn === undefined ? {} : { KmsKeyId: settings.outputKeyArn }),
    },
    TransformResources: {
      InstanceType: settings.instanceType,
      InstanceCount: parameterOf('InstanceCount'),
      ...(settings.volumeKeyArn === undefined ? {} : { VolumeKmsKeyId: settings.volumeKeyArn }),
    },
    BatchStrategy: transform.strategy,
    MaxPayloadInMB: transform.maxPayloadMegabytes,
    MaxConcurrentTransforms: transform.maxConcurrentRequests,
    ModelClientConfig: {
      InvocationsTimeoutInSeconds: transform.timeoutSeconds, InvocationsMaxRetries: transform.maxRetries,
    },
    ...(transform.processing ? {
      DataProcessing: {
        InputFilter: parameterOf('InputFilter'),
        OutputFilter: parameterOf('OutputFilter'),
        JoinSource: parameterOf('JoinSource'),
      },
    } : {}),
  };
}
