import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { DELIVERIES } from './deliveries';
import { type Json, resources } from './synth';
import { planOf } from '../../src/infra/private/plan';
import { InfrastructureStack } from '../../src/infra/tooling/infrastructure-stack';
import type { DeliveryOptions } from '../../src/options/delivery';

function infrastructureOf(delivery: DeliveryOptions): Template {
  const plan = planOf(delivery);
  return Template.fromStack(new InfrastructureStack(new App(), plan.infrastructure.stack, plan));
}

const template = infrastructureOf(DELIVERIES.default);

test('one key, one bus, its archive and one topic', () => {
  const [key] = resources(template, 'AWS::KMS::Key');
  expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
  expect(resources(template, 'AWS::Events::EventBus')).toMatchObject([{ Properties: { Name: 'churn-events' } }]);
  expect(resources(template, 'AWS::Events::Archive')).toMatchObject([{ Properties: { ArchiveName: 'churn-events', RetentionDays: 365 } }]);
  expect(resources(template, 'AWS::SNS::Topic')).toMatchObject([{ Properties: { TopicName: 'churn-notifications', KmsMasterKeyId: expect.anything() as Json } }]);
});
