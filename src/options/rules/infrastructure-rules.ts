import { environments } from './environments';
import { EnvironmentType } from '../deployment-group';
import { problem, rule, type RuleFamily } from '../engine/rule';

/** Nothing reaches production unseen: with an environment of type prod the approval is there. */
export const diffApprovalRules: RuleFamily = options => {
  const paths = environments(options).map(environment => `${environment}.type`);
  return [rule<[boolean?, ...Array<EnvironmentType | undefined>]>(
    ['infrastructure.diffApproval', ...paths],
    (approval, ...types) => {
      const prod = paths.find((_, i) => types[i] === EnvironmentType.PROD);
      // Without groups there is the one that is made by default.
      if (approval !== false || (prod === undefined && paths.length > 0)) { return []; }
      return [problem(
        'infrastructure.diffApproval', approval,
        `true, because ${prod ?? 'the type of a default environment'} is "prod"`,
        'Remove it; a person approves what changes in production and in the tooling account.',
      )];
    },
  )];
};
