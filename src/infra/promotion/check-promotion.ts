import { Token } from 'aws-cdk-lib/core';
import { checkAgainst } from '../../options/engine/check';
import { OptionError } from '../../options/engine/option-error';
import { inOrder } from '../../options/engine/rule';
import type { PromotionOptions } from '../../options/promotion';
import { type PromotionPlace, promotionProblems } from '../../options/rules/promotion-rules';
import { declared } from '../../options/schemas/declared';

const SCHEMA = declared('PromotionOptions');

/** Names are made of these, and a rule's pattern, so they must be there at the synth. */
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
  const problems = checkAgainst(SCHEMA, options, '').filter(p => !later.includes(p.path));
  const given = later.includes('kmsKeyArn') ? { ...options, kmsKeyArn: undefined } : options;
  const all = problems.length > 0 ? problems : promotionProblems(given, place);
  if (all.length > 0) { throw new OptionError(inOrder(SCHEMA, all)); }
}
