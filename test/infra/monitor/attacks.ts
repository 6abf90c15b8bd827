import type { Cast } from './cast';
import { MONITORING_SOURCE } from '../../../src/plan/monitor/model';
import { AWS_IMAGES } from '../../../testing/iam/resources';
import { acts, type Act, type Case } from '../govern/attacks/acts';

const case_ = (name: string, ...list: Act[][]): Case => ({ name, acts: list.flat() });
const s3 = (...names: string[]) => names.map(name => `s3:${name}`);
const READ = s3('GetObject');
const WRITE = s3('PutObject');
const REMOVE = s3('DeleteObject', 'DeleteObjectVersion');
const SOURCE = { 'events:source': [MONITORING_SOURCE] };
const VOLUMES = { 'kms:GrantIsForAWSResource': 'true' };

/** What a job might do to what it reads: it reads untrusted rows, so this is what a job that was taken over could do. */
export function sourceAttacks({ prod, staging, scores, each }: Cast): Case[] {
  const sources = [`${prod.predictions}/predictions/2026/11/28/05/1.gz`, `${staging.captured}/a.jsonl`, `${scores.data}/output/a`];
  const jobs = each.map(e => e.job);
  return [
    case_('change what was captured or kept, as a job', acts(jobs, WRITE, sources)),
    case_('remove what was captured or kept, as a job', acts(jobs, REMOVE, sources)),
    case_('read captures where the API keeps predictions', acts(prod.job, READ, `${prod.captured}/churn-main-prod/a.jsonl`)),
    case_('read what Firehose could not deliver', acts(prod.job, READ, `${prod.predictions}/errors/a`)),
    case_('list a source above its folder', ...([
      [prod, prod.predictions!], [staging, staging.captured], [scores, scores.data!],
    ] as const).flatMap(([e, bucket]) => [
      acts(e.job, 's3:ListBucket', bucket, { 's3:prefix': 'errors/' }), acts(e.job, 's3:ListBucket', bucket),
    ])),
    case_('read requests of another endpoint in the same bucket', acts(
      staging.job, READ, `${staging.captured}/churn-main-staging2/a.jsonl`,
    )),
    case_('read what smoke tests scored', acts(scores.job, READ, `${scores.data}/smoke-test/1/rows`)),
    case_('read predictions of another environment', acts(staging.job, READ, [sources[0], sources[2]]),
      acts(scores.job, READ, [sources[0], sources[1]]), acts(prod.job, READ, [sources[1], sources[2]])),
    case_('change the bucket that is read', acts(jobs, s3(
      'PutBucketPolicy', 'PutLifecycleConfiguration', 'DeleteBucket', 'PutBucketVersioning', 'PutBucketNotification',
    ), [prod.predictions!, staging.captured, scores.data!])),
  ];
}

/** What it is compared with. */
export function baselineAttacks({ prod, each, monitors }: Cast): Case[] {
  const baseline = (e: Cast['prod']) => [`${e.deployments}/baselines/churn/7/statistics.json`, `${e.deployments}/deployments/a.json`];
  return [
    case_('change a baseline, as anybody of the monitors', acts(monitors, WRITE, each.flatMap(baseline))),
    case_('remove a baseline', acts(monitors, REMOVE, each.flatMap(baseline))),
    case_('read a baseline of another environment', ...each.map(e => acts(
      each.filter(other => other.name !== e.name).map(other => other.job), READ, baseline(e),
    ))),
    case_('read a model or the code of an endpoint stack', ...each.map(e => acts(
      e.job, READ, [`${e.deployments}/models/7/model.tar.gz`, `${e.deployments}/assets/a.zip`, `${e.deployments}/contracts/a.json`],
    ))),
    case_('list models or assets', ...each.map(e => acts(e.job, 's3:ListBucket', e.deployments, { 's3:prefix': 'assets/' }))),
    case_('replace what a deployment consists of', acts(
      monitors, WRITE, ['models/7/model.tar.gz', 'assets/a.zip', 'contracts/a.json'].map(key => `${prod.deployments}/${key}`),
    )),
  ];
}

