import * as fs from 'node:fs';
import * as path from 'node:path';
import { METRIC_DELAY } from '../testing/deployments/alarms';
import type { Model } from '../testing/deployments/endpoint';
import { metricMath } from '../testing/deployments/metrics';
import { plot, table } from '../testing/deployments/page';
import {
  type Cell, deploymentWith, FAULTS, type Fault, GOOD, play, playAll, STRATEGIES,
} from '../testing/deployments/scenarios';
import { type Deployment, deploymentOf, templateOf, type TemplateJson } from '../testing/deployments/template';

/** Faults that an alarm can see while SageMaker looks at it: metrics show them, or golden rows. */
const SEEN: Fault[] = [
  'fails every request', 'fails 5 % of the requests', 'gives broken answers', 'refuses half of the requests',
  'takes 45 s to answer', 'answers nonsense',
];
const WATCHED = ['canary', 'linear', 'rolling', 'all-at-once'];

describe('deployments, played on the alarms and policies of the template', () => {
  let cells: Cell[];
  const of = (strategy: string, fault: Fault) => (
    cells.find(cell => cell.strategy === strategy && cell.fault === fault)!.outcome);
  beforeAll(() => { cells = playAll(); });

  test('the page of documents shows what they come to', () => {
    const docs = path.resolve(__dirname, '..', 'docs');
    expect(fs.readFileSync(path.join(docs, 'deploy-safely.md'), 'utf8')).toContain(table(cells));
    expect(fs.readFileSync(path.join(docs, 'images', 'deployments.svg'), 'utf8')).toBe(plot(cells));
  });
  test.each(WATCHED)('%s restores the old model from every fault that begins at once', strategy => {
    for (const fault of SEEN) { expect([fault, of(strategy, fault).end]).toEqual([fault, 'rolled back']); }
  });
  test.each(WATCHED)('%s cannot see what begins after its bake and the hour after it', strategy => {
    const late: Model = age => (age < 3 * 3600 ? {} : { serverErrors: 1 });
    expect(play(deploymentWith(strategy), late, { seconds: 4 * 3600 }).end).toBe('deployed');
  });
  test('what begins after the bake is returned within the hour after it, and only then', () => {
    const deployment = deploymentWith('all-at-once');
    const fault = FAULTS['fails after 15 minutes'];
    expect(of('all-at-once', 'fails after 15 minutes').end).toBe('returned');
    expect(play(deployment, fault, { watchSeconds: 0 }).end).toBe('deployed');
  });
  test.each(WATCHED)('without golden rows, %s cannot see wrong answers', strategy => {
    expect(play(deploymentWith(strategy), FAULTS['answers nonsense'], { isProbed: false }).end).toBe('deployed');
  });
  test('one wrong answer of a hundred is found in a canary', () => {
    expect(play(deploymentWith('canary'), () => ({ wrong: 0.01 })).end).toBe('rolled back');
  });
  test('without a deployment option every fault stays', () => {
    for (const fault of Object.keys(FAULTS) as Fault[]) {
      expect([fault, of('none', fault).end]).toEqual([fault, 'deployed']);
    }
  });
  test('a canary costs a quarter of what all at once does, of four instances', () => {
    const [canary, all] = ['canary', 'all-at-once'].map(strategy => of(strategy, 'fails every request').failed);
    expect(canary / all).toBeGreaterThan(0.2);
    expect(canary / all).toBeLessThan(0.3);
  });
  test('a rolling deployment takes the time that instances need to start', () => {
    const [canary, rolling] = ['canary', 'rolling'].map(strategy => of(strategy, 'fails every request').seconds);
    expect(rolling - canary).toBe(300);
  });
  test('an alarm fires in the first minute that its metrics have arrived', () => {
    // A whole minute over the threshold, and the time until its metrics are there.
    expect(of('canary', 'fails every request').exposed).toBeLessThanOrEqual(60 + METRIC_DELAY + 60);
  });
  test.each(WATCHED)('%s deploys a good model, also with nobody calling', strategy => {
    const deployment = deploymentWith(strategy);
    expect(play(deployment, GOOD).end).toBe('deployed');
    expect(play(deployment, GOOD, { requestsPerSecond: 0 }).end).toBe('deployed');
  });
  test.each(WATCHED)('%s notices a model that fails with nobody calling, because golden rows are asked', strategy => {
    const bad = FAULTS['fails every request'];
    expect(play(deploymentWith(strategy), bad, { requestsPerSecond: 0 }).end).toBe('rolled back');
    const alone = { requestsPerSecond: 0, isProbed: false };
    expect(play(deploymentWith(strategy), bad, alone).end).toBe('deployed');
  });
  test.each(WATCHED)('%s replaces an old model that fails', strategy => {
    const outcome = play(deploymentWith(strategy), GOOD, { old: FAULTS['fails every request'] });
    expect(outcome.end).toBe('deployed');
  });
});

