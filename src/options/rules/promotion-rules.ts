import type { PromotionOptions } from '../promotion';
import { type PromotionPlace, promotionProblems } from '../promotion-rules';
import { rule, type RuleFamily } from '../rule';

/** A promotion is deployed to the tooling account and region. */
export const promotionRules: RuleFamily = () => [
  rule<[PromotionOptions?, PromotionPlace?]>(['promotion', 'tooling'], (promotion, tooling = {}) => (
    promotion === undefined ? [] : promotionProblems(promotion, tooling, 'promotion'))),
];
