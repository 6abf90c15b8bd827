import { worldOf } from './deliveries';
import { acceptedStars, namesPeople, namesRoles, REASONS, stars, UNCONDITIONED, WHOLE_ACCOUNTS } from './reasons';
import { rolesOf } from '../../../src/plan/plan';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import type { AwsResource, IamRole, Statement } from '../../../testing/iam/policies';

jest.setTimeout(180_000);
afterAll(cleanUp);

interface Listed {
  readonly of: string;
  readonly statement: Statement;
  readonly role?: IamRole;
  readonly resource?: AwsResource;
  readonly trust?: boolean;
}

/** Every statement of every template of a delivery. */
function list(name: string): Listed[] {
  const { roles, resources } = worldOf(name).policies;
  return [
    ...[...roles.values()].flatMap(role => [
      ...role.trust.Statement.map((statement): Listed => ({ of: `${role.arn} (trust)`, statement, role, trust: true })),
      ...role.policies.flatMap(p => p.document.Statement.map((statement): Listed => ({
        of: role.arn, statement, role,
      }))),
    ]),
    ...[...resources.values()].flatMap(resource => (resource.policy?.Statement ?? [])
      .map((statement): Listed => ({ of: resource.arn, statement, resource }))),
  ];
}

function say({ of, statement }: Listed, what: string): string {
  return `${of}, ${statement.Sid ?? statement.Action.join('+')}: ${what}`;
}

describe.each(Object.keys(DELIVERIES))('%s', name => {
  test('a star in a role\'s policy has a reason beside the grant', () => {
    const allowed = list(name).filter(l => l.role && !l.trust && l.statement.Effect === 'Allow');
    const bare = allowed.flatMap(l =>
      stars(l.statement).filter(star => !acceptedStars(l.role!).get(star)).map(star => say(l, star)));
    expect(bare).toEqual([]);
  });

  test('a star in a resource\'s policy has a reason', () => {
    const bare = list(name).filter(l => l.resource).flatMap(l => stars(l.statement)
      .filter(star => !REASONS.some(r => r.type === l.resource!.type && r.covers(star, l.statement, l.resource!)))
      .map(star => say(l, star)));
    expect(bare).toEqual([]);
  });

  test('nothing is said by what it is not, and nobody is let in by a star', () => {
    const wrong = list(name).filter(({ statement: s }) => {
      const everybody = [s.Principal, s.Principal?.AWS, s.Principal?.Service].flat().includes('*');
      // What is denied everywhere but in some folders cannot be said otherwise.
      return s.NotAction !== undefined || (s.NotResource !== undefined && s.Effect === 'Allow')
        || s.NotPrincipal !== undefined || (everybody && s.Effect === 'Allow');
    });
    expect(wrong.map(l => say(l, JSON.stringify(l.statement)))).toEqual([]);
  });

  test('an account is let in for exactly named roles, never as a whole', () => {
    const people = rolesOf(worldOf(name).plan).filter(r => 'account' in r.assumedBy).map(r => worldOf(name).role(r));
    const wrong = list(name).filter(({ statement: s, role, resource, trust }) => {
      if (s.Effect !== 'Allow' || s.Principal?.AWS === undefined) { return false; }
      const isOwnKey = resource?.type === 'AWS::KMS::Key' && s.Principal.AWS === `arn:aws:iam::${resource.account}:root`
        && s.Action.includes('kms:*');
      if (resource && resource.type in WHOLE_ACCOUNTS) {
        return s.Action.some(a => !/:(Describe\w+|List\w+|CreateModel)$/.test(a));
      }
      return !isOwnKey && !namesRoles(s.Condition)
        && !(trust && people.includes(role!.arn) && (namesPeople(s.Condition, role!.account)
          // It lets nobody in: who may take the role on is asked for in the statements about that.
          || s.Action.every(action => action === 'sts:SetSourceIdentity')));
    });
    expect(wrong.map(l => say(l, JSON.stringify(l.statement.Principal)))).toEqual([]);
  });

  test('a service is let in for this account or one resource', () => {
    const conditioned = (s: Statement) => Object.values(s.Condition ?? {}).some(tests =>
      Object.keys(tests).some(key => /^aws:Source(Account|Arn)$|^kms:EncryptionContext:/.test(key)));
    const excused = rolesOf(worldOf(name).plan).filter(r => 'service' in r.assumedBy
      && r.assumedBy.anyAccount).map(r => `${worldOf(name).role(r)} (trust)`);
    const open = list(name)
      .filter(({ statement: s }) => s.Effect === 'Allow' && s.Principal?.Service !== undefined && !conditioned(s))
      .filter(({ of, statement: s, resource }) => !excused.includes(of)
        && !(resource && UNCONDITIONED[resource.type]?.[s.Principal.Service]));
    expect(open.map(l => say(l, JSON.stringify(l.statement.Principal)))).toEqual([]);
  });

  test('roles have no policies from elsewhere', () => {
    expect([...worldOf(name).policies.roles.values()].flatMap(r => r.managedPolicies)).toEqual([]);
  });
});

test('every reason is one for something', () => {
  const all = Object.keys(DELIVERIES).flatMap(list);
  const unused = REASONS.filter(r => !all.some(({ resource, statement }) => resource?.type === r.type
    && stars(statement).some(star => r.covers(star, statement, resource))));
  expect(unused.map(r => r.reason)).toEqual([]);
});
