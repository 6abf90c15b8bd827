import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { ENTRYPOINT } from '../../../src/infra/monitor/monitor-definition';
import { monitorImage } from '../../../src/infra/monitor/monitor-image';
import { monitorImageAccounts } from '../../../src/options/knowledge/framework-images';
import { DELIVERY_REGIONS } from '../../../src/options/knowledge/regions';
import { MonitorSchedule } from '../../../src/options/monitoring';
import { metricWord } from '../../../src/plan/monitor/metrics';
import { expressionOf } from '../../../src/plan/monitor/times';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, type Synthesized, stacksOf, temporary, templatesOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const templates = templatesOf(DELIVERIES.monitored);
const of = (environment: string, type: string): Json[] => resources(
  templates[`churn-main-${environment}-environment`], `AWS::${type}`).map(({ Properties }) => Properties);
const text = (value: unknown) => JSON.stringify(value);
const definition = (environment: string): Json => of(environment, 'StepFunctions::StateMachine')[0].Definition;
const runOf = (environment: string, kind: string): Json => definition(environment).States[`Run ${kind}`];

describe('a run', () => {
  test('is a job of its own name that gets kind, time and execution, and is limited in time', () => {
    const run = runOf('prod', 'data-quality');
    expect(text(run.Resource)).toContain(':states:::sagemaker:createProcessingJob.sync');
    expect(run.Parameters['ProcessingJobName.$']).toBe(
      "States.Format('churn-main-prod-monitor-{}-{}', States.Hash($$.Execution.Name, 'MD5'), $.attempt)",
    );
    expect(run.Parameters.AppSpecification['ContainerArguments.$']).toBe(
      "States.Array('data-quality', '--time', $.time, '--execution', $$.Execution.Name)",
    );
    expect(run.Parameters.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3600 });
    expect(run.Parameters.NetworkConfig).toBeUndefined();
  });

  test('reads what its source keeps', () => {
    const uris = (name: string) => {
      const { SOURCE_URI: source, INPUT_URI: input } = runOf(name, 'compaction').Parameters.Environment;
      return [source, input];
    };
    expect(uris('prod')).toEqual(['s3://churn-main-prod-predictions-444444444444-eu-west-1/predictions/', undefined]);
    expect(uris('staging')).toEqual(['s3://churn-main-staging-capture-333333333333-eu-west-1/churn-main-staging/', undefined]);
    expect(uris('scores')).toEqual([
      's3://churn-main-scores-batch-333333333333-eu-west-1/output/', 's3://churn-main-scores-batch-333333333333-eu-west-1/input/',
    ]);
  });

  test('of each kind that is switched on is there, and of no other', () => {
    const kinds = (name: string) => Object.keys(definition(name).States).filter(state => state.startsWith('Run '));
    expect(kinds('scores')).toEqual(['Run compaction', 'Run data-quality', 'Run model-quality']);
    expect(kinds('prod')).toHaveLength(5);
    for (const name of ['scores', 'staging', 'prod']) {
      const started = of(name, 'Scheduler::Schedule').flatMap(({ Target }) => {
        const { kind, time } = JSON.parse(Target.Input ?? '{}');
        return kind === undefined ? [] : [[kind, time]];
      });
      expect(started.map(([kind]) => `Run ${kind}`).sort()).toEqual(kinds(name).sort());
      expect(new Set(started.map(([, time]) => time))).toEqual(new Set(['<aws.scheduler.scheduled-time>']));
    }
  });

  test('is tried again where SageMaker is busy or has no instance, and where a service fails on the way', () => {
    const { States: states } = definition('prod');
    const { Retry: [retry], Catch: [caught] } = states['Run bias'];
    expect(retry.ErrorEquals).toContain('SageMaker.AmazonSageMakerException');
    expect([retry.MaxAttempts, retry.JitterStrategy]).toEqual([7, 'FULL']);
    expect(caught).toMatchObject({ ErrorEquals: ['States.TaskFailed'], Next: 'JobFailed' });
    expect(states.JobFailed.Choices[0].And[0]).toEqual({ Variable: '$.failed.Cause', StringMatches: '*CapacityError*' });
    expect(states.JobFailed.Default).toBe('RunFailed');
    expect(states.NextAttempt.Next).toBe('Kind');
    expect([states.ReadFound.Retry[0].MaxAttempts, states.Tell.Retry[0].MaxAttempts]).toEqual([3, 3]);
  });

  test('goes only to states that are there, reaches each of them, and has no null', () => {
    for (const name of ['scores', 'staging', 'prod']) {
      const { StartAt: start, States: states } = definition(name);
      const next = (state: Json): string[] => [
        state.Next, state.Default, ...(state.Choices ?? []).map((c: Json) => c.Next), ...(state.Catch ?? []).map((c: Json) => c.Next),
      ].filter(Boolean);
      const reached = new Set<string>([start]);
      for (const state of reached) { next(states[state]).forEach(other => reached.add(other)); }
      expect([...reached].sort()).toEqual(Object.keys(states).sort());
      expect(text(states)).not.toContain('null');
    }
  });

  test('unpacks its code with nothing but Python, and hands all arguments on', () => {
    const [, option, program] = ENTRYPOINT;
    // SageMaker API reference, AppSpecification: at most 256 characters each.
    expect([option, program.length <= 256]).toEqual(['-c', true]);
    const folder = temporary();
    fs.writeFileSync(path.join(folder, 'monitor_job.py'), 'import sys; print("job", sys.argv[1:])\n');
    const here = (name: string) => path.join(folder, name);
    execFileSync('python3', ['-c', `import zipfile; zipfile.ZipFile("${here('a.zip')}", "w").write("${here('monitor_job.py')}", "monitor_job.py")`]);
    const moved = program.replace('/opt/ml/processing/input/code', folder).replaceAll('/tmp/code', here('code'));
    expect(execFileSync('python3', ['-c', moved, 'bias', '--time', 'now'], { encoding: 'utf-8' }))
      .toBe("job ['bias', '--time', 'now']\n");
  });

  test('runs in the VPC of an environment that has one, and encrypts no storage of the instance\'s own', () => {
    const [group] = DELIVERIES.monitored.deploymentGroups!;
    const network = { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };
    const [, , prod] = group.deployEnvironments!;
    const { dataQuality, ...monitoring } = prod.endpoint!.monitoring!;
    const changed = templatesOf({
      ...DELIVERIES.monitored, deploymentGroups: [{
        ...group, deployEnvironments: [{
          ...prod, network, endpoint: {
            ...prod.endpoint, monitoring: { ...monitoring, dataQuality: { ...dataQuality, instanceType: 'ml.g4dn.xlarge' } },
          },
        }],
      }],
    });
    const [{ Properties: { Definition: { States: states } } }] = resources(
      changed['churn-main-prod-environment'], 'AWS::StepFunctions::StateMachine');
    expect(states['Run bias'].Parameters.NetworkConfig).toEqual({
      VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: network.securityGroupIds },
    });
    const volume = (kind: string) => states[`Run ${kind}`].Parameters.ProcessingResources.ClusterConfig.VolumeKmsKeyId;
    expect([volume('data-quality'), volume('bias') !== undefined]).toEqual([undefined, true]);
  });
});

