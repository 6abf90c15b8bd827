import type { OptionProblem } from '../engine/option-error';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { partitionOf } from '../knowledge/regions';
import { sourceGroupOf } from '../knowledge/source-group';
import type { PromotionOptions } from '../promotion';

/** Where a promotion is deployed to, as far as it is known. */
export interface PromotionPlace {
  readonly account?: string;
  readonly region?: string;
}

/** A promotion is deployed to the tooling account and region. */
export const promotionRules: RuleFamily = () => [
  rule<[PromotionOptions | undefined, PromotionPlace]>(['promotion', 'tooling'], (promotion, tooling) => (
    promotion === undefined ? [] : promotionProblems(promotion, tooling, 'promotion'))),
];

/** What is wrong between options of a promotion that are right one by one, and with where it is deployed to. */
export function promotionProblems(options: PromotionOptions, place: PromotionPlace, path = ''): OptionProblem[] {
  const source = sourceGroupOf(options.sourceModelPackageGroupArn);
  const at = (name: keyof PromotionOptions) => (path ? `${path}.${name}` : name);
  const [, keyPartition, , keyRegion] = options.kmsKeyArn?.split(':') ?? [];
  const problems: OptionProblem[] = [];
  if (place.region !== undefined && partitionOf(place.region) !== source.partition) {
    problems.push(problem(at('sourceModelPackageGroupArn'), options.sourceModelPackageGroupArn, 'a group in the '
      + `partition ${partitionOf(place.region)}, as ${place.region}`,
    'Nothing can be copied between partitions: choose a group in the same partition.'));
  }
  if (keyPartition !== undefined && keyPartition !== source.partition) {
    problems.push(problem(
      at('kmsKeyArn'), options.kmsKeyArn, `a key in the partition ${source.partition}, as the source group`,
      'Give the ARN of a key of the target account.',
    ));
  } else if (keyRegion !== undefined && place.region !== undefined && keyRegion !== place.region) {
    problems.push(problem(
      at('kmsKeyArn'), options.kmsKeyArn, `a key in ${place.region}`,
      "S3 accepts only keys in the bucket's region: give the ARN of one there.",
    ));
  }
  const target = options.targetModelPackageGroupName ?? source.name;
  if (place.account === source.account && place.region === source.region
    && target.toLowerCase() === source.name.toLowerCase()) {
    problems.push(problem(at('targetModelPackageGroupName'), options.targetModelPackageGroupName, 'a different name '
      + "from the source group's, because both are in the same account and region",
    'Name another group, or deploy the promotion to another account or region.'));
  }
  return problems;
}
