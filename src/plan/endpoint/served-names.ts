import type { NamedEnvironment } from './model';
import { ApiRelease } from '../../options/api';
import { arn } from '../arn';
import type { Grant } from '../roles/role-model';

/** What is appended to an endpoint's name where each package has one of its own: `-r` and eight characters. */
export const RELEASE_SUFFIX = '-r';

/** Characters that the suffix takes. */
export const RELEASE_CHARACTERS = 8;

/** Whether each package that is deployed to an environment gets an endpoint of its own. */
export function isPerRelease({ api }: Pick<NamedEnvironment, 'api'>): boolean {
  return api?.settings.release === ApiRelease.PER_RELEASE;
}

/** An environment's endpoint, or all that it has had, as a grant names them. */
export function endpointResources(
  environment: Pick<NamedEnvironment, 'api' | 'place' | 'endpointName'>,
): Pick<Grant, 'resources' | 'wildcard'> {
  const { place, endpointName } = environment;
  return isPerRelease(environment) ? {
    resources: [arn(place, 'sagemaker', `endpoint/${endpointName}${RELEASE_SUFFIX}*`)],
    wildcard: 'Each package has an endpoint of its own; what precedes the suffix is exact.',
  } : { resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)] };
}
