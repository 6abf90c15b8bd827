import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnResource, type Stack } from 'aws-cdk-lib/core';

/**
 * Pipelines are made after everything else in their stack, one after the other: CodePipeline starts a pipeline as soon
 * as it is there, and one that has filled its bucket before something else fails leaves a stack that CloudFormation
 * cannot take back, because it deletes no bucket with objects in it.
 */
export function pipelinesComeLast(stack: Stack): void {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
  const pipelines = resources.filter(resource => resource instanceof CfnPipeline);
  const others = resources.filter(resource => !(resource instanceof CfnPipeline));
  pipelines.forEach((pipeline, i) => {
    [...others, ...pipelines.slice(0, i)].forEach(resource => pipeline.addResourceDependency(resource));
  });
}
