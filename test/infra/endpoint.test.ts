import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { hasLocalStorage } from '../../src/infra/endpoint/local-storage';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { ACCOUNTS, SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp, type Json, resources, stacksOf, temporary, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const template = templatesOf(DELIVERIES.default)['churn-main-prod-endpoint'];
const [model] = resources(template, 'AWS::SageMaker::Model');
const [config] = resources(template, 'AWS::SageMaker::EndpointConfig');
const [endpoint] = resources(template, 'AWS::SageMaker::Endpoint');

test('the package is a parameter without a default, so no deployment can forget it', () => {
  const { Parameters } = template.toJSON();
  expect(Object.keys(Parameters).sort()).toEqual([
    'Attempt', 'ModelPackageArn', 'PipelineExecutionId', 'ServedModelPackageArn', 'StartedAt',
  ]);
  for (const parameter of Object.values<Json>(Parameters)) { expect(parameter.Default).toBeUndefined(); }
});

test('the model is made from what is served, while the stack says which package was approved', () => {
  expect(model.Properties.PrimaryContainer).toEqual({
    ModelPackageName: { Ref: 'ServedModelPackageArn' }, InferenceSpecificationName: 'sealed',
  });
  expect(template.toJSON().Outputs.LiveModelPackage.Value).toEqual({ Ref: 'ModelPackageArn' });
});

test.each([
  ['none', true], ['arn:aws-cn:sagemaker:cn-north-1:123456789012:model-package/churn-main/3', true],
  ['keep-live', false], ['', false], ['arn:aws:s3:::x', false],
])(
  'the parameters take "%s": %s', (value, ok) => {
    for (const name of ['ModelPackageArn', 'ServedModelPackageArn']) {
      expect(new RegExp(`^(${template.toJSON().Parameters[name].AllowedPattern})$`).test(value)).toBe(ok);
    }
  });

test('model and configuration have no name, endpoint and variant always the same', () => {
  expect(model.Properties.ModelName).toBeUndefined();
  expect(config.Properties.EndpointConfigName).toBeUndefined();
  expect(endpoint.Properties.EndpointName).toBe('churn-main-prod');
  expect(config.Properties.ProductionVariants[0].VariantName).toBe('AllTraffic');
});

test('the variant names its model', () => {
  expect(config.Properties.ProductionVariants[0].ModelName).toEqual({
    'Fn::GetAtt': [expect.stringContaining('Model'), 'ModelName'],
  });
});

test('the endpoint outlives its stack with what it runs on, and so does what a deployment replaces', () => {
  for (const part of [model, config, endpoint]) {
    expect(part).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

test('another attempt makes another configuration, and the stack says which one the endpoint was given', () => {
  expect(config.Properties.ProductionVariants).toHaveLength(1);
  expect(config.Properties.ProductionVariants[0].InitialVariantWeight).toEqual({ Ref: 'Attempt' });
  const { Outputs } = template.toJSON();
  expect(Outputs.EndpointConfigName.Value).toEqual(endpoint.Properties.EndpointConfigName);
  expect(Outputs.EndpointConfigName.Condition).toBe(endpoint.Condition);
});

test('without a package there is a stack, but no model, configuration or endpoint', () => {
  for (const part of [model, config, endpoint]) { expect(part.Condition).toBe(endpoint.Condition); }
  expect(template.toJSON().Conditions[endpoint.Condition]).toEqual({
    'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ServedModelPackageArn' }, 'none'] }],
  });
});

test('volumes are encrypted, and nothing is captured unless somebody asks for it', () => {
  expect(JSON.stringify(config.Properties.KmsKeyId)).toContain('alias/churn-main-prod-environment');
  expect(config.Properties.DataCaptureConfig).toBeUndefined();
});

