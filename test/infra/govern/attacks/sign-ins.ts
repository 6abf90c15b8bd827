import type { DeliveryOptions } from '../../../../src/options/delivery';
import { DELIVERIES } from '../../../../testing/deliveries/deliveries';
import type { SignIn } from '../../../../testing/iam/sessions';

const SSO = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO';

/** The people of a decision, one of each kind, of one account. */
export function people(account: string) {
  return {
    userArns: [`arn:aws:iam::${account}:user/ana`], roleArns: [`arn:aws:iam::${account}:role/people/approver`],
    permissionSets: ['ModelOwner'], samlProviderArns: [`arn:aws:iam::${account}:saml-provider/company`],
  };
}

/** Every control, and every decision made by people of every kind. */
export const GOVERNED: DeliveryOptions = {
  ...DELIVERIES.gxp,
  approvers: {
    models: people('222222222222'), deployments: people('111111111111'), infrastructure: people('111111111111'),
  },
};

/** One way to sign in: how it is meant, and what somebody might assert about himself. */
export interface Mode {
  readonly name: string;
  readonly honest: SignIn;
  readonly lies: ReadonlyArray<readonly [string, Partial<SignIn>]>;
}

/** The ways into a role of an account. */
export function modesOf(account: string): readonly Mode[] {
  const { userArns: [USER], roleArns: [FEDERATED], samlProviderArns: [PROVIDER] } = people(account);
  const inCenter = (set: string, owner = account) =>
    `arn:aws:iam::${owner}:role/${SSO}_${set}_0123456789abcdef`;
  return [
    {
      name: 'an IAM user', honest: { who: USER, mfa: true, asksName: 'ana', asksIdentity: 'ana' }, lies: [
        ['the session name of another', { asksName: 'eve' }],
        ['the source identity of another', { asksIdentity: 'eve' }],
        ['both of another', { asksName: 'eve', asksIdentity: 'eve' }],
        ['a pattern for a name', { asksName: 'a*', asksIdentity: 'a*' }],
        ['no source identity', { asksIdentity: undefined }],
        ['no second factor', { mfa: false }],
        ['a user who is not named', { who: `arn:aws:iam::${account}:user/eve`, asksName: 'eve', asksIdentity: 'eve' }],
        ['a user of that name elsewhere', { who: 'arn:aws:iam::888888888888:user/ana' }],
      ],
    },
    {
      name: 'a federated role', honest: { who: FEDERATED, session: 'x', hasIdentity: 'ana', asksName: 'ana' }, lies: [
        ['a session name of another', { asksName: 'eve' }],
        ['no source identity from the provider', { hasIdentity: undefined }],
        ['a source identity that it sets itself', { hasIdentity: undefined, asksIdentity: 'ana' }],
        ['another source identity than the provider set', { asksIdentity: 'eve', asksName: 'eve' }],
        ['a role that is not named', { who: `arn:aws:iam::${account}:role/people/other` }],
      ],
    },
    {
      name: 'a permission set', honest: { who: inCenter('ModelOwner'), session: 'ana', asksName: 'ana', asksIdentity: 'ana' }, lies: [
        ['the session name of another', { asksName: 'eve', asksIdentity: 'eve' }],
        ['the source identity of another', { asksIdentity: 'eve' }],
        ['the end of the own name', { session: 'joana', asksName: 'ana', asksIdentity: 'ana' }],
        ['no source identity', { asksIdentity: undefined }],
        ['a set that is not named', { who: inCenter('Developer') }],
        ['a set of another account', { who: inCenter('ModelOwner', '888888888888') }],
      ],
    },
    {
      name: 'a SAML provider', honest: { who: PROVIDER, asksName: 'ana', asksIdentity: 'ana' }, lies: [
        ['an assertion without source identity', { asksIdentity: undefined }],
        ['an assertion for somebody else', { audience: 'https://example.org/saml' }],
        ['another provider', { who: `arn:aws:iam::${account}:saml-provider/other` }],
      ],
    },
  ];
}
