import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { MONITOR_IMAGE, monitorImageAccounts } from '../../options/knowledge/framework-images';

/**
 * Address of the image that monitors run in. Where the stack's region is known only at its deployment, the template
 * brings the account of each region along.
 */
export function monitorImage(scope: Construct): string {
  const { region, urlSuffix } = Stack.of(scope);
  const accounts = monitorImageAccounts();
  const account = Token.isUnresolved(region) ? mapping(scope, accounts).findInMap(Aws.REGION, 'Account')
    : accounts[region];
  if (account === undefined) { throw new Error(`no account is known that publishes ${MONITOR_IMAGE.repository} in ${region}`); }
  return `${account}.dkr.ecr.${region}.${urlSuffix}/${MONITOR_IMAGE.repository}:${MONITOR_IMAGE.tag}`;
}

function mapping(scope: Construct, accounts: { readonly [region: string]: string }): CfnMapping {
  return new CfnMapping(scope, 'ImageAccounts', {
    mapping: Object.fromEntries(Object.entries(accounts).map(([region, account]) => [region, { Account: account }])),
  });
}