/** What is kept and found. */
export function resultAttacks({ prod, staging, each, monitors, allBut }: Cast): Case[] {
  const jobs = each.map(e => e.job);
  const results = each.map(e => `${e.kept}/results/runs/a.json`);
  return [
    case_('write a result as anybody but the job', ...each.map(e => acts(allBut(e.job), WRITE, `${e.kept}/results/runs/a.json`))),
    case_('write rows of a table as anybody but the job', ...each.map(e => acts(
      allBut(e.job), WRITE, [`${e.kept}/predictions/a.parquet`, `${e.kept}/labels/a.parquet`],
    ))),
    case_('make up ground truth', acts(monitors, WRITE, each.map(e => `${e.kept}/truth/a.csv`))),
    case_('write anywhere else in the bucket', acts(jobs, WRITE, each.flatMap(e => [`${e.kept}/a`, `${e.kept}/queries/a`]))),
    case_('remove rows, labels or results', acts(monitors, REMOVE, each.flatMap(e => [
      `${e.kept}/predictions/a.parquet`, `${e.kept}/labels/a.parquet`, `${e.kept}/truth/a.csv`, `${e.kept}/results/runs/a.json`,
    ]))),
    case_('list what people asked the tables', acts(
      jobs, 's3:ListBucket', each.map(e => e.kept), { 's3:prefix': 'queries/' },
    ), acts(jobs, 's3:ListBucket', each.map(e => e.kept))),
    case_('read what people asked the tables', acts(monitors, READ, each.map(e => `${e.kept}/queries/a.csv`))),
    case_('read rows as the machine', ...each.map(e => acts(
      [e.machine, e.scheduleRole], READ, [`${e.kept}/predictions/a.parquet`, `${e.kept}/truth/a.csv`, `${e.kept}/results/data-quality/a`],
    ))),
    case_('read a neighbour\'s result as a machine', acts([staging.machine], READ, results.filter(at => !at.startsWith(staging.kept)))),
    case_('write for another environment', ...each.map(e => acts(
      each.filter(other => other.name !== e.name).map(other => other.job), WRITE, `${e.kept}/results/runs/a.json`,
    ))),
    case_('change the bucket of results', acts(monitors, s3(
      'PutBucketPolicy', 'PutLifecycleConfiguration', 'DeleteBucket', 'PutBucketVersioning',
    ), each.map(e => e.kept))),
    case_('change a table or a saved query', acts(monitors, ['glue:UpdateTable', 'glue:DeleteTable'], each.map(e => e.table)),
      acts(monitors, ['athena:UpdateWorkGroup', 'athena:DeleteNamedQuery'], each.map(e => e.workgroup))),
    case_('run a query', acts(monitors, 'athena:StartQueryExecution', each.map(e => e.workgroup))),
    case_('count for another environment', acts(staging.job, 'cloudwatch:PutMetricData', '*', {
      'cloudwatch:namespace': prod.namespace,
    }), acts(jobs, 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': '/aws/sagemaker/Endpoints' })),
    case_('count as the machine', ...each.map(e => acts([e.machine, e.scheduleRole], 'cloudwatch:PutMetricData', '*', {
      'cloudwatch:namespace': e.namespace,
    }))),
    case_('hide an alarm', acts(monitors, [
      'cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions', 'cloudwatch:PutMetricAlarm', 'cloudwatch:SetAlarmState',
    ], each.map(e => e.alarm))),
    case_('write into the log of another job', acts(jobs, 'logs:PutLogEvents', each.map(e => e.otherStream)),
      acts(staging.job, 'logs:PutLogEvents', prod.stream)),
    case_('remove the log', acts(monitors, ['logs:DeleteLogStream', 'logs:DeleteLogGroup'], each.map(e => e.stream))),
  ];
}

/** What serves, and what is approved. */
export function modelAttacks(cast: Cast): Case[] {
  const { prod, staging, scores, each, monitors, packages, artifacts, pipelines, training } = cast;
  const jobs = each.map(e => e.job);
  return [
    case_('ask an endpoint without a monitor of attribution', acts(
      [staging.job, scores.job], 'sagemaker:InvokeEndpoint', [staging.endpoint, prod.endpoint],
    )),
    case_('ask an endpoint as machine or schedule', acts(
      each.flatMap(e => [e.machine, e.scheduleRole]), 'sagemaker:InvokeEndpoint', each.map(e => e.endpoint),
    )),
    case_('ask the endpoint of a neighbour', acts(
      prod.job, 'sagemaker:InvokeEndpoint', [staging.endpoint, `${prod.endpoint}-retail`],
    ), acts(prod.job, 'sagemaker:InvokeEndpointAsync', prod.endpoint)),
    case_('change or remove an endpoint', acts(monitors, [
      'sagemaker:UpdateEndpoint', 'sagemaker:DeleteEndpoint', 'sagemaker:CreateEndpoint',
      'sagemaker:UpdateEndpointWeightsAndCapacities',
    ], each.map(e => e.endpoint))),
    case_('decide about a version', acts(monitors, ['sagemaker:UpdateModelPackage', 'sagemaker:DeleteModelPackage'], packages)),
    case_('read or change what was trained', acts(monitors, [...READ, ...WRITE], `${artifacts}/model.tar.gz`)),
    case_('start a pipeline by itself', acts(monitors, 'codepipeline:StartPipelineExecution', pipelines)),
    case_('start a training', acts(
      monitors, 'sagemaker:CreateTrainingJob', each.map(e => e.processing('x').replace('processing-job', 'training-job')),
    ), acts(monitors, 'sagemaker:StartPipelineExecution', training)),
    case_('take another role on', acts(monitors, 'sts:AssumeRole', each.flatMap(e => [e.deploy, e.model, e.verify, e.job]))),
    case_('change a role', acts(monitors, ['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'], each.map(e => e.job))),
    case_('pull another image', acts(jobs, 'ecr:BatchGetImage', ['sagemaker-xgboost', 'pytorch-training'].map(name => (
      prod.endpoint.replace(/:sagemaker:.*/, `:ecr:eu-west-1:${AWS_IMAGES}:repository/${name}`))))),
  ];
}

/** Jobs, and who starts them. */
export function machineAttacks(cast: Cast): Case[] {
  const { prod, staging, scores, each, monitors, allBut, elsewhere } = cast;
  const create = ['sagemaker:CreateProcessingJob', 'sagemaker:StopProcessingJob'];
  return [
    case_('run a job of another name', acts(each.map(e => e.machine), create, [
      prod.processing('train-7'), prod.processing('pipelines-abc'), staging.processing('other'),
    ])),
    case_('run a job of another environment', acts([staging.machine, scores.machine], create, prod.jobs),
      acts([scores.machine], create, staging.jobs), acts([staging.machine], create, scores.jobs)),
    case_('run a job of monitors as anybody but the machine', ...each.map(e => acts(allBut(e.machine), create, e.jobs))),
    case_('run a job as a job', acts(each.map(e => e.job), create, each.map(e => e.jobs))),
    case_('give a job another role', acts(each.map(e => e.machine), 'iam:PassRole', each.flatMap(e => [
      e.model, e.deploy, e.cloudFormation, e.verify, e.machine,
    ]), { 'iam:PassedToService': 'sagemaker.amazonaws.com' })),
    case_('give a job the role of another environment', acts(staging.machine, 'iam:PassRole', [scores.job, prod.job], {
      'iam:PassedToService': 'sagemaker.amazonaws.com',
    })),
    case_('give the job\'s role to another service', acts(each.map(e => e.machine), 'iam:PassRole', each.map(e => e.job), {
      'iam:PassedToService': 'lambda.amazonaws.com',
    }), acts(each.map(e => e.machine), 'iam:PassRole', each.map(e => e.job))),
    case_('pass the job\'s role as anybody but the machine', ...each.map(e => acts(allBut(e.machine), 'iam:PassRole', e.job, {
      'iam:PassedToService': 'sagemaker.amazonaws.com',
    }))),
    case_('start a run as anybody but the schedule', ...each.map(e => acts(
      allBut(e.scheduleRole), 'states:StartExecution', e.machineArn,
    ))),
    case_('start runs of another environment', acts(
      [staging.scheduleRole, scores.scheduleRole], 'states:StartExecution', prod.machineArn,
    ), acts(each.map(e => e.scheduleRole), 'states:StartExecution', each.map(e => `${e.machineArn}-other`))),
    case_('change machine or schedule', acts(
      monitors, ['states:UpdateStateMachine', 'states:DeleteStateMachine'], each.map(e => e.machineArn),
    ), acts(monitors, 'states:StopExecution', each.map(e => `${e.machineArn.replace('stateMachine', 'execution')}:a`)), acts(monitors, ['scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'], each.map(e => e.schedule))),
    case_('read or change the code of a job', acts(monitors, WRITE, each.map(e => e.code)),
      acts(each.flatMap(e => [e.machine, e.scheduleRole]), READ, each.map(e => e.code)),
      ...each.map(e => acts(e.job, READ, `${e.assets}/other.zip`)), ...each.map(e => acts(e.job, 's3:ListBucket', e.assets))),
    case_('tell what no run found, as anybody but the machine', ...each.map(e => acts(
      allBut(...each.filter(other => other.defaultBus === e.defaultBus).map(other => other.machine)),
      'events:PutEvents', e.defaultBus, SOURCE,
    ))),
    case_('tell something else as the machine', ...each.map(e => acts(e.machine, 'events:PutEvents', e.defaultBus, {
      'events:source': [MONITORING_SOURCE, 'sagemaker-cicd-projen'],
    })), ...each.map(e => acts(e.machine, 'events:PutEvents', e.defaultBus, { 'events:source': ['aws.sagemaker'] })),
    ...each.map(e => acts(e.machine, 'events:PutEvents', e.defaultBus))),
    case_('tell it to another bus than the account\'s own', acts(monitors, 'events:PutEvents', [
      cast.bus, ...each.map(e => e.defaultBus.replace(/default$/, 'other')),
    ], SOURCE)),
    case_('change a rule', acts(monitors, ['events:DeleteRule', 'events:PutRule', 'events:DisableRule', 'events:PutTargets'],
      each.map(e => e.rule)), acts(each.map(e => e.machine), ['events:DeleteRule', 'events:DisableRule'], each.map(e => e.endOfJobs))),
    case_('read or empty the queue of starts', acts(monitors, [
      'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue',
    ], each.map(e => e.undelivered)), acts(each.map(e => e.job), 'sqs:SendMessage', each.map(e => e.undelivered))),
    case_('use the key for more than is theirs', acts(monitors, [
      'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:DisableKey',
    ], each.map(e => e.key)), acts(each.flatMap(e => [e.job, e.machine]), 'kms:CreateGrant', each.map(e => e.key)),
    acts(each.map(e => e.scheduleRole), 'kms:CreateGrant', each.map(e => e.key), VOLUMES)),
    case_('use the key of another environment', ...each.map(e => acts(
      each.filter(other => other.name !== e.name).flatMap(other => [other.job, other.machine]), 'kms:Decrypt', e.key,
    ))),
    case_('reach another account', acts(monitors, READ, elsewhere(prod.code)), acts(monitors, 'states:StartExecution', elsewhere(prod.machineArn))),
  ];
}
