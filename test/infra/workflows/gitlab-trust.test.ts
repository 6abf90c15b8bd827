import { rolesOf } from '../../../src/plan/plan';
import { audienceOf } from '../../../src/plan/workflows/gitlab-trust';
import type { GitlabTrust } from '../../../src/plan/workflows/model';
import { BY_GITLAB } from '../../../testing/deliveries/gitlab';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import { claimsOfGitlab, problemsOf } from '../../../testing/iam/reference';
import { makeWorld } from '../iam/deliveries';

jest.setTimeout(300_000);
afterAll(cleanUp);

/** The claims of a token (GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens", token payload). */
interface Token {
  readonly aud: string;
  readonly project_path: string;
  readonly project_id: string;
  readonly ref_type: 'branch' | 'tag';
  readonly ref: string;
  readonly ref_protected: 'true' | 'false';
  readonly pipeline_source: string;
}

describe.each(Object.keys(BY_GITLAB))('%s', name => {
  const world = makeWorld(BY_GITLAB[name]);
  const roles = rolesOf(world.plan).flatMap(role => ('pipeline' in role.assumedBy ? [{
    name: role.name, arn: world.role(role), trust: role.assumedBy.pipeline, audience: audienceOf(role),
  }] : []));
  const provider = world.fill(roles[0].trust.provider, world.plan.infrastructure.place);

  const ofJob = ({ audience, project, branch, sources }: GitlabTrust): Token => ({
    aud: audience, project_path: project.path, project_id: project.id, ref_type: 'branch', ref: branch, ref_protected: 'true',
    pipeline_source: sources[0],
  });

  /** The roles that a token gets, by their names. */
  async function got(token: Token, principal = provider): Promise<string[]> {
    const { project_path: path, ref_type: type, ref, ...own } = token;
    const claims = { ...own, sub: `project_path:${path}:ref_type:${type}:ref:${ref}` };
    const known = await claimsOfGitlab();
    const context = Object.fromEntries(Object.entries(claims).filter(([claim]) => known.includes(claim))
      .map(([claim, value]) => [`gitlab.com:${claim}`, value]));
    const found: string[] = [];
    for (const { name: role, arn } of roles) {
      const request = { principal, action: 'sts:AssumeRoleWithWebIdentity', resource: arn, context };
      if ((await evaluate(world.policies, request)).allowed) { found.push(role); }
    }
    return found;
  }

  test('a token of a job gets the role of the job and no other one', async () => {
    expect(roles.length).toBeGreaterThan(6);
    for (const { name: role, trust } of roles) {
      for (const source of trust.sources) {
        expect([role, source, await got({ ...ofJob(trust), pipeline_source: source })]).toEqual([role, source, [role]]);
      }
    }
  });

  test.each<[string, (token: Token) => Token]>([
    ['of another project with the same path', token => ({ ...token, project_id: '11111111' })],
    ['of another project', token => ({ ...token, project_path: 'acme/ml/other', project_id: '11111111' })],
    ['of a fork', token => ({ ...token, project_path: 'mallory/churn' })],
    ['of the same project under another path', token => ({ ...token, project_path: 'acme/churn' })],
    ['of a branch that is not protected', token => ({ ...token, ref_protected: 'false' })],
    ['of another branch', token => ({ ...token, ref: 'feature' })],
    ['of a branch whose name goes on', token => ({ ...token, ref: `${token.ref}-2` })],
    ['of a tag of the same name', token => ({ ...token, ref_type: 'tag' })],
    ['of a merge request', token => ({ ...token, pipeline_source: 'merge_request_event' })],
    ['of a merge request from a fork', token => ({
      ...token, pipeline_source: 'merge_request_event', project_path: 'mallory/churn', ref_protected: 'false',
    })],
    ['of a child pipeline', token => ({ ...token, pipeline_source: 'parent_pipeline' })],
    ['of a chat', token => ({ ...token, pipeline_source: 'chat' })],
    ['for somebody else', token => ({ ...token, aud: 'https://vault.example.com' })],
    ['for AWS in general', token => ({ ...token, aud: 'sts.amazonaws.com' })],
    ['for GitLab', token => ({ ...token, aud: 'https://gitlab.com' })],
  ])('a token %s gets nothing', async (_, change) => {
    for (const { trust } of roles) { expect(await got(change(ofJob(trust)))).toEqual([]); }
  });

  test('a token that another provider vouches for gets nothing', async () => {
    for (const other of [provider.replace('111111111111', '999999999999'), provider.replace('gitlab.com', 'gitlab.example.com')]) {
      for (const { trust } of roles) { expect(await got(ofJob(trust), other)).toEqual([]); }
    }
  });

  test('a push builds and changes infrastructure, and deploys nothing', async () => {
    const pushed = await Promise.all(roles.map(({ trust }) => got({ ...ofJob(trust), pipeline_source: 'push' })));
    expect([...new Set(pushed.flat())].sort()).toEqual(roles.map(role => role.name).filter(
      role => /buildrunner|infrastructure/.test(role)).sort());
  });

  test('a schedule only looks for what waits', async () => {
    const found = await Promise.all(roles.map(({ trust }) => got({ ...ofJob(trust), pipeline_source: 'schedule' })));
    expect(found.flat().sort()).toEqual(world.plan.groups.map(group => group.roles.preparer!.name).sort());
  });

  test('nothing is asked that STS makes no key of, and nothing that a job says of itself', async () => {
    for (const { arn } of roles) {
      const { trust: { Statement: [statement, ...more] } } = world.policies.roles.get(arn)!;
      expect(more).toEqual([]);
      expect(await problemsOf(statement, true)).toEqual([]);
      expect(Object.keys(statement.Condition!)).toEqual(['StringEquals']);
      expect(Object.keys(statement.Condition!.StringEquals).map(key => key.split(':')[1]).sort()).toEqual([
        'aud', 'pipeline_source', 'project_id', 'ref_protected', 'sub',
      ]);
      // IAM user guide, "IAM and AWS STS quotas".
      expect(JSON.stringify(world.policies.roles.get(arn)!.trust).length).toBeLessThanOrEqual(2048);
    }
  });

  test('the provider is for the audience of each role', () => {
    const made = world.resourcesOf('AWS::IAM::OIDCProvider', world.plan.infrastructure.stack);
    expect(made.map(({ properties }) => properties)).toMatchObject([{
      Url: 'https://gitlab.com', ClientIdList: roles.map(role => role.audience).sort(),
    }]);
  });
});

test('the claims of gitlab.com that STS makes keys of', async () => {
  expect((await claimsOfGitlab()).sort()).toEqual([
    'aud', 'namespace_id', 'pipeline_source', 'project_id', 'ref_protected', 'runner_environment', 'sub',
    'user_access_level', 'user_email', 'user_id', 'user_login',
  ]);
});
