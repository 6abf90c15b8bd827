import type { IConstruct } from 'constructs';
import { modelPackageGroupArn, modelPackagesArn } from '../../plan/build/registry';
import type { PlannedGroup } from '../../plan/model';
import { fill } from '../shared/fill';
import { accountRoot } from '../shared/foreign-roles';

/**
 * The policy of a group's registry: the other accounts of the group look at its packages, and those that serve them
 * make models from them. There is no policy when there are no other accounts.
 *
 * That is what the guide asks for ("Deploy a Model Version from a Different Account"), without the right to update
 * packages, which would be the right to approve them. It names accounts and no roles, because the guide knows no
 * conditions in this policy; within those accounts the roles' own policies decide.
 */
export function registryPolicy(scope: IConstruct, { build, environments }: PlannedGroup): object | undefined {
  if (build.readerAccounts.length === 0) { return undefined; }
  const packages = fill(scope, modelPackagesArn(build));
  const statement = (
    sid: string, accounts: readonly string[], actions: readonly string[], resources: readonly string[],
  ) => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: accounts.map(account => accountRoot(scope, account)) },
    Action: actions,
    Resource: resources,
  });
  // Where there is a registry of copies, models are made from those.
  const serving = environments.filter(e => !e.replicaGroup).map(e => e.place.account);
  const servingAccounts = build.readerAccounts.filter(account => serving.includes(account));
  const look = ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'];
  return {
    Version: '2012-10-17',
    Statement: [
      statement('Look', build.readerAccounts, look, [fill(scope, modelPackageGroupArn(build)), packages]),
      ...(servingAccounts.length > 0
        ? [statement('Serve', servingAccounts, ['sagemaker:CreateModel'], [packages])]
        : []),
    ],
  };
}