test('what is captured is encrypted, and gone after the days that the options say, old versions included', () => {
  const stacks = templatesOf({
    ...DELIVERIES.default, endpoint: { ...DELIVERIES.default.endpoint, dataCapturePercentage: 5 },
    deploymentGroups: [{
      name: 'main',
      deployEnvironments: [{ name: 'a' }, { name: 'b', endpoint: { dataCaptureRetentionDays: 7 } }],
    }],
  });
  const [{ Properties: { DataCaptureConfig, KmsKeyId } }] = resources(
    stacks['churn-main-a-endpoint'], 'AWS::SageMaker::EndpointConfig',
  );
  expect(DataCaptureConfig).toMatchObject({ EnableCapture: true, InitialSamplingPercentage: 5, KmsKeyId });
  for (const [name, days] of [['a', 30], ['b', 7]] as const) {
    const capture = resources(stacks[`churn-main-${name}-environment`], 'AWS::S3::Bucket').find(bucket =>
      JSON.stringify(bucket.Properties.BucketName).includes(`churn-main-${name}-capture`))!;
    expect(capture.Properties.LifecycleConfiguration.Rules).toContainEqual(expect.objectContaining({
      ExpirationInDays: days, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    }));
  }
});

test('parts carry the tag by which the CloudFormation role recognises them', () => {
  for (const part of [model, config]) {
    expect(part.Properties.Tags).toEqual([{ Key: 'sagemaker-cicd:endpoint', Value: 'churn-main-prod' }]);
  }
});

test('environments override size and capture; an instance with local storage gets no key', () => {
  const all = templatesOf(DELIVERIES.twoGroups);
  const configOf = (name: string) => resources(Object.entries(all).find(([
    stack,
  ]) => stack.includes(name))![1], 'AWS::SageMaker::EndpointConfig')[0].Properties;
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
  ['ml.m5.large', false], ['ml.c6i.xlarge', false], ['ml.p3.2xlarge', false], ['ml.inf1.xlarge', false],
  ['ml.r5.large', false],
  ['ml.m5d.large', true], ['ml.c6gd.large', true], ['ml.r7gd.large', true], ['ml.g4dn.xlarge', true], [
    'ml.g5.xlarge', true,
  ], ['ml.g6e.xlarge', true], ['ml.p4d.24xlarge', true], ['ml.p5.48xlarge', true], ['ml.trn1.2xlarge', true],
])('%s has local storage: %s', (type, local) => { expect(hasLocalStorage(type)).toBe(local); });

test('an endpoint can be used alone, in any stack', () => {
  const stack = new Stack(new App(), 'Mine');
  const made = new infra.ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
    executionRoleArn: 'arn:aws:iam::123456789012:role/mine',
    endpointName: 'mine', instanceType: 'ml.m5.large', instanceCount: 2,
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  });
  expect(made.endpoint.endpointName).toBe('mine');
  const alone = Template.fromStack(stack);
  alone.resourceCountIs('AWS::SageMaker::Endpoint', 1);
  expect(alone.toJSON().Conditions).toBeUndefined();
});

