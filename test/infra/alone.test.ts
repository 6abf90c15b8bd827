import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import { ALL, BASE, PLACE } from './promotion';
import { Delivery, infra } from '../../src';
import { OptionError } from '../../src/options/engine/option-error';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const GOOD = {
  modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
  executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine', instanceType: 'ml.m5.large',
  instanceCount: 2, kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/mine',
};
const endpoint = (more: object, stack = new Stack(new App(), 'Mine')): string[] => {
  try {
    new infra.ModelEndpoint(stack, 'Endpoint', { ...GOOD, ...more });
    return [];
  } catch (error) {
    return (error as OptionError).problems.map(p => p.path);
  }
};

test.each([
  ['a type without ml', { instanceType: 'm5.large' }, 'instanceType'],
  ['a type that serves nothing', { instanceType: 'ml.m5.huge' }, 'instanceType'],
  ['a type that there is none of', { instanceType: 'ml.m5.3xlarge' }, 'instanceType'],
  ['no instances', { instanceCount: 0 }, 'instanceCount'],
  ['half an instance', { instanceCount: 1.5 }, 'instanceCount'],
  ['no attempt', { attempt: 0 }, 'attempt'],
  ['half an attempt', { attempt: 1.5 }, 'attempt'],
  ['a key that is none', { kmsKeyArn: 'nope' }, 'kmsKeyArn'],
  ['a package that is none', { modelPackageArn: 'churn/1' }, 'modelPackageArn'],
  ['a role that is none', { executionRoleArn: 'mine' }, 'executionRoleArn'],
  ['a name with dots', { endpointName: 'my.endpoint' }, 'endpointName'],
  ['more than all requests', { dataCapturePercentage: 101, dataCaptureUri: 's3://captured' }, 'dataCapturePercentage'],
  ['capture without an address', { dataCapturePercentage: 10 }, 'dataCaptureUri'],
  ['capture to a folder', { dataCapturePercentage: 10, dataCaptureUri: '/captured' }, 'dataCaptureUri'],
  ['a misspelt property', { instanceTyp: 'ml.m5.large' }, 'instanceTyp'],
])('an endpoint used alone refuses %s', (_, more, path) => { expect(endpoint(more)).toEqual([path]); });

test('an endpoint used alone takes what is right, Graviton for an image of one\'s own, and what is known later', () => {
  expect(endpoint({ dataCapturePercentage: 10, dataCaptureUri: 's3://captured/mine' })).toEqual([]);
  expect(endpoint({ instanceType: 'ml.c7g.large', attempt: 2 })).toEqual([]);
  const stack = new Stack(new App(), 'Mine');
  const later = (id: string): string => new CfnParameter(stack, id).valueAsString;
  expect(endpoint({
    instanceType: later('Type'), kmsKeyArn: later('Key'), modelPackageArn: later('Package'),
    instanceCount: Token.asNumber({ Ref: 'Count' }), executionRoleArn: `arn:aws:iam::${stack.account}:role/mine`,
    dataCapturePercentage: Token.asNumber({ Ref: 'Share' }), dataCaptureUri: later('Uri'),
  }, stack)).toEqual([]);
});

test('two deliveries of one name and place in an app are refused with both', () => {
  const app = new App({ outdir: temporary() });
  new infra.SageMakerCicd(app, 'First', { delivery: Delivery.of(DELIVERIES.twoGroups) });
  new infra.SageMakerCicd(app, 'Other', {
    delivery: Delivery.of({ ...DELIVERIES.twoGroups, name: 'other' }),
  });
  const again = (): unknown => new infra.SageMakerCicd(app, 'Second', { delivery: Delivery.of(DELIVERIES.twoGroups) });
  expect(again).toThrow(OptionError);
  expect(() => new infra.SageMakerCicd(app, 'Third', { delivery: Delivery.of(DELIVERIES.twoGroups) })).toThrow(
    /option name: .*First has it already/,
  );
});

test('two promotions into one group of one place are refused', () => {
  const app = new App({ outdir: temporary() });
  const promote = (id: string, env: object, props = ALL): unknown =>
    new infra.ModelPackagePromotePipeline(new Stack(app, id, { env }), 'Promotion', props);
  promote('First', PLACE);
  promote('Elsewhere', { ...PLACE, account: '333333333333' }, { ...BASE, targetModelPackageGroupName: 'churn-prod' });
  expect(() => promote('Second', PLACE)).toThrow(/targetModelPackageGroupName.*First\/Promotion has it already/);
});

test.each(['ModelBuildPipeline', 'ModelDeployPipeline', 'InfrastructurePipeline'] as const)('%s used alone is refused '
  + 'where workflows do its work', name => {
  const stack = new Stack(new App(), 'Mine', { env: { account: '111111111111', region: 'eu-west-1' } });
  const props = {
    delivery: Delivery.of(DELIVERIES.workflows), key: new kms.Key(stack, 'Key'),
    artifactBucket: s3.Bucket.fromBucketName(stack, 'Artifacts', 'artifacts'),
  };
  const make = () => new infra[name](stack, 'Pipeline', props);
  expect(make).toThrow('option engine.type: "github-actions" is not valid; allowed: "codepipeline" for this construct. '
    + 'Leave it out: workflows of the repository do its work.');
  expect(stack.node.findAll().filter(CfnResource.isCfnResource).map(r => r.cfnResourceType)).toEqual(['AWS::KMS::Key']);
});
