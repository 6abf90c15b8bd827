import { App } from 'aws-cdk-lib/core';
import { Delivery, infra, SageMakerCicdProject } from '../src';
import { OptionError } from '../src/options/engine/option-error';
import { planDelivery } from '../src/plan/plan';
import { DELIVERIES } from '../testing/deliveries/deliveries';
import { cleanUp, repository, temporary } from '../testing/deliveries/synth';

jest.mock('../src/plan/plan', () => {
  const real = jest.requireActual<typeof import('../src/plan/plan')>('../src/plan/plan');
  return { ...real, planDelivery: jest.fn(real.planDelivery) };
});

afterAll(cleanUp);

test('one plan is made in a synth of a project, and one in a CDK app', () => {
  const inputDataUrl = 's3://data-of-mine/churn.csv';
  new SageMakerCicdProject({
    name: 'churn', outdir: temporary(), training: { inputDataUrl }, endpoint: { smokeTest: { body: '1' } },
  });
  expect(planDelivery).toHaveBeenCalledTimes(1);
  const file = `${repository(DELIVERIES.twoGroups)}/config/delivery.json`;
  infra.SageMakerCicd.fromConfig(new App({ outdir: temporary() }), 'Delivery', file);
  expect(planDelivery).toHaveBeenCalledTimes(2);
});

test('what is wrong with a delivery is said in one go when it is made', () => {
  expect(() => Delivery.of({ ...DELIVERIES.default, name: '', tags: { 'aws:x': 'y' } })).toThrow(OptionError);
  expect(() => Delivery.of({ ...DELIVERIES.default, name: '', tags: { 'aws:x': 'y' } })).toThrow(/2 options/);
});

test('a construct that is given options in place of a delivery says how to make one', () => {
  expect(() => new infra.SageMakerCicd(new App(), 'Delivery', {
    delivery: DELIVERIES.default as unknown as Delivery,
  })).toThrow(/option delivery: .* allowed: a Delivery\. Create it once, with Delivery\.of/);
});
