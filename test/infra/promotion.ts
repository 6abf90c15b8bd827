import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack, type StackProps } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import type { PromotionOptions } from '../../src/options/promotion';
import { type Json, resources, temporary } from '../../testing/deliveries/synth';

export const SOURCE = 'arn:aws:sagemaker:eu-west-1:111111111111:model-package-group/churn-main';
export const KEY = 'arn:aws:kms:us-east-1:222222222222:key/0123abcd-0000-0000-0000-000000000000';
export const PLACE = { account: '222222222222', region: 'us-east-1' };
export const BASE: PromotionOptions = { sourceModelPackageGroupArn: SOURCE, targetBucketName: 'models' };
export const ALL: PromotionOptions = {
  ...BASE, eventBusName: 'promotions', targetModelPackageGroupName: 'churn-prod', sagemakerProjectId: 'p-abc123',
  sagemakerProjectName: 'churn', kmsKeyArn: KEY, acceptUnsealed: true, retainOnDelete: true,
  existingModelPackageGroup: false,
};

export function make(
  props: PromotionOptions, env?: StackProps['env'],
): { stack: Stack; made: infra.ModelPackagePromotePipeline; template: Template } {
  const stack = new Stack(new App({ outdir: temporary() }), 'Target', { env });
  const made = new infra.ModelPackagePromotePipeline(stack, 'Promotion', props);
  return { stack, made, template: Template.fromStack(stack) };
}

export const only = (template: Template, type: string): Json => {
  const found = resources(template, type);
  expect(found).toHaveLength(1);
  return found[0];
};
export const role = (template: Template, end: string): Json =>
  resources(template, 'AWS::IAM::Role').map(r => r.Properties).find(p => (p.RoleName as string).endsWith(end));
export const statements = (template: Template, end: string): { [sid: string]: Json } =>
  Object.fromEntries(role(template, end).Policies[0].PolicyDocument.Statement.map((s: Json) => [s.Sid, s]));
/** Text of a template with intrinsic functions, pseudo parameters as in an ARN. */
export const text = (value: Json): string => JSON.stringify(value)
  .replace(/\{"Ref":"AWS::(\w+)"\}/g, '"<$1>"')
  .replace(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, '$1')
  .replace(/","/g, '');
