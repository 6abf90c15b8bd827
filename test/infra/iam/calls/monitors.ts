import { servedName } from './apis';
import { EXECUTION_ROLES, join } from './containers';
import { logExecutions } from './pipelines';
import { type Call, calls, pass, type Step, type World, write } from './world';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import { MONITORING_SOURCE, type NamedMonitoring } from '../../../../src/plan/monitor/model';
import { rowSourceOf } from '../../../../src/plan/monitor/sources';
import { AWS_IMAGES } from '../../../../testing/iam/resources';

/** Name of a job: the hash of the execution's name, and the number of the attempt. */
export const JOB = '0123456789abcdef0123456789abcdef-1';

/** What the roles around monitors call; nothing where nothing is monitored. */
export function monitorSteps(world: World, environment: PlannedEnvironment): Step[] {
  const { monitoring, roles, place, name } = environment;
  if (!monitoring) { return []; }
  const key = world.environmentKey(environment);
  const bucket = world.bucket(monitoring.bucket, place);
  return [
    {
      principal: world.role(roles.monitorJob!), name: `monitoring job of ${name}`,
      source: `tools/monitor/*.py; ${EXECUTION_ROLES}`,
      calls: [...jobCalls(world, environment, monitoring, bucket), ...volumes(key)],
    },
    {
      principal: world.role(roles.monitorMachine!), name: `monitors of ${name}`,
      source: 'src/infra/monitor/monitor-definition.ts; Step Functions guide, "IAM policies for Amazon SageMaker"',
      calls: [
        ...calls(world.arn(place, 'sagemaker', `processing-job/${monitoring.jobs}-${JOB}`), [
          'AddTags', 'CreateProcessingJob', 'DescribeProcessingJob', 'ListTags', 'StopProcessingJob',
        ].map(action => `sagemaker:${action}`)),
        pass(world.role(roles.monitorJob!), 'sagemaker.amazonaws.com'),
        ...calls(world.arn(place, 'events', 'rule/StepFunctionsGetEventsForSageMakerProcessingJobsRule'), [
          'events:DescribeRule', 'events:PutRule', 'events:PutTargets',
        ]),
        ...calls(`${bucket}/results/runs/0123abcd.json`, ['s3:GetObject']),
        ...calls(key, ['kms:Decrypt', 'kms:DescribeKey']),
        ...volumes(key),
        ...calls(world.arn(place, 'events', 'event-bus/default'), ['events:PutEvents'], {
          'events:source': [MONITORING_SOURCE],
        }),
        ...logExecutions(),
      ],
    },
    {
      principal: world.role(roles.monitorSchedule!), name: `schedules of monitors of ${name}`,
      source: 'EventBridge Scheduler guide, "Configuring a dead-letter queue": with the role of the schedule',
      calls: [
        ...calls(world.arn(place, 'states', `stateMachine:${monitoring.stateMachine}`), ['states:StartExecution']),
        ...calls(world.arn(place, 'sqs', monitoring.undelivered), ['sqs:SendMessage']),
        ...calls(key, ['kms:Decrypt', 'kms:GenerateDataKey']),
      ],
    },
  ];
}

const volumes = (key: string) => calls(key, ['kms:CreateGrant'], { 'kms:GrantIsForAWSResource': 'true' });

function jobCalls(
  world: World, environment: PlannedEnvironment, { jobs, settings }: NamedMonitoring, bucket: string,
): Call[] {
  const { place, deploymentBucket, endpointName, batch, network } = environment;
  const { region } = world.at(place);
  const deployments = world.bucket(deploymentBucket, place);
  const { answered, asked } = rowSourceOf(environment);
  const list = (where: string, ...prefixes: string[]) => prefixes.flatMap(prefix => (
    calls(where, ['s3:ListBucket'], { 's3:prefix': prefix })));
  const read = (where: string, keys: readonly string[]) => keys.flatMap(at => calls(`${where}/${at}`, ['s3:GetObject']));
  const log = (resource: string) => world.arn(place, 'logs', `log-group:/aws/sagemaker/ProcessingJobs${resource}`);
  const inputKeyArn = batch?.settings.inputKeyArn;
  return [
    ...[answered, ...(asked ? [asked] : [])].flatMap(({ bucket: of, key: prefix }) => [
      ...list(world.bucket(of, place), prefix), ...read(world.bucket(of, place), [`${prefix}2026/11/28/05/rows.gz`]),
    ]),
    ...(inputKeyArn ? calls(inputKeyArn, ['kms:Decrypt'], { 'kms:ViaService': `s3.${region}.amazonaws.com` }) : []),
    ...list(deployments, 'baselines/churn/7/', 'deployments/'),
    ...read(deployments, ['baselines/churn/7/baseline.json', 'deployments/20261128T050000Z-7.json']),
    ...list(bucket, ...['predictions/', 'labels/'].map(folder => `${folder}year=2026/`), 'truth/', 'results/runs/'),
    ...read(bucket, ['predictions/year=2026/part-0.parquet', 'labels/part-0.parquet', 'truth/a.csv', 'results/a.json']),
    ...['predictions/part-0.parquet', 'labels/part-0.parquet', 'results/runs/a.json', 'truth-errors/a.jsonl']
      .flatMap(at => write(bucket, at)),
    ...calls(world.environmentKey(environment), ['kms:Decrypt', 'kms:GenerateDataKey']),
    ...calls('*', ['cloudwatch:PutMetricData'], { 'cloudwatch:namespace': `sagemaker-cicd/${endpointName}` }),
    ...(settings.attribution
      ? calls(world.arn(place, 'sagemaker', `endpoint/${servedName(environment)}`), ['sagemaker:InvokeEndpoint']) : []),
    ...codeOf(world, environment),
    { action: 'ecr:GetAuthorizationToken', resource: '*' },
    ...calls(`arn:aws:ecr:${region}:${AWS_IMAGES}:repository/sagemaker-scikit-learn`, [
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer',
    ]),
    ...calls(log(''), ['logs:CreateLogGroup']),
    ...calls(log(`:log-stream:${jobs}-${JOB}/algo-1-1795000000`), ['logs:CreateLogStream', 'logs:PutLogEvents']),
    ...calls(log(''), ['logs:DescribeLogStreams']),
    ...join(world, place, network, 'sagemaker'),
  ];
}

/** The code is where CloudFormation got it from: the machine's definition says where. */
export function codeOf(world: World, { monitoring, stack }: PlannedEnvironment): Call[] {
  const machine = world.resourcesOf('AWS::StepFunctions::StateMachine', stack)
    .find(({ properties }) => properties.StateMachineName === monitoring!.stateMachine)!;
  const uri = /s3:\/\/([^/"]+)\/([^"]+\.zip)/.exec(JSON.stringify(machine.properties))!;
  return [
    ...calls(`arn:aws:s3:::${uri[1]}/${uri[2]}`, ['s3:GetObject']),
    ...calls(`arn:aws:s3:::${uri[1]}`, ['s3:ListBucket'], { 's3:prefix': uri[2] }),
  ];
}
