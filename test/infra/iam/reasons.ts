import { isDeepStrictEqual } from 'node:util';
import type { AwsResource, IamRole, Statement } from '../../../testing/iam/policies';

const isKey = 'AWS::KMS::Key';

/** A star in a resource's own policy, and why it is there. */
export interface Reason {
  readonly type: string;
  readonly covers: (star: string, statement: Statement, resource: AwsResource) => boolean;
  readonly reason: string;
}


/**
 * Why there are stars in policies of resources. Reasons for those of roles stand beside their grants, in `src/plan`.
 */
export const REASONS: readonly Reason[] = [
  {
    type: isKey, covers: star => star === 'Resource::*',
    reason: 'In a key\'s policy the star is the key itself (KMS guide, "Key policies in AWS KMS").',
  },
  {
    type: isKey, covers: (star, statement, { account }) => star === 'Action::kms:*'
      && statement.Principal?.AWS === `arn:aws:iam::${account}:root`,
    reason: 'The key\'s own account decides by its IAM policies; without this a key could become unmanageable (KMS '
      + 'guide, "Default key policy").',
  },
  {
    type: isKey,
    covers: (star, statement) => /^Action::kms:(Decrypt|Describe|Encrypt|GenerateDataKey|ReEncrypt)\*$/.test(
      star,
    ) && String(statement.Principal?.Service).startsWith('logs.'),
    reason: 'CloudWatch Logs chooses among the variants of each call (CloudWatch Logs guide, "Encrypt log data in '
      + 'CloudWatch Logs using AWS KMS").',
  },
  {
    type: isKey, covers: star => /^Action::kms:(GenerateDataKey|ReEncrypt)\*$/.test(star),
    reason: 'Services choose among the variants of these calls, with or without a readable key (KMS guide, '
      + '"Permissions for AWS services in key policies").',
  },
  {
    type: 'AWS::S3::Bucket', reason: 'Nothing is done without TLS.',
    covers: (star, { Effect: effect }) => effect === 'Deny' && (star === 'Action::s3:*' || star.endsWith('/*')),
  },
  {
    type: 'AWS::S3::Bucket', covers: (star, { Principal: principal }) => star.endsWith('/*')
      && principal?.Service === 'logging.s3.amazonaws.com',
    reason: 'S3 chooses the keys of its access logs below the prefix.',
  },
  {
    type: 'AWS::S3::Bucket', covers: (star, { Principal: principal, Condition: condition }) => (
      /\/AWSLogs\/[^/*]+\/\*$/.test(star) && principal?.Service === 'cloudtrail.amazonaws.com'
        && condition?.StringEquals?.['aws:SourceArn'] !== undefined),
    reason: 'CloudTrail chooses the keys of log files below the account; the condition admits only its trail.',
  },
  {
    type: 'AWS::S3::Bucket', covers: (star, { Principal: principal, Condition: condition }, { arn }) =>
      star.startsWith(`Resource::${arn}/`) && principal?.AWS !== undefined && namesRoles(condition),
    reason: 'Object keys are made at run time; the condition admits only the roles that it names.',
  },
  {
    type: 'AWS::SQS::Queue', reason: 'Nothing is done without TLS.',
    covers: (star, { Effect: effect }) => effect === 'Deny' && star === 'Action::sqs:*',
  },
  {
    type: 'AWS::SageMaker::ModelPackageGroup', covers: star =>
      /:model-package\/[^*]+\/\*$/.test(star), reason: 'The registry assigns the version numbers.',
  },
];

/**
 * Services that are let in for whatever account or resource they work, by type of resource, and why the policy cannot
 * say for which.
 */
export const UNCONDITIONED: { readonly [type: string]: { readonly [service: string]: string } } = {
  [isKey]: {
    'events.amazonaws.com': 'EventBridge does not say to KMS for which rule it works (SNS guide, "Key management"); '
      + 'policies of queues under the key do say it.',
    'cloudwatch.amazonaws.com': 'As the SNS guide has it ("Key management"); the policy of the topic under the key '
      + 'does say for which alarms.',
  },
  'AWS::SNS::Topic': {
    'events.amazonaws.com': 'Topic policies for EventBridge take no condition (EventBridge guide, "Using '
      + 'resource-based policies"): with one nobody would be told of anything.',
  },
};

/** Resources whose policies let in whole accounts, and why. */
export const WHOLE_ACCOUNTS: { readonly [type: string]: string } = {
  'AWS::SageMaker::ModelPackageGroup': 'The guide knows no conditions in this policy; it allows looking and serving, '
    + 'never changing ("Deploy a Model Version from a Different Account").',
};

/** Whether a condition admits exactly some roles. */
export function namesRoles(condition: Statement['Condition']): boolean {
  return Object.entries(condition ?? {}).some(([operator, tests]) => /^(ArnEquals|StringEquals|ArnLike)$/.test(operator)
    && [tests['aws:PrincipalArn'] ?? []].flat().length > 0
    && [tests['aws:PrincipalArn']].flat().every(arn => /:role\/[^*?]+$/.test(arn)));
}

/**
 * Whether a condition admits people: users that signed in with a second factor; roles; or permission sets of Identity
 * Center, with exactly the suffix open. Stars only where nobody is named: all users, or all roles, of that account.
 */
export function namesPeople(condition: Statement['Condition'], account: string): boolean {
  const { ArnEquals: equals, ArnLike: like, Bool: bool, ...more } = condition ?? {};
  const others = isBound(more) ? {} : more;
  const arns = [equals?.['aws:PrincipalArn'] ?? [], like?.['aws:PrincipalArn'] ?? []].flat();
  const all = (pattern: RegExp) => arns.length > 0 && arns.every(arn => pattern.test(arn));
  const secondFactor = bool?.['aws:MultiFactorAuthPresent'] === 'true';
  return Object.keys(others).length === 0 && (equals === undefined) !== (like === undefined)
    && ((all(/:user\/[^*?]+$/) && secondFactor) || (like !== undefined && (
      (all(/:role\/aws-reserved\/sso\.amazonaws\.com\/(\*\/)?AWSReservedSSO_[^*?]+_\?{16}$/) && !bool)
      || (all(new RegExp(`::${account}:user/\\*$`)) && secondFactor)
      || (all(new RegExp(`::${account}:role/(aws-reserved/sso\\.amazonaws\\.com/)?\\*$`)) && !bool))));
}

/** What a session must be called, by how its person came in; each of these names nobody else. */
function isBound(conditions: object): boolean {
  const own = (name: string) => ({ 'sts:RoleSessionName': name, 'sts:SourceIdentity': name });
  return [
    { StringEquals: own('${aws:username}') },
    { Null: { 'aws:SourceIdentity': 'false' }, StringEquals: { 'sts:RoleSessionName': '${aws:SourceIdentity}' } },
    {
      StringLike: { 'aws:userid': '*:${sts:RoleSessionName}' },
      StringEquals: { 'sts:SourceIdentity': '${sts:RoleSessionName}' },
    },
  ].some(known => isDeepStrictEqual(known, conditions));
}

/** The stars of a statement, as cdk-nag writes them. */
export function stars(statement: Statement): string[] {
  const has = (text: string) => text.includes('*');
  return [...statement.Action.filter(has).map(a => `Action::${a}`), ...(statement.Resource
    ?? []).filter(has).map(r => `Resource::${r}`)];
}

/** The stars that a role's metadata gives a reason for. */
export function acceptedStars({ suppressions, account, region }: IamRole): Map<string, string> {
  const fill = (text: string) =>
    text.replace(/<AWS::Partition>/g, 'aws').replace(/<AWS::AccountId>/g, account).replace(/<AWS::Region>/g, region);
  return new Map(suppressions.filter(s => s.id === 'AwsSolutions-IAM5').flatMap(s => (s.applies_to
    ?? []).map(text => [fill(text), s.reason])));
}
