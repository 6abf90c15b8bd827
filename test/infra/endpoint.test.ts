import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { DELIVERIES } from './deliveries';
import { cleanUp, resources, templatesOf } from './synth';
import { infra } from '../../src';
import { hasLocalStorage } from '../../src/infra/endpoint/local-storage';

afterAll(cleanUp);
const template = templatesOf(DELIVERIES.default)['churn-main-prod-endpoint'];
const [model] = resources(template, 'AWS::SageMaker::Model');
const [config] = resources(template, 'AWS::SageMaker::EndpointConfig');
const [endpoint] = resources(template, 'AWS::SageMaker::Endpoint');

test('the package is a parameter without a default, so no deployment can forget it', () => {
  const { Parameters } = template.toJSON();
  expect(Object.keys(Parameters).sort()).toEqual(['ModelPackageArn', 'PipelineExecutionId', 'StartedAt']);
  expect(Parameters.ModelPackageArn.Default).toBeUndefined();
  expect(model.Properties.PrimaryContainer).toEqual({ ModelPackageName: { Ref: 'ModelPackageArn' } });
});

test.each([['none', true], ['arn:aws-cn:sagemaker:cn-north-1:123456789012:model-package/churn-main/3', true], ['keep-live', false], ['', false], ['arn:aws:s3:::x', false]])(
  'the parameter takes "%s": %s', (value, ok) => {
    expect(new RegExp(`^(${template.toJSON().Parameters.ModelPackageArn.AllowedPattern})$`).test(value)).toBe(ok);
  });

test('model and configuration have no name, endpoint and variant always the same', () => {
  expect(model.Properties.ModelName).toBeUndefined();
  expect(config.Properties.EndpointConfigName).toBeUndefined();
  expect(endpoint.Properties.EndpointName).toBe('churn-main-prod');
  expect(config.Properties.ProductionVariants[0].VariantName).toBe('AllTraffic');
});

test('the variant names its model', () => {
  expect(config.Properties.ProductionVariants[0].ModelName).toEqual({ 'Fn::GetAtt': [expect.stringContaining('Model'), 'ModelName'] });
});

test('the endpoint outlives its stack with what it runs on, while replaced parts go', () => {
  expect(endpoint).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  for (const part of [model, config]) { expect(part).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Delete' }); }
});

test('without a package there is a stack, but no model, configuration or endpoint', () => {
  for (const part of [model, config, endpoint]) { expect(part.Condition).toBe(endpoint.Condition); }
  expect(template.toJSON().Conditions[endpoint.Condition]).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ModelPackageArn' }, 'none'] }] });
});

test('volumes and captured data are encrypted, and everything is captured', () => {
  expect(JSON.stringify(config.Properties.KmsKeyId)).toContain('alias/churn-main-prod-environment');
  const { DataCaptureConfig, KmsKeyId } = config.Properties;
  expect(DataCaptureConfig).toMatchObject({ EnableCapture: true, InitialSamplingPercentage: 100, KmsKeyId });
});

test('parts carry the tag by which the CloudFormation role recognises them', () => {
  for (const part of [model, config]) { expect(part.Properties.Tags).toEqual([{ Key: 'sagemaker-cicd:endpoint', Value: 'churn-main-prod' }]); }
});

test('environments override size and capture; an instance with local storage gets no key', () => {
  const all = templatesOf(DELIVERIES.twoGroups);
  const configOf = (name: string) => resources(Object.entries(all).find(([stack]) => stack.includes(name))![1], 'AWS::SageMaker::EndpointConfig')[0].Properties;
  const pre = configOf('pre-endpoint');
  expect(pre.ProductionVariants[0]).toMatchObject({ InstanceType: 'ml.c5.large', InitialInstanceCount: 1 });
  expect(pre.DataCaptureConfig.InitialSamplingPercentage).toBe(20);
  expect(pre.KmsKeyId).toBeDefined();
  const build = configOf('dev-build-endpoint');
  expect(build.ProductionVariants[0].InstanceType).toBe('ml.g5.xlarge');
  expect(build.KmsKeyId).toBeUndefined();
  expect(build.DataCaptureConfig).toBeUndefined();
});

test.each([
  ['ml.m5.large', false], ['ml.c6i.xlarge', false], ['ml.p3.2xlarge', false], ['ml.inf1.xlarge', false], ['ml.r5.large', false],
  ['ml.m5d.large', true], ['ml.c6gd.large', true], ['ml.r7gd.large', true], ['ml.g4dn.xlarge', true], ['ml.g5.xlarge', true], ['ml.g6e.xlarge', true], ['ml.p4d.24xlarge', true], ['ml.p5.48xlarge', true], ['ml.trn1.2xlarge', true],
])('%s has local storage: %s', (type, local) => { expect(hasLocalStorage(type)).toBe(local); });

test('an endpoint can be used alone, in any stack', () => {
  const stack = new Stack(new App(), 'Mine');
  const made = new infra.ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1', executionRoleArn: 'arn:aws:iam::123456789012:role/mine',
    endpointName: 'mine', instanceType: 'ml.m5.large', instanceCount: 2, kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  });
  expect(made.endpoint.endpointName).toBe('mine');
  const alone = Template.fromStack(stack);
  alone.resourceCountIs('AWS::SageMaker::Endpoint', 1);
  expect(alone.toJSON().Conditions).toBeUndefined();
});
