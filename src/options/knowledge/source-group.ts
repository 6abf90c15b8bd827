/** The parts of the ARN of a model package group. */
export interface SourceGroup {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

/** Takes the ARN of a model package group apart. */
export function sourceGroupOf(arn: string): SourceGroup {
  const [, partition, , region, account, resource] = arn.split(':');
  return { partition, region, account, name: resource.split('/')[1] };
}
