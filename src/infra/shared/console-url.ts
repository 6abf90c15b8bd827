import { Aws, CfnCondition, Fn, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Domains of the management console that differ from the commercial partition's (IAM user guide, "AWS Management
 * Console sign-in", and each partition's own).
 */
const DOMAINS: ReadonlyArray<readonly [partition: string, domain: string]> = [
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-eusc', 'console.amazonaws-eusc.eu'],
];

/** Address of a page of the management console in the stack's partition; the region is a part of the path. */
export function consoleUrl(scope: IConstruct, path: string): string {
  return `https://${consoleDomain(Stack.of(scope))}/${path}`;
}

/** One condition for each partition and stack, whoever asks first. */
function consoleDomain(stack: Stack): string {
  return DOMAINS.reduceRight<string>((otherwise, [partition, domain]) => {
    const id = `In${partition.replace(/-/g, '')}`;
    const condition = stack.node.tryFindChild(id) as CfnCondition | undefined
      ?? new CfnCondition(stack, id, { expression: Fn.conditionEquals(Aws.PARTITION, partition) });
    return Fn.conditionIf(condition.logicalId, domain, otherwise).toString();
  }, 'console.aws.amazon.com');
}
