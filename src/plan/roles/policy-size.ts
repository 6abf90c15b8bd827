import { PLACEHOLDERS } from '../arn';
import type { Grant } from './role-model';
import type { Trust } from './trust';

/** How long the placeholders can get: the longest partition and region, and ARNs with an id or a hash. */
const LENGTHS: { readonly [P in typeof PLACEHOLDERS[number]]: number } = {
  partition: 'aws-us-gov'.length, account: 12, region: 'us-isof-south-1'.length, urlSuffix: 'amazonaws.com.cn'.length,
  key: 100, table: 200, queue: 140, deadLetters: 140, assetBucket: 100, infrastructureObject: 180, toolsObject: 180, toolsKey: 70,
};

/** Characters of a policy with these statements, at most. */
export function policySize(grants: readonly Grant[]): number {
  const statements = grants.map(({ sid, effect, actions, resources, conditions }) => ({
    Sid: sid, Effect: effect ?? 'Allow', Action: actions, Resource: resources, Condition: conditions,
  }));
  return longest(statements);
}

/** Characters of a trust policy with these statements, at most. */
export function trustSize(trusts: readonly Trust[]): number {
  return longest(trusts.map(({ principal, actions, conditions }) => ({
    Action: actions.length === 1 ? actions[0] : actions, Condition: conditions, Effect: 'Allow',
    Principal: 'saml' in principal
      ? { Federated: principal.saml } : { AWS: `arn:{partition}:iam::${principal.account}:root` },
  })));
}

function longest(statements: readonly object[]): number {
  const written = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return written.replace(/\s/g, '').replace(
    /\{(\w+)\}/g,
    (whole, name: string) => 'x'.repeat(LENGTHS[name as keyof typeof LENGTHS] ?? whole.length),
  ).length;
}
