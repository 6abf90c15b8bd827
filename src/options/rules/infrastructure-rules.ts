import { environments } from './environments';
import { DEFAULT_GROUPS } from '../default-groups';
import { EnvironmentType } from '../deployment-group';
import { problem, rule, type RuleFamily } from '../engine/rule';

/** The path of an environment of production if no groups are given. */
const byDefault = DEFAULT_GROUPS.some(({ deployEnvironments = [] }) =>
  deployEnvironments.some(({ type }) => type === EnvironmentType.PROD))
  ? 'the type of a default environment'
  : undefined;

/** Nothing reaches production unseen: with an environment of type prod the approval is there. */
export const diffApprovalRules: RuleFamily = options => {
  const paths = environments(options).map(environment => `${environment}.type`);
  return [rule<[boolean | undefined, ...EnvironmentType[]]>(
    ['infrastructure.diffApproval', ...paths],
    (approval, ...types) => {
      const prod = paths.length > 0 ? paths.find((_, i) => types[i] === EnvironmentType.PROD) : byDefault;
      return approval !== false || prod === undefined ? [] : [problem(
        'infrastructure.diffApproval', approval, `true, because ${prod} is "prod"`,
        'Remove it: a person must approve changes of production and of the tooling account.',
      )];
    },
  )];
};
