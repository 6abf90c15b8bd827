import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnResource, type Stack } from 'aws-cdk-lib/core';

/**
 * Pipelines are made after everything else in their stack, one after the other: CodePipeline starts a pipeline as soon
 * as it is there, and one that has filled its bucket before something else fails leaves a stack that CloudFormation
 * cannot take back, because it deletes no bucket with objects in it.
 *
 * @param starter the pipeline that sets the others to work; it comes after them
 */
export function pipelinesComeLast(stack: Stack, starter?: CfnPipeline): void {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
  const pipelines = resources.filter(resource => resource instanceof CfnPipeline)
    .sort((a, b) => Number(a === starter) - Number(b === starter));
  const others = resources.filter(resource => !(resource instanceof CfnPipeline));
  pipelines.forEach((pipeline, i) => {
    const { artifactStore, artifactStores, roleArn, stages } = pipeline;
    const named = references(stack.resolve({ artifactStore, artifactStores, roleArn, stages }));
    [...others, ...pipelines.slice(0, i)]
      .filter(resource => !named.has(stack.resolve(resource.logicalId) as string))
      .forEach(resource => pipeline.addResourceDependency(resource));
  });
}

/** Logical ids that a part of a template refers to; a dependency on those is there already. */
function references(part: unknown): ReadonlySet<string> {
  if (typeof part !== 'object' || part === null) { return new Set(); }
  return new Set(Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'Ref' && typeof value === 'string') { return [value]; }
    if (name === 'Fn::GetAtt' && Array.isArray(value)) { return [String(value[0])]; }
    return [...references(value)];
  }));
}