describe('what is kept', () => {
  test('goes by its age in each folder, and a day later for good', () => {
    const [bucket] = of('prod', 'S3::Bucket').filter(({ BucketName }) => text(BucketName ?? '').includes('monitoring'));
    const { Rules: rules } = bucket.LifecycleConfiguration;
    const kept = Object.fromEntries(rules.filter((r: Json) => r.Prefix).map((r: Json) => [r.Prefix, r.ExpirationInDays]));
    expect(kept).toEqual({
      'predictions/': 90, 'truth/': 90, 'labels/': 90, 'results/': 90, 'truth-errors/': 90, 'queries/': 30,
    });
    expect(rules[0].NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 1 });
  });

  test('is in tables that find their partitions, in Parquet, with saved queries of the workgroup', () => {
    const tables = of('prod', 'Glue::Table').map(({ TableInput }) => TableInput);
    expect(tables.map(({ Name }) => Name).sort()).toEqual(['labels', 'predictions']);
    for (const { PartitionKeys: keys, Parameters: parameters, StorageDescriptor: storage } of tables) {
      expect(keys.map(({ Name }: Json) => Name)).toEqual(['year', 'month', 'day', 'hour']);
      expect(parameters['projection.enabled']).toBe('true');
      for (const { Name: key } of keys) { expect(parameters[`projection.${key}.type`]).toBeDefined(); }
      expect(storage.SerdeInfo.SerializationLibrary).toContain('ParquetHiveSerDe');
      expect(text(parameters['storage.location.template'])).toContain('/year=${year}/month=${month}/day=${day}/hour=${hour}/');
    }
    const queries = of('prod', 'Athena::NamedQuery');
    expect(queries.length).toBeGreaterThanOrEqual(6);
    expect(queries.filter(({ QueryString }) => /\{\w+\}/.test(QueryString))).toEqual([]);
    expect(new Set(queries.map(({ WorkGroup }) => WorkGroup))).toEqual(new Set(['churn-main-prod-monitoring']));
  });

  test('goes with the environment, also the workgroup in which questions were asked', () => {
    expect(of('prod', 'Athena::WorkGroup').map(({ RecursiveDeleteOption }) => RecursiveDeleteOption)).toEqual([true]);
  });
});

