import { worldOf } from './deliveries';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { document } from '../../../testing/iam/policies';
import { problemsOf } from '../../../testing/iam/reference';

jest.setTimeout(180_000);
afterAll(cleanUp);

test.each(Object.keys(DELIVERIES))('%s: every action exists and fits its resources and conditions', async name => {
  const { roles, resources } = worldOf(name).policies;
  const statements = [
    ...[...roles.values()].flatMap(role => role.policies.flatMap(p => p.document.Statement.map(s => ({
      of: role.arn, own: false, s,
    })))),
    ...[...roles.values()].flatMap(role => role.trust.Statement.map(s => ({
      of: `${role.arn} (trust)`, own: true, s,
    }))),
    ...[...resources.values()].flatMap(r => (r.policy?.Statement ?? []).map(s => ({ of: r.arn, own: true, s }))),
  ];
  const problems: string[] = [];
  for (const { of, own, s } of statements) {
    problems.push(...(await problemsOf(s, own)).map(p => `${of}, ${s.Sid ?? s.Action.join('+')}: ${p}`));
  }
  expect(statements.length).toBeGreaterThan(80);
  expect([...new Set(problems)]).toEqual([]);
});

describe('what is wrong is found', () => {
  const problems = (statement: object) => problemsOf(document(statement).Statement[0]);

  test('an action that does not exist', async () => {
    expect(await problems({
      Effect: 'Allow', Action: 'sagemaker:CreateModels', Resource: 'arn:aws:sagemaker:eu-west-1:123456789012:model/x',
    }))
      .toEqual([
        'there is no action sagemaker:CreateModels',
        'no action works on arn:aws:sagemaker:eu-west-1:123456789012:model/x',
      ]);
  });

  test('a resource of another type', async () => {
    expect(await problems({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket' }))
      .toEqual(['s3:GetObject cannot be limited to arn:aws:s3:::bucket', 'no action works on arn:aws:s3:::bucket']);
  });

  test('a resource for an action that knows none', async () => {
    expect(await problems({
      Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: 'arn:aws:ecr:eu-west-1:123456789012:repository/x',
    })).toHaveLength(2);
  });

  test('a condition that would never be true', async () => {
    expect(await problems({
      Effect: 'Deny', Action: 'sagemaker:UpdateModelPackage',
      Resource: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/x',
      Condition: { StringEquals: { 'sagemaker:ApprovalStatus': 'Approved' } },
    })).toEqual(['sagemaker:UpdateModelPackage has no condition key sagemaker:ApprovalStatus']);
  });
});
