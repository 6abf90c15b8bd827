import { evaluate } from '../../../testing/iam/evaluate';
import { document, type IamRole, type Policies } from '../../../testing/iam/policies';
import { claimsOfGithub, problemsOf } from '../../../testing/iam/reference';

const ISSUER = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${ISSUER}`;
const ROLE = 'arn:aws:iam::111111111111:role/churn-main-prod-shipper';

const CLAIMS: { readonly [claim: string]: string } = {
  aud: 'sts.amazonaws.com', sub: 'repo:acme/churn:environment:main-prod', repository_id: '42',
  repository_owner_id: '7', environment: 'main-prod', ref: 'refs/heads/main',
  job_workflow_ref: 'acme/churn/.github/workflows/deploy-main.yml@refs/heads/main',
};

const keys = (claims: { readonly [claim: string]: string }) =>
  Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${ISSUER}:${claim}`, value]));

/** A role that trusts the provider under conditions. */
function trusting(conditions: { readonly [claim: string]: string }, provider = PROVIDER): Policies {
  const trust = document({
    Statement: [{
      Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: keys(conditions) },
    }],
  });
  const role: IamRole = {
    account: '111111111111', region: 'eu-west-1', stack: 'delivery', logicalId: 'Shipper', arn: ROLE, trust,
    policies: [], managedPolicies: [], suppressions: [],
  };
  return { roles: new Map([[ROLE, role]]), resources: new Map(), stacks: [] };
}

async function lets(policies: Policies, claims: { readonly [claim: string]: string }): Promise<boolean> {
  const request = {
    principal: PROVIDER, action: 'sts:AssumeRoleWithWebIdentity', resource: ROLE, context: keys(claims),
  };
  return (await evaluate(policies, request)).allowed;
}

test('a token with all claims that are asked for is let in', async () => {
  expect(await lets(trusting(CLAIMS), CLAIMS)).toBe(true);
});

test.each(Object.keys(CLAIMS))('a token with another %s is not, nor one without it', async claim => {
  expect(await lets(trusting(CLAIMS), { ...CLAIMS, [claim]: 'other' })).toBe(false);
  expect(await lets(trusting(CLAIMS), Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim))))
    .toBe(false);
});

test('one that another provider vouches for is not', async () => {
  expect(await lets(trusting(CLAIMS, PROVIDER.replace('111111111111', '999999999999')), CLAIMS)).toBe(false);
  expect(await lets(trusting(CLAIMS, PROVIDER.replace('token.', 'vstoken.')), CLAIMS)).toBe(false);
});

test('a condition on a claim that STS makes no key of never holds, and is said to be wrong', async () => {
  const made = trusting({ ...CLAIMS, run_id: '1' });
  await expect(lets(made, { ...CLAIMS, run_id: '1' })).rejects.toThrow(`no condition key ${ISSUER}:run_id`);
  expect(await lets(made, CLAIMS)).toBe(false);
  expect(await problemsOf(made.roles.get(ROLE)!.trust.Statement[0], true))
    .toContain(`sts:AssumeRoleWithWebIdentity has no condition key ${ISSUER}:run_id`);
});

test('the claims that STS makes keys of', async () => {
  expect((await claimsOfGithub()).sort()).toEqual([
    'actor', 'actor_id', 'aud', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository',
    'repository_id', 'repository_owner_id', 'sub', 'workflow',
  ]);
  expect(await problemsOf(trusting(CLAIMS).roles.get(ROLE)!.trust.Statement[0], true)).toEqual([]);
});