describe('alarms', () => {
  const alarms = (name: string): { [alarm: string]: Json } => Object.fromEntries(of(name, 'CloudWatch::Alarm').map(a => [a.AlarmName, a]));

  test('look at what each monitor found, and stay as they are until its next run', () => {
    const [found] = Object.values(alarms('prod')).filter(({ MetricName, Dimensions }) => (
      MetricName === 'violations' && Dimensions[0].Value === 'data-quality'));
    expect(found).toMatchObject({
      Namespace: 'sagemaker-cicd/churn-main-prod', MetricName: 'violations', Threshold: 0, TreatMissingData: 'ignore',
      ComparisonOperator: 'GreaterThanThreshold',
    });
    expect(Object.keys(alarms('prod')).filter(name => name.endsWith('-violations'))).toHaveLength(4);
  });

  test('look at each feature that has a threshold of its own', () => {
    const [drift] = Object.values(alarms('prod')).filter(({ AlarmName }) => AlarmName.endsWith('-drift-total_amount'));
    expect(drift).toMatchObject({
      MetricName: 'feature_baseline_drift_total_amount', Threshold: 0.2,
      Dimensions: [{ Name: 'monitor', Value: 'data-quality' }],
    });
  });

  test('look for hours that filled no table by what only the compaction counts, each time', () => {
    const [silent] = Object.values(alarms('prod')).filter(({ AlarmName }) => AlarmName.endsWith('-silent-compaction'));
    expect(silent).toMatchObject({
      Namespace: 'sagemaker-cicd/churn-main-prod', MetricName: 'predictions_added', Statistic: 'SampleCount',
      Dimensions: [{ Name: 'monitor', Value: 'compaction' }],
    });
    const job = fs.readFileSync('tools/monitor/monitor_job.py', 'utf8');
    expect(job).toContain('_told("predictions", predictions)');
    expect(job).toContain('f"{what}_added": float(done.added)');
  });

  test('look for runs that do not come, as far back as CloudWatch does', () => {
    const silent = Object.values(alarms('prod')).filter(({ AlarmName }) => AlarmName.includes('-silent-'));
    expect(silent.map(({ AlarmName, EvaluationPeriods: hours }) => [AlarmName, hours]).sort()).toEqual([
      ['churn-main-prod-monitor-silent-bias', 49], ['churn-main-prod-monitor-silent-compaction', 3],
      ['churn-main-prod-monitor-silent-data-quality', 3], ['churn-main-prod-monitor-silent-model-quality', 49],
    ]);
    for (const { Period, EvaluationPeriods, TreatMissingData } of silent) {
      expect([TreatMissingData, Period * EvaluationPeriods <= 604_800]).toEqual(['breaching', true]);
    }
  });

  test('are in the namespace of no other environment, and none of them ends an update', () => {
    for (const [name, alarm] of Object.entries(alarms('staging'))) {
      if (alarm.Namespace?.startsWith('sagemaker-cicd/')) { expect(alarm.Namespace).toBe('sagemaker-cicd/churn-main-staging'); }
      if (/monitor|violations|drift/.test(name)) { expect(name).not.toContain('/'); }
    }
  });
});

