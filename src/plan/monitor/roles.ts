import { BASELINES, MONITORING_FOLDERS, MONITORING_SOURCE, type MonitoringRoles, type NamedMonitoring } from './model';
import { listBelow, readSource } from './sources';
import { MONITOR_IMAGE } from '../../options/knowledge/framework-images';
import { arn, bucketArn } from '../arn';
import type { NamedEnvironment } from '../endpoint/model';
import { endpointResources } from '../endpoint/served-names';
import { metricNamespace } from '../endpoint/shift';
import { PROCESSING_LOG } from '../logs';
import type { Place } from '../place';
import { grantForVolumes, joinNetwork, KMS_PUT, passRole, useOwnKey } from '../roles/grants';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';
import { logExecutions } from '../source/grants';

/** Records of what served when, below this folder of the deployment bucket. */
export const DEPLOYMENTS = 'deployments/';

/** The word of each run, by the execution that it is of. */
export const RUNS = `${MONITORING_FOLDERS.results}runs/`;

/** The rule by which Step Functions learns of the end of a job (see `waitForJobs`). */
const END_OF_JOBS = 'StepFunctionsGetEventsForSageMakerProcessingJobsRule';

/** The roles around the monitoring of an environment; none without it. */
export function monitoringRoles(environment: NamedEnvironment): MonitoringRoles {
  const { monitoring, roles, place } = environment;
  if (!monitoring || !roles.monitorJob || !roles.monitorMachine || !roles.monitorSchedule) { return {}; }
  return {
    monitorJob: jobRole(roles.monitorJob, environment, monitoring),
    monitorMachine: machineRole(roles.monitorMachine, environment, monitoring),
    monitorSchedule: {
      ...roles.monitorSchedule,
      purpose: 'EventBridge Scheduler\'s role: starts runs of monitors at their times.',
      assumedBy: { service: 'scheduler.amazonaws.com' },
      grants: [
        {
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [arn(place, 'states', `stateMachine:${monitoring.stateMachine}`)],
          why: 'Starts a run.',
        },
        {
          sid: 'Undelivered',
          actions: ['sqs:SendMessage'],
          resources: [arn(place, 'sqs', monitoring.undelivered)],
          why: 'Keeps starts that could not be made.',
        },
        useOwnKey(['kms:Decrypt', 'kms:GenerateDataKey'], 'Encrypts them.'),
      ],
    },
  };
}

/** The processing job's: reads what was kept, writes tables and results, and can do nothing else. */
function jobRole(id: RoleId, environment: NamedEnvironment, { bucket, jobs, settings }: NamedMonitoring): PlannedRole {
  const { place, deploymentBucket, network } = environment;
  const { predictions, truth, labels, results } = MONITORING_FOLDERS;
  const tables = [predictions, labels];
  return {
    ...id,
    purpose: 'Execution role of monitoring jobs: reads what the model was asked and answered, and writes tables and '
      + 'results.',
    assumedBy: { service: 'sagemaker.amazonaws.com' },
    grants: [
      ...readSource(environment),
      {
        sid: 'Baselines',
        actions: ['s3:GetObject'],
        resources: [BASELINES, DEPLOYMENTS].map(folder => bucketArn(deploymentBucket, `/${folder}*`)),
        why: 'Reads the baseline of each version, and when which version served.',
        wildcard: 'Baselines are stored by version, records by time.',
      },
      listBelow('BaselinesBucket', deploymentBucket, [BASELINES, DEPLOYMENTS], 'Finds them.'),
      {
        sid: 'Kept',
        actions: ['s3:GetObject'],
        resources: [...tables, truth, results].map(folder => bucketArn(bucket, `/${folder}*`)),
        why: 'Reads the tables, ground truth as it came, and earlier results.',
        wildcard: 'Objects are named after the hour in which they came; senders name files of ground truth.',
      },
      listBelow('KeptBucket', bucket, [...tables, truth, results], 'Finds them.'),
      {
        sid: 'Tables',
        actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
        resources: tables.map(folder => bucketArn(bucket, `/${folder}*`)),
        why: 'Writes the tables; nothing is deleted.',
        wildcard: 'Objects are named after the hour in which rows came.',
      },
      {
        sid: 'Results',
        actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
        resources: [results, TRUTH_ERRORS].map(folder => bucketArn(bucket, `/${folder}*`)),
        why: 'Writes results, and lines of ground truth that cannot be read.',
        wildcard: 'Results are stored by monitor and window.',
      },
      useOwnKey(KMS_PUT, 'Decrypts what is kept, and encrypts tables and results.'),
      {
        sid: 'Metrics',
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': metricNamespace(environment.endpointName) } },
        why: 'Counts what was found, which alarms look at.',
        wildcard: 'This call does not support resource-level permissions; the condition admits only the namespace of '
          + 'this environment (service authorization reference).',
      },
      ...(settings.attribution ? [{
        sid: 'Endpoint',
        actions: ['sagemaker:InvokeEndpoint'],
        ...endpointResources(environment),
        why: 'Asks the model again, with one feature changed at a time.',
      }] : []),
      {
        sid: 'Code',
        actions: ['s3:GetObject'],
        resources: ['{toolsObject}'],
        why: 'Loads the code of the job, as it was deployed.',
      },
      {
        sid: 'CodeBucket',
        actions: ['s3:ListBucket'],
        resources: ['{assetBucket}'],
        conditions: { StringEquals: { 's3:prefix': '{toolsKey}' } },
        why: 'SageMaker lists what an input begins with.',
      },
      ...pullImage(place),
      writeOwnLog(place, jobs),
      grantForVolumes('Encrypts the volumes of jobs, except on instances with local NVMe storage.'),
      ...joinNetwork(place, network, 'sagemaker'),
    ],
  };
}

