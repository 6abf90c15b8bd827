import { fieldPath } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';

/** IAM ignores case in tag keys (IAM user guide, "Tags for IAM resources"); roles get all of them. */
export const tagRules: RuleFamily = () => [
  rule<[{ readonly [key: string]: string }]>(['tags'], tags => {
    const seen = new Map<string, string>();
    return Object.keys(tags).flatMap(key => {
      const before = seen.get(key.toLowerCase());
      seen.set(key.toLowerCase(), key);
      return before === undefined ? [] : [problem(
        fieldPath('tags', key), tags[key], `one key beside "${before}" that differs in more than case`,
        'IAM ignores case in tag keys: remove or rename one of them.',
      )];
    });
  }),
];
