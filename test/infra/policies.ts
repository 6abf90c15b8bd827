import type { Template } from 'aws-cdk-lib/assertions';
import type { Json } from '../../testing/deliveries/synth';

/** Statement of a resource's policy, with everything that CloudFormation knows only later as text. */
export interface Statement {
  readonly resource: string;
  readonly type: string;
  readonly sid?: string;
  readonly effect: string;
  readonly principals: readonly string[];
  readonly services: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: { readonly [operator: string]: { readonly [key: string]: readonly string[] } };
}

/** Where each type of resource keeps its policy. */
const POLICIES: { readonly [type: string]: (properties: Json) => Json } = {
  'AWS::S3::BucketPolicy': p => p.PolicyDocument,
  'AWS::SQS::QueuePolicy': p => p.PolicyDocument,
  'AWS::SNS::TopicPolicy': p => p.PolicyDocument,
  'AWS::KMS::Key': p => p.KeyPolicy,
  'AWS::ECR::Repository': p => p.RepositoryPolicyText,
  'AWS::ECR::RepositoryCreationTemplate': p => p.RepositoryPolicy && JSON.parse(text(p.RepositoryPolicy)),
  'AWS::SageMaker::ModelPackageGroup': p => p.ModelPackageGroupPolicy,
  'AWS::Events::EventBusPolicy': p => ({ Statement: p.Statement }),
};

/** The statements of all policies of resources; trust policies of roles are not among them. */
export function statementsOf(template: Template): Statement[] {
  return Object.entries<Json>(template.toJSON().Resources).flatMap(([
    resource, { Type: type, Properties: properties },
  ]) => {
    const policy = POLICIES[type]?.(properties);
    return policy ? list<Json>(policy.Statement).map(statement => ({
      resource,
      type,
      sid: statement.Sid,
      effect: statement.Effect,
      principals: list(statement.Principal.AWS ?? []).map(text),
      services: list(statement.Principal.Service ?? []).map(text),
      actions: list<string>(statement.Action),
      resources: list(statement.Resource ?? []).map(text),
      conditions: Object.fromEntries(Object.entries<Json>(statement.Condition ?? {}).map(([operator, tests]) => [
        operator, Object.fromEntries(Object.entries(tests).map(([key, value]) => [key, list(value).map(text)])),
      ])),
    })) : [];
  });
}

/** ARNs of all roles of a template in an account. */
export function rolesOf(template: Template, account: string): string[] {
  return Object.values(template.findResources('AWS::IAM::Role')).map((role: Json) =>
    `arn:aws:iam::${account}:role/${role.Properties.RoleName as string}`);
}

/** Text of what may hold intrinsic functions. */
export function text(value: Json): string {
  if (typeof value !== 'object') { return String(value); }
  const [name] = Object.keys(value);
  const known: { readonly [name: string]: string } = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };
  if (name === 'Ref') { return known[value.Ref] ?? `<${value.Ref as string}>`; }
  if (name === 'Fn::GetAtt') { return `<${(value[name] as string[]).join('.')}>`; }
  if (name === 'Fn::Join') { return (value[name][1] as Json[]).map(text).join(value[name][0] as string); }
  throw new Error(`unknown: ${JSON.stringify(value)}`);
}

function list<T = Json>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
