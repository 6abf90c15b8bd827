import { LIVE } from './model';
import { arn } from '../arn';
import type { NamedEnvironment } from '../endpoint/model';

/** Why a right is for every version of a function. */
export const VERSIONS = 'Lambda numbers the versions of a function; the function\'s name is exact.';

/**
 * ARN of a function, or of its alias or version. Rights can be limited to one of them (Lambda guide, "Fine-tuning the
 * Resources and Conditions sections of policies").
 */
export function functionArn({ place }: Pick<NamedEnvironment, 'place'>, name: string, qualifier?: string): string {
  return arn(place, 'lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);
}

/**
 * A function's alias `live`, for reading and moving it. The service authorization reference knows these calls on the
 * function; the Lambda guide speaks of the alias: either will do.
 */
export function aliasArns(environment: Pick<NamedEnvironment, 'place'>, name: string): string[] {
  return [functionArn(environment, name), functionArn(environment, name, LIVE)];
}
