import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import type { AutoscalingOptions } from '../../src/options/autoscaling';
import type { EndpointDeploymentOptions } from '../../src/options/deployment';

function made(autoscaling?: AutoscalingOptions, deployment?: EndpointDeploymentOptions): Template {
  const stack = new Stack(new App(), 'Mine');
  new infra.ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
    executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
    instanceType: 'ml.m5.large', instanceCount: 1, asynchronous: {}, asynchronousUri: 's3://answers/mine', autoscaling,
    deployment,
  });
  return Template.fromStack(stack);
}

const excluded = (template: Template) => Object.values(template.findResources('AWS::SageMaker::Endpoint'))
  .flatMap(({ Properties: { ExcludeRetainedVariantProperties: list = [] } }) => (
    list as Array<{ VariantPropertyType: string }>).map(({ VariantPropertyType }) => VariantPropertyType));

const alarms = (template: Template) => Object.keys(template.findResources('AWS::CloudWatch::Alarm'));

test('an update of an endpoint that may have no instance starts those of its configuration', () => {
  expect(excluded(made({ minCapacity: 0, maxCapacity: 2 }))).toEqual(['DataCaptureConfig', 'DesiredInstanceCount']);
  expect(excluded(made({
    maxCapacity: 2, schedules: [{ name: 'night', schedule: 'rate(1 day)', minCapacity: 0 }],
  }))).toEqual(['DataCaptureConfig', 'DesiredInstanceCount']);
  expect(excluded(made({ maxCapacity: 2 }))).toEqual(['DataCaptureConfig']);
});

test('answers may take an hour: their time is watched where a limit was given', () => {
  expect(alarms(made(undefined, {})).filter(id => /Latency|ModelErrors/.test(id))).toEqual([]);
  expect(alarms(made(undefined, { alarms: { p99LatencyMilliseconds: 9000 } })).filter(id => /LatencyP99/.test(id)))
    .toHaveLength(1);
});
