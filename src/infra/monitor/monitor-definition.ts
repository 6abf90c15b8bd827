import type { MonitorSettings } from '../../plan/monitor/settings';
import { COMPACTION, COMPACTION_JOB } from '../../plan/monitor/times';

/** A processing job, but for what differs from run to run. */
export interface MonitorJob {
  readonly imageUri: string;
  readonly roleArn: string;
  readonly codeUri: string;
  readonly environment: { readonly [name: string]: string };
  readonly volumeKeyArn?: (instanceType: string) => string | undefined;
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
}

/** What a machine of monitors works with. */
export interface MonitorDefinitionInput {
  readonly partition: string;
  /** What names of jobs begin with. */
  readonly jobs: string;
  readonly job: MonitorJob;
  /** Monitors that are switched on, by their word. */
  readonly monitors: { readonly [kind: string]: Pick<MonitorSettings, 'instanceType' | 'timeoutMinutes'> };
  /** Bucket of results, and the folder in which each run says what it found. */
  readonly bucket: string;
  readonly runs: string;
  /** Source and type of the event that tells it. */
  readonly source: string;
  readonly detailType: string;
}

/** Disk of a job, in gigabytes: the image's and what is copied from S3. */
const VOLUME_GIGABYTES = 30;

/** Times that a job is tried where SageMaker has no instance for it, and seconds in between. */
const ATTEMPTS = 4;
const CAPACITY_SECONDS = 900;

/**
 * What CreateProcessingJob answers while it is busy or a quota is used up for now. The service limits it to about one
 * call a second (Amazon SageMaker AI endpoints and quotas), and all environments of an account share that. Step
 * Functions calls what the service does not model `AmazonSageMakerException`.
 */
const BUSY = [
  'SageMaker.AmazonSageMakerException', 'SageMaker.ResourceLimitExceeded', 'SageMaker.ResourceLimitExceededException',
  'SageMaker.ThrottlingException',
];

/** Tries again while a service is busy; 3 tries, 2 to 8 seconds apart. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }];

/** Unpacks the code and becomes the job; the image has no other tool for it. At most 256 characters. */
export const ENTRYPOINT = [
  'python3', '-c',
  'import glob,os,sys,zipfile;z,=glob.glob("/opt/ml/processing/input/code/*.zip");'
  + 'zipfile.ZipFile(z).extractall("/tmp/code");p=sys.executable;'
  + 'os.execv(p,[p,"/tmp/code/monitor_job.py",*sys.argv[1:]])',
] as const;

/**
 * The machine that runs monitors, in Amazon States Language. Its input is the kind and the time of a run.
 *
 * Each run is a processing job; its name has the hash of the execution's name, because a name cannot be cut here and
 * has to fit, and the number of the attempt. A job that gets no instance fails as any other, and only its cause says
 * so; it is tried again after a while. What a run found is read from where the job put it for this very execution, so
 * two runs of one kind at the same time tell each their own. No result path is null: CloudFormation refuses null
 * anywhere in a template.
 */