test('what was found, failed or does not come is forwarded as it is, and waits in a queue that is watched', () => {
  const [rule] = of('prod', 'Events::Rule').filter(({ Name }) => Name.includes('forwardmonitoring'));
  const patterns = rule.EventPattern.$or;
  expect(patterns[0]).toEqual({ 'source': ['sagemaker-cicd.monitoring'], 'detail-type': ['Monitor Run Completed'] });
  expect(patterns[1].detail.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
  expect(text(patterns[1].detail.stateMachineArn)).toContain('stateMachine:churn-main-prod-monitor');
  expect(patterns[3].detail).toEqual({
    alarmName: [{ prefix: 'churn-main-prod-monitor-silent-' }], state: { value: ['ALARM'] }, previousState: { value: ['OK'] },
  });
  expect(rule.Targets[0].DeadLetterConfig).toBeDefined();
  const told = resources(templates['churn-main-delivery'], 'AWS::Events::Rule').map(({ Properties }) => Properties)
    .filter(({ Name }) => Name.endsWith('-unmonitored'));
  expect(told).toHaveLength(1);
  expect(told[0].EventPattern.$or[1].detail.alarmName).toHaveLength(3);
  expect(text(told[0].EventPattern).length).toBeLessThan(2048);
});

test('a deploy environment shows what belongs to its monitors, and has nothing of them without', () => {
  const { cicd }: Synthesized = stacksOf(DELIVERIES.monitored);
  const environment = (name: string, from: Synthesized['cicd']) => (
    Object.values(from.stacks).find(s => s.stackName.includes(`${name}-environment`)) as Json).deployEnvironment;
  expect(environment('prod', cicd).monitoringBucket).toBeDefined();
  expect(environment('prod', cicd).monitorJobRole).toBeDefined();
  const without = stacksOf(DELIVERIES.default).cicd;
  expect(environment('', without).monitoringBucket).toBeUndefined();
  const dashboard = of('prod', 'CloudWatch::Dashboard')[0].DashboardBody;
  for (const word of ['Monitors: violations of a run', 'feature_baseline_drift_', 'attribution']) {
    expect(text(dashboard)).toContain(word);
  }
});

describe('the image', () => {
  test('is known for each region that a delivery can be in', () => {
    const accounts = monitorImageAccounts();
    expect(DELIVERY_REGIONS.filter(region => !/^\d{12}$/.test(accounts[region] ?? ''))).toEqual([]);
  });

  test('is found at the deployment where the region is not known before', () => {
    const stack = new Stack(new App(), 'Later');
    const image = text(stack.resolve(monitorImage(stack)));
    expect(image).toContain('Fn::FindInMap');
    expect(image).toContain('sagemaker-scikit-learn:1.9-0-cpu-py3');
  });

  test('is refused for a region where nobody publishes it', () => {
    const stack = new Stack(new App(), 'Nowhere', { env: { account: '111111111111', region: 'xx-east-1' } });
    expect(() => monitorImage(stack)).toThrow(/no account is known/);
  });
});

test('schedules spread over ten minutes after the tables are filled, and each is the same every time', () => {
  const minutes = new Set(Array.from({ length: 200 }, (_, i) => Number(
    /^cron\((\d+) \* \* \* \? \*\)$/.exec(expressionOf({ kind: 'bias', schedule: MonitorSchedule.HOURLY }, `e${i}`))![1])));
  expect([Math.min(...minutes), Math.max(...minutes), minutes.size]).toEqual([45, 54, 10]);
  expect(expressionOf({ kind: 'bias', schedule: MonitorSchedule.WEEKLY }, 'x')).toMatch(/^cron\(\d\d 3 \? \* MON \*\)$/);
  expect(expressionOf({ kind: 'bias', schedule: MonitorSchedule.DAILY }, 'x')).toMatch(/^cron\(\d\d 2 \* \* \? \*\)$/);
});

test('the word of a column is its name where CloudWatch takes it, and never that of another column', () => {
  expect(['total_amount', 'a.b-c'].map(metricWord)).toEqual(['total_amount', 'a.b-c']);
  const odd = ['größe', 'gr__e', 'a b', 'a/b', 'a_b', `${'x'.repeat(150)}1`, `${'x'.repeat(150)}2`, '漢字', '😀'];
  const words = odd.map(metricWord);
  expect(new Set(words).size).toBe(odd.length);
  expect(words.filter(word => !/^[A-Za-z0-9_.-]{1,150}$/.test(word))).toEqual([]);
});
