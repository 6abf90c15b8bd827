import { checkDelivery } from '../../src/plan/check';
import { MONITORED } from '../../testing/deliveries/monitored';

const [main] = MONITORED.deploymentGroups!;
const messages = (retraining: object, group?: object) => checkDelivery({
  ...MONITORED, retraining, deploymentGroups: [{ ...main, retraining: group }],
}).map(({ path, value, allowed }) => `${path} is ${value}: ${allowed}`);

test('what the examples ask for is right', () => {
  expect(messages({ schedule: 'rate(7 days)', newDataUri: 's3://our-data/customers/' })).toEqual([]);
  expect(messages({ schedule: 'cron(0 3 ? * MON *)' })).toEqual([]);
  expect(messages({ schedule: 'rate(1 day)' })).toEqual([]);
  expect(messages({ schedule: 'rate(6 hours)', coolDownHours: 6, maxPerDay: 4 })).toEqual([]);
});

test.each([
  ['a schedule within the cool-down', { schedule: 'rate(12 hours)' }, 'a rate of at least 24 hours, the cool-down'],
  [
    'a schedule beyond the daily limit', { schedule: 'rate(6 hours)', coolDownHours: 1, maxPerDay: 3 },
    'a rate of at most 3 in 24 hours',
  ],
  ['one with an s', { schedule: 'rate(1 days)' }, '"rate(1 day)"'],
  ['many without one', { schedule: 'rate(7 day)' }, '"rate(7 days)"'],
  ['five fields of cron', { schedule: 'cron(0 3 * * MON)' }, 'six fields'],
])('%s is refused, of the project and of a group', (_, retraining, allowed) => {
  const [project, ...others] = messages(retraining);
  expect(others).toEqual([]);
  expect(project).toContain('retraining.schedule');
  expect(project).toContain(allowed);
  const [group] = messages({}, retraining);
  expect(group).toMatch(/^deploymentGroups\[0\]\.retraining\.schedule/);
  expect(group).toContain(allowed);
});

test('new data in a bucket that builds write to would train again and again', () => {
  const options = {
    ...MONITORED, deploymentGroups: [{
      ...main, retraining: { newDataUri: 's3://churn-main-artifacts-222222222222-eu-west-1/runs/' },
    }],
  };
  const [problem, ...others] = checkDelivery(options);
  expect(others).toEqual([]);
  expect(problem.path).toBe('deploymentGroups[0].retraining.newDataUri');
  expect(problem.allowed).toContain('does not belong to the delivery');
});