export function monitorDefinition(input: MonitorDefinitionInput): object {
  const call = (service: string) => `arn:${input.partition}:states:::${service}`;
  const kinds = { [COMPACTION]: COMPACTION_JOB, ...input.monitors };
  return {
    Comment: 'Runs monitors, and the job that fills their tables',
    StartAt: 'FirstAttempt',
    States: {
      FirstAttempt: { Type: 'Pass', Result: 1, ResultPath: '$.attempt', Next: 'Kind' },
      Kind: {
        Type: 'Choice',
        Choices: Object.keys(kinds).map(kind => ({ Variable: '$.kind', StringEquals: kind, Next: stateOf(kind) })),
        Default: 'NoSuchKind',
      },
      ...Object.fromEntries(Object.entries(kinds).map(([kind, settings]) => [
        stateOf(kind), runJob(input, kind, settings, call),
      ])),
      JobFailed: {
        Type: 'Choice',
        Choices: [{
          And: [
            { Variable: '$.failed.Cause', StringMatches: '*CapacityError*' },
            { Variable: '$.attempt', NumericLessThan: ATTEMPTS },
          ],
          Next: 'WaitForCapacity',
        }],
        Default: 'RunFailed',
      },
      WaitForCapacity: { Type: 'Wait', Seconds: CAPACITY_SECONDS, Next: 'NextAttempt' },
      NextAttempt: {
        Type: 'Pass',
        Parameters: {
          'kind.$': '$.kind', 'time.$': '$.time', 'attempt.$': 'States.MathAdd($.attempt, 1)',
        },
        Next: 'Kind',
      },
      ReadFound: {
        Type: 'Task',
        Resource: call('aws-sdk:s3:getObject'),
        Parameters: { 'Bucket': input.bucket, 'Key.$': `States.Format('${input.runs}{}.json', $$.Execution.Name)` },
        ResultSelector: { 'run.$': 'States.StringToJson($.Body)' },
        ResultPath: '$.found',
        Retry: RETRY,
        Next: 'Tell',
      },
      Tell: {
        Type: 'Task',
        Resource: call('events:putEvents'),
        Parameters: {
          Entries: [{ 'Source': input.source, 'DetailType': input.detailType, 'Detail.$': '$.found.run' }],
        },
        ResultPath: '$.told',
        Retry: RETRY,
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
      NoSuchKind: {
        Type: 'Fail', Error: 'NoSuchKind', Cause: `kind is none of: ${Object.keys(kinds).join(', ')}`,
      },
      // Names of one's own must not begin with "States." (Amazon States Language, "Errors"), as that of a failed job does.
      RunFailed: {
        Type: 'Fail', Error: 'MonitorRunFailed', CausePath: "States.Format('{}: {}', $.failed.Error, $.failed.Cause)",
      },
    },
  };
}

/** Name of the state that runs a kind. */
export function stateOf(kind: string): string {
  return `Run ${kind}`;
}

function runJob(
  { job, jobs }: MonitorDefinitionInput, kind: string,
  { instanceType, timeoutMinutes }: Pick<MonitorSettings, 'instanceType' | 'timeoutMinutes'>,
  call: (service: string) => string,
): object {
  const volumeKeyArn = job.volumeKeyArn?.(instanceType);
  return {
    Type: 'Task',
    Resource: call('sagemaker:createProcessingJob.sync'),
    Parameters: {
      'ProcessingJobName.$': `States.Format('${jobs}-{}-{}', States.Hash($$.Execution.Name, 'MD5'), $.attempt)`,
      'RoleArn': job.roleArn,
      'AppSpecification': {
        'ImageUri': job.imageUri,
        'ContainerEntrypoint': [...ENTRYPOINT],
        'ContainerArguments.$': `States.Array('${kind}', '--time', $.time, '--execution', $$.Execution.Name)`,
      },
      'ProcessingInputs': [{
        InputName: 'code',
        S3Input: {
          S3Uri: job.codeUri, LocalPath: '/opt/ml/processing/input/code', S3DataType: 'S3Prefix', S3InputMode: 'File',
          S3DataDistributionType: 'FullyReplicated', S3CompressionType: 'None',
        },
      }],
      'ProcessingResources': {
        ClusterConfig: {
          InstanceCount: 1, InstanceType: instanceType, VolumeSizeInGB: VOLUME_GIGABYTES,
          ...(volumeKeyArn ? { VolumeKmsKeyId: volumeKeyArn } : {}),
        },
      },
      'StoppingCondition': { MaxRuntimeInSeconds: timeoutMinutes * 60 },
      'Environment': job.environment,
      ...(job.network ? {
        NetworkConfig: {
          VpcConfig: { Subnets: [...job.network.subnetIds], SecurityGroupIds: [...job.network.securityGroupIds] },
        },
      } : {}),
    },
    ResultSelector: { 'name.$': '$.ProcessingJobName' },
    ResultPath: '$.job',
    Retry: [{
      ErrorEquals: BUSY, IntervalSeconds: 30, MaxAttempts: 7, BackoffRate: 2, MaxDelaySeconds: 900,
      JitterStrategy: 'FULL',
    }],
    Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failed', Next: 'JobFailed' }],
    Next: kind === COMPACTION ? 'Done' : 'ReadFound',
  };
}
