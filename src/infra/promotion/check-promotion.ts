import { Token } from 'aws-cdk-lib/core';
import { checkAgainst } from '../../options/check';
import { OptionError } from '../../options/option-error';
import type { PromotionOptions } from '../../options/promotion';
import { type PromotionPlace, promotionProblems } from '../../options/promotion-rules';
import { promotionSchema } from '../../options/promotion-schema';
import { inOrder } from '../../options/rule';

/** Names are made of these, and a rule's pattern, so they have to be there at the synth. */
const WRITTEN_OUT: ReadonlyArray<keyof PromotionOptions> = [
  'sourceModelPackageGroupArn',
  'targetModelPackageGroupName',
];

/**
 * Checks the properties of a promotion; what another resource of the app will say at the deployment cannot be checked
 * yet.
 *
 * @throws OptionError with everything that is wrong
 */
export function checkPromotion(options: PromotionOptions, place: PromotionPlace): void {
  const later = Object.entries(options)
    .filter(([name, value]) => Token.isUnresolved(value) && !WRITTEN_OUT.includes(name as keyof PromotionOptions))
    .map(([name]) => name);
  const problems = checkAgainst(promotionSchema, options, '').filter(p => !later.includes(p.path));
  const given = later.includes('kmsKeyArn') ? { ...options, kmsKeyArn: undefined } : options;
  const all = problems.length > 0 ? problems : promotionProblems(given, place);
  if (all.length > 0) { throw new OptionError(inOrder(promotionSchema, all)); }
}
