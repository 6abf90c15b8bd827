import { deployPlaces } from './environments';
import type { EndpointDeploymentOptions } from '../deployment';
import type { EndpointKind } from '../endpoint';
import type { OptionProblem } from '../engine/option-error';
import { valueAt } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { type EndpointShape, refusals } from '../knowledge/endpoint-matrix';

/** Type, number and deployment; each may be missing in an environment. */
type Own = readonly [string?, number?, EndpointDeploymentOptions?];
type Values = readonly [EndpointKind, string, number, EndpointDeploymentOptions | undefined, ...Own];

const FIELDS = ['instanceType', 'instanceCount', 'deployment'] as const;

/** What does not go together in the endpoint of each environment. */
export const endpointRules: RuleFamily = options => deployPlaces(options).map(({ path }) => {
  const own = path.includes('.deployEnvironments') ? FIELDS.map(field => `${path}.endpoint.${field}`) : [];
  return rule<Values>(['endpoint.kind', ...FIELDS.map(field => `endpoint.${field}`), ...own], (
    kind, type, count, deployment, ownType, ownCount, ownDeployment,
  ) => {
    const shape: EndpointShape = {
      kind, instanceType: ownType ?? type, instanceCount: ownCount ?? count, deployment: ownDeployment ?? deployment,
    };
    if (ownDeployment !== undefined) { return endpointProblems(shape, `${path}.endpoint.`); }
    const about = own.length > 0 ? ` It counts in ${path}, which may have a deployment of its own.` : '';
    return endpointProblems(shape, 'endpoint.').map(told => ({ ...told, fix: `${told.fix}${about}` }));
  });
});

/** What does not go together in an endpoint, by the paths of its options. */
export function endpointProblems(shape: EndpointShape, prefix = ''): OptionProblem[] {
  return refusals(shape).map(({ option, text, fix }) =>
    problem(`${prefix}${option}`, valueAt(shape, option), text, fix));
}
