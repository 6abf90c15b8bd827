import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import type { AlarmProperties } from './alarms';
import { type DeploymentConfig, ENDPOINT, NEW } from './endpoint';
import { ModelEndpoint } from '../../src/infra/endpoint/model-endpoint';
import type { EndpointDeploymentOptions } from '../../src/options/deployment';

/** What a template says of a deployment. */
export interface Deployment {
  readonly config?: DeploymentConfig;
  readonly alarms: readonly AlarmProperties[];
}

interface Resource { readonly Type: string; readonly Properties: { readonly [name: string]: unknown } }

/** A template, as JSON. */
export interface TemplateJson { readonly Resources: { readonly [id: string]: Resource } }

/** The template of an endpoint with so many instances and this deployment. */
export function templateOf(instances: number, deployment?: EndpointDeploymentOptions): TemplateJson {
  const stack = new Stack(new App(), 'Simulated');
  new ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/2',
    executionRoleArn: 'arn:aws:iam::123456789012:role/model', endpointName: ENDPOINT,
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
    instanceType: 'ml.m5.large', instanceCount: instances, deployment,
  });
  return Template.fromStack(stack).toJSON() as TemplateJson;
}

/** What the template says, with its references as CloudFormation fills them in. */
export function deploymentOf({ Resources: resources }: TemplateJson): Deployment {
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) { return value.map(filled); }
    if (typeof value !== 'object' || value === null) { return value; }
    const [[name, inner], ...more] = Object.entries(value);
    if (more.length === 0 && name === 'Fn::GetAtt' && (inner as string[])[1] === 'EndpointConfigName') { return NEW; }
    if (more.length === 0 && name === 'Ref' && typeof inner === 'string') {
      return filled(resources[inner].Properties.AlarmName);
    }
    if (more.length === 0 && name === 'Fn::Join') {
      const [separator, parts] = inner as [string, unknown[]];
      return parts.map(filled).join(separator);
    }
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, filled(held)]));
  };
  const all = (type: string) => Object.values(resources).filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
  return {
    config: filled(all('AWS::SageMaker::Endpoint')[0].DeploymentConfig) as DeploymentConfig | undefined,
    alarms: all('AWS::CloudWatch::Alarm').map(filled) as AlarmProperties[],
  };
}