describe('what would be wrong in the template is noticed', () => {
  const changed = (change: (alarm: { [name: string]: any }) => void): Deployment => {
    const template = JSON.parse(JSON.stringify(templateOf(4, STRATEGIES.canary))) as TemplateJson;
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type === 'AWS::CloudWatch::Alarm') { change(Properties); }
    }
    return deploymentOf(template);
  };
  const without = (dimensions: Array<{ Name: string }>) =>
    dimensions.filter(({ Name }) => Name !== 'EndpointConfigName');
  test('alarms without the dimension of the configuration: an old model that fails stops its fix', () => {
    const deployment = changed(alarm => {
      if (alarm.Dimensions) { alarm.Dimensions = without(alarm.Dimensions); }
      for (const { MetricStat: stat } of alarm.Metrics ?? []) {
        if (stat) { stat.Metric.Dimensions = without(stat.Metric.Dimensions); }
      }
    });
    const outcome = play(deployment, GOOD, { old: FAULTS['fails every request'] });
    expect(outcome.end).toBe('rolled back');
  });
  test('thresholds in percent instead of shares', () => {
    const deployment = changed(alarm => {
      if (!/latency/.test(JSON.stringify(alarm.AlarmName))) { alarm.Threshold *= 100; }
    });
    expect(play(deployment, FAULTS['fails every request']).end).toBe('deployed');
  });
  test('latency in milliseconds instead of microseconds', () => {
    const deployment = changed(alarm => {
      if (/latency/.test(JSON.stringify(alarm.AlarmName))) { alarm.Threshold /= 1000; }
    });
    expect(play(deployment, () => ({ milliseconds: 100 })).end).toBe('rolled back');
  });
  test('an alarm on golden rows of another endpoint, or of another configuration', () => {
    const golden = (alarm: { [name: string]: any }) => /golden-answers/.test(JSON.stringify(alarm.AlarmName));
    const nonsense = FAULTS['answers nonsense'];
    const elsewhere = changed(alarm => { if (golden(alarm)) { alarm.Namespace = 'sagemaker-cicd/churn-main-test'; } });
    expect(play(elsewhere, nonsense).end).toBe('deployed');
    const wider = changed(alarm => { if (golden(alarm)) { alarm.Dimensions = without(alarm.Dimensions); } });
    expect(play(wider, nonsense).end).toBe('deployed');
  });
  test('missing data that breaches', () => {
    const deployment = changed(alarm => { alarm.TreatMissingData = 'breaching'; });
    expect(play(deployment, GOOD, { requestsPerSecond: 0 }).end).toBe('rolled back');
  });
  test('alarms that the policy does not name', () => {
    const { config, alarms } = deploymentWith('canary');
    const deployment = { config: { ...config, AutoRollbackConfiguration: { Alarms: [] } }, alarms };
    expect(play(deployment, FAULTS['fails every request']).end).toBe('deployed');
  });
});

test.each([
  ['model - FILL(client, 0)', { model: 0.5, client: undefined }, 0.5],
  ['model - FILL(client, 0)', { model: undefined, client: 1 }, undefined],
  ['(a + 2) * b / 4', { a: 2, b: 3 }, 3],
])('metric math: %s', (expression, values, expected) => {
  expect(metricMath(expression, values)).toBe(expected);
});
