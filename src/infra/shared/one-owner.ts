import type { IConstruct } from 'constructs';
import { OptionError } from '../../options/engine/option-error';
import { problem } from '../../options/engine/rule';

const OWNERS = new WeakMap<IConstruct, Map<string, IConstruct>>();

/** One thing in AWS, by its kind, place and name, and the option that says so. */
export interface Claim {
  readonly key: string;
  readonly path: string;
  readonly value: string;
  readonly allowed: string;
  readonly fix: string;
}

/**
 * Notes that a construct of an app makes something; before the deployment neither CDK nor CloudFormation sees that
 * two make the same.
 *
 * @throws OptionError when another construct of the app makes it
 */
export function claim(owner: IConstruct, { key, path, value, allowed, fix }: Claim): void {
  const { root } = owner.node;
  const claims = OWNERS.get(root) ?? new Map<string, IConstruct>();
  OWNERS.set(root, claims);
  const other = claims.get(key);
  if (other !== undefined && other !== owner) {
    throw new OptionError([problem(path, value, `${allowed}; ${other.node.path} has it already`, fix)]);
  }
  claims.set(key, owner);
}