/** Lines of ground truth that cannot be read are kept below this folder of the monitoring bucket. */
export const TRUTH_ERRORS = 'truth-errors/';

/** Streams are named after the job (SageMaker developer guide, "Log groups and streams"); all jobs share the group. */
function writeOwnLog(place: Place, jobs: string): Grant {
  const group = (end: string) => arn(place, 'logs', `log-group:${PROCESSING_LOG}${end}`);
  return {
    sid: 'Logs',
    actions: ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].map(a => `logs:${a}`),
    resources: [group(''), group(`:log-stream:${jobs}-*`)],
    why: 'Writes the log of the job.',
    wildcard: 'The names of streams begin with the name of the job, which ends with the execution\'s.',
  };
}

/** Pulling the one image that monitors run in. */
function pullImage(place: Place): Grant[] {
  return [
    {
      sid: 'ImageLogin',
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      why: 'Pulls the image of the job.',
      wildcard: 'GetAuthorizationToken does not support resource-level permissions.',
    },
    {
      sid: 'Image',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [arn({ account: '*', region: place.region }, 'ecr', `repository/${MONITOR_IMAGE.repository}`)],
      why: 'Pulls the image of the job.',
      wildcard: 'AWS publishes it from accounts that differ by region.',
    },
  ];
}

/** The state machine's: starts jobs of its own names with the one role, and tells what they found. */
function machineRole(
  id: RoleId, { place, roles }: NamedEnvironment, { bucket, jobs }: NamedMonitoring,
): PlannedRole {
  return {
    ...id,
    purpose: 'State machine of monitors: runs a processing job for each run, and tells what it found.',
    assumedBy: { service: 'states.amazonaws.com' },
    grants: [
      {
        sid: 'Jobs',
        // Step Functions tags what it waits for (aws/aws-cdk issue 26012).
        actions: ['AddTags', 'CreateProcessingJob', 'DescribeProcessingJob', 'ListTags', 'StopProcessingJob']
          .map(action => `sagemaker:${action}`),
        resources: [arn(place, 'sagemaker', `processing-job/${jobs}-*`)],
        why: 'Runs a job for each run, and stops it with the execution.',
        wildcard: 'The name of a job ends with the execution\'s; what precedes it is exact.',
      },
      passRole(
        'PassJobRole', [roles.monitorJob!.arn], 'sagemaker.amazonaws.com', 'Passes jobs their execution role.',
      ),
      waitForJobs(place),
      {
        sid: 'Runs',
        actions: ['s3:GetObject'],
        resources: [bucketArn(bucket, `/${RUNS}*`)],
        why: 'Reads what a run found.',
        wildcard: 'Each execution has an object of its own.',
      },
      useOwnKey(['kms:Decrypt', 'kms:DescribeKey'], 'Decrypts it, and encrypts the volumes of jobs.'),
      grantForVolumes('Encrypts the volumes of jobs, except on instances with local NVMe storage.'),
      {
        sid: 'Tell',
        actions: ['events:PutEvents'],
        resources: [arn(place, 'events', 'event-bus/default')],
        // Each entry of a call has a source (EventBridge user guide, "Using IAM policy conditions in EventBridge").
        conditions: {
          'ForAllValues:StringEquals': { 'events:source': [MONITORING_SOURCE] }, 'Null': { 'events:source': 'false' },
        },
        why: 'Tells what a run found.',
      },
      ...logExecutions(),
    ],
  };
}

/**
 * The rule that Step Functions keeps in each account to learn of the end of jobs (Step Functions guide, "IAM policies
 * for Amazon SageMaker", for training jobs; the name for processing jobs is that of many public repositories).
 */
function waitForJobs(place: Place): Grant {
  return {
    sid: 'EndOfJobs',
    actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
    resources: [arn(place, 'events', `rule/${END_OF_JOBS}`)],
    why: 'Step Functions learns of the end of a job by this rule, which it makes itself.',
  };
}