describe('what is added to an endpoint stack', () => {
  /** A function beside the endpoint, as a user's own CDK app adds it. */
  const withFunction = (delivery: typeof SEVERAL_PLACES, environment: string) => {
    const folder = temporary();
    fs.writeFileSync(path.join(folder, 'index.py'), 'def handler(event, context): return 1\n');
    const { app, cicd } = stacksOf(delivery);
    const made = new lambda.Function(cicd.endpointStack(environment), 'Extra', {
      runtime: lambda.Runtime.PYTHON_3_12, handler: 'index.handler', code: lambda.Code.fromAsset(folder),
    });
    const stack = Stack.of(made);
    const { directory } = app.synth().getNestedAssembly('assembly-Delivery-Endpoints');
    const { artifacts } = JSON.parse(fs.readFileSync(path.join(directory, 'manifest.json'), 'utf-8'));
    const [artifact] = Object.values<Json>(artifacts).filter(a => a.type === 'aws:cloudformation:stack'
      && a.properties.stackName === stack.stackName);
    const [
      manifest,
    ] = artifact.dependencies.map((d: string) => artifacts[d]).filter((a: Json) => a.type === 'cdk:asset-manifest');
    const { files, dockerImages } = JSON.parse(
      fs.readFileSync(path.join(directory, manifest.properties.file), 'utf-8'),
    );
    const written = JSON.parse(fs.readFileSync(path.join(directory, artifact.properties.templateFile), 'utf-8'));
    const code = Object.values<Json>(written.Resources).find(r => r.Type === 'AWS::Lambda::Function').Properties.Code;
    return { artifact, files: Object.values<Json>(files), dockerImages, code, written };
  };

  test('goes to that environment\'s own bucket, by its own role, and is what the template refers to', () => {
    const { files, code, dockerImages } = withFunction(SEVERAL_PLACES, 'preprod');
    expect(files).toHaveLength(1);
    const [destination] = Object.values<Json>(files[0].destinations);
    expect(destination.bucketName).toBe(`churn-main-preprod-deployment-${ACCOUNTS.preprod}-eu-west-1`);
    expect(destination.objectKey).toMatch(/^assets\/[0-9a-f]{64}\.zip$/);
    expect(destination.assumeRoleArn).toContain(`:iam::${ACCOUNTS.preprod}:role/churn-main-preprod-publish`);
    expect(code).toEqual({ S3Bucket: destination.bucketName, S3Key: destination.objectKey });
    expect(dockerImages).toEqual({});
  });
  test('goes to the account and region that the pipeline runs in where none are named', () => {
    const { files, code } = withFunction(DELIVERIES.default, 'prod');
    const [destination] = Object.values<Json>(files[0].destinations);
    expect(destination.bucketName).toBe('churn-main-prod-deployment-${AWS::AccountId}-${AWS::Region}');
    expect(code.S3Bucket).toEqual({ 'Fn::Sub': destination.bucketName });
  });
  test('needs nothing of the CDK bootstrap', () => {
    const { artifact, written } = withFunction(SEVERAL_PLACES, 'preprod');
    expect(artifact.properties).not.toHaveProperty('assumeRoleArn');
    expect(artifact.properties).not.toHaveProperty('cloudFormationExecutionRoleArn');
    expect(artifact.properties).not.toHaveProperty('requiresBootstrapStackVersion');
    expect(written.Rules).toBeUndefined();
    expect(written.Parameters.BootstrapVersion).toBeUndefined();
  });
  test('may not be a container image: the message says what to do', () => {
    const folder = temporary();
    fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
    const { cicd } = stacksOf(DELIVERIES.default);
    expect(() => new DockerImageAsset(cicd.endpointStack('prod'), 'Image', { directory: folder })).toThrow(
      /churn-main-prod-endpoint.*container image as an asset[\s\S]*Push the image to a repository/,
    );
  });
  test('is found by the names of environment and group, and an unknown one is named with those there are', () => {
    const { cicd } = stacksOf(DELIVERIES.twoGroups);
    expect(cicd.endpointStack('build', 'dev').stackName).toContain('-dev-build-endpoint');
    expect(() => cicd.endpointStack('build')).toThrow(/one of dev, release/);
    expect(() => cicd.endpointStack('prod', 'dev')).toThrow(/one of build/);
    expect(cicd.deployEnvironment('build', 'dev').cloudFormationRole).toBeDefined();
  });
  test('needs rights that are given to the CloudFormation role of its environment', () => {
    const { cicd } = stacksOf(DELIVERIES.default);
    const environment = cicd.deployEnvironment('prod');
    new Asset(cicd.endpointStack('prod'), 'File', { path: __filename });
    environment.cloudFormationRole.addToPolicy(new PolicyStatement({
      actions: ['lambda:CreateFunction'], resources: ['arn:aws:lambda:*:*:function:mine'],
    }));
    const [policy] = resources(Template.fromStack(Stack.of(environment)), 'AWS::IAM::Policy');
    expect(JSON.stringify(policy.Properties)).toContain('lambda:CreateFunction');
  });
});

test('an endpoint in another region takes the network of its own environment', () => {
  const network = {
    vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'],
  };
  const [group] = SEVERAL_PLACES.deploymentGroups!;
  const deployEnvironments = group.deployEnvironments!.map(e => (e.name === 'prod-us' ? { ...e, network } : e));
  const all = templatesOf({ ...SEVERAL_PLACES, deploymentGroups: [{ ...group, deployEnvironments }] });
  const models = Object.entries(all).filter(([name]) => name.includes('endpoint')).map(([
    name, t,
  ]) => [name.includes('prod-us'), resources(t, 'AWS::SageMaker::Model')[0].Properties.VpcConfig?.Subnets]);
  expect(models).toEqual([[false, undefined], [false, undefined], [true, network.subnetIds]]);
});
