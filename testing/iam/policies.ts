import { HERE, type DefaultPlace, type Json, readAssembly, type SynthesizedStack } from './assembly';
import { type Physical, Resolver } from './resolve';

/** A statement with lists where IAM takes one value or several. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Json;
  readonly NotPrincipal?: Json;
  readonly Action: readonly string[];
  readonly NotAction?: Json;
  readonly Resource?: readonly string[];
  readonly NotResource?: Json;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A finding of cdk-nag that a role's metadata accepts, and why. */
export interface Suppression {
  readonly id: string;
  readonly reason: string;
  readonly applies_to?: readonly string[];
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly logicalId: string;
}

/** A role with everything that decides what it may do. */
export interface IamRole extends Place {
  readonly arn: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
  /** ARN of its permissions boundary; the document is not part of a delivery. */
  readonly boundary?: string;
  readonly managedPolicies: readonly string[];
  readonly suppressions: readonly Suppression[];
}

/** Anything else: who owns it, under which key it is, what its own policy says. */
export interface AwsResource extends Place {
  readonly arn: string;
  readonly type: string;
  readonly policy?: PolicyDocument;
  /** ARN of the KMS key that what is in it is encrypted with. */
  readonly key?: string;
  /** Aliases of a KMS key. */
  readonly aliases: readonly string[];
  readonly tags: { readonly [key: string]: string };
  readonly properties: Json;
}

/** What the templates of a delivery say about access. */
export interface Policies {
  readonly roles: ReadonlyMap<string, IamRole>;
  readonly resources: ReadonlyMap<string, AwsResource>;
  readonly stacks: readonly SynthesizedStack[];
  /** Account that the CDK bootstrap of every account trusts: `cdk bootstrap --trust`. */
  readonly bootstrapTrust?: string;
  /** Service control policies of the accounts; none of the delivery's principals is in the management account. */
  readonly organization?: readonly PolicyDocument[];
}

/**
 * Resource types with a policy that is a resource of its own: where that says whose it is, and where the document is.
 */
const POLICY_TYPES: { readonly [type: string]: readonly [target: string, document: string] } = {
  'AWS::S3::BucketPolicy': ['Bucket', 'PolicyDocument'],
  'AWS::SQS::QueuePolicy': ['Queues', 'PolicyDocument'],
  'AWS::SNS::TopicPolicy': ['Topics', 'PolicyDocument'],
  'AWS::Events::EventBusPolicy': ['EventBusName', 'Statement'],
};

/** Properties in which a resource has its policy itself. */
const OWN_POLICIES: { readonly [type: string]: string } = {
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::ECR::Repository': 'RepositoryPolicyText',
  // The policy of repositories that are made later, as text.
  'AWS::ECR::RepositoryCreationTemplate': 'RepositoryPolicy',
  'AWS::SageMaker::ModelPackageGroup': 'ModelPackageGroupPolicy',
};

/** Reads roles and policies of every stack of a cloud assembly, with all intrinsic functions resolved. */
export function readPolicies(directory: string, place: DefaultPlace = HERE): Policies {
  const stacks = readAssembly(directory, place);
  const resolvers = new Map(stacks.map(stack => [stack.name, new Resolver(stack, name => exported(name))]));
  const exported = (name: string): string => {
    for (const stack of stacks) {
      for (const [id, output] of Object.entries<Json>(stack.template.Outputs ?? {})) {
        const resolver = resolvers.get(stack.name)!;
        if (`${stack.name}.${id}` === name || (output.Export && resolver.value(output.Export.Name) === name)) {
          return resolver.value(output.Value);
        }
      }
    }
    throw new Error(`no stack exports ${name}`);
  };
  const roles = new Map<string, IamRole>();
  const resources = new Map<string, AwsResource>();
  for (const stack of stacks) { readStack(stack, resolvers.get(stack.name)!, roles, resources); }
  return { roles, resources, stacks };
}

function readStack(
  stack: SynthesizedStack, resolver: Resolver, roles: Map<string, IamRole>, resources: Map<string, AwsResource>,
): void {
  const here = { account: stack.account, region: stack.region, stack: stack.name };
  const all = Object.entries<Json>(stack.template.Resources ?? {});
  const read = all.map(([logicalId, resource]) => ({
    logicalId,
    type: resource.Type as string,
    props: resolver.value(resource.Properties ?? {}),
    metadata: resource.Metadata ?? {},
    physical: resolver.physical(logicalId),
  }));
  const ofType = (type: string) => read.filter(r => r.type === type);
  const managed = new Map(ofType('AWS::IAM::ManagedPolicy').map(p =>
    [p.physical.arn, document(p.props.PolicyDocument)]));
  for (const { logicalId, props, metadata, physical } of ofType('AWS::IAM::Role')) {
    const attached = (props.ManagedPolicyArns ?? []) as string[];
    const inline = ((props.Policies ?? []) as Json[])
      .map(p => ({ name: p.PolicyName as string, document: document(p.PolicyDocument) }));
    const separate = ofType('AWS::IAM::Policy').filter(p => (p.props.Roles as string[]).includes(physical.ref));
    roles.set(physical.arn, {
      ...here, logicalId, arn: physical.arn, trust: document(props.AssumeRolePolicyDocument),
      boundary: props.PermissionsBoundary,
      policies: [
        ...inline,
        ...separate.map(p => ({ name: p.props.PolicyName as string, document: document(p.props.PolicyDocument) })),
        ...attached.flatMap(arn => (managed.has(arn) ? [{ name: arn, document: managed.get(arn)! }] : [])),
      ],
      managedPolicies: attached.filter(arn => !managed.has(arn)),
      suppressions: [metadata, ...separate.map(p =>
        p.metadata)].flatMap(m => (resolver.value(m.cdk_nag)?.rules_to_suppress ?? []) as Suppression[]),
    });
  }
  for (const { logicalId, type, props, physical } of read.filter(r => r.type !== 'AWS::IAM::Role'
    && !(r.type in POLICY_TYPES))) {
    const attached = read.filter(r => r.type in POLICY_TYPES
      && [r.props[POLICY_TYPES[r.type][0]]].flat().some(target => isCalled(target, physical)));
    const own = type in OWN_POLICIES ? props[OWN_POLICIES[type]] : undefined;
    const documents = [...attached.map(r => r.props[POLICY_TYPES[r.type][1]]), ...(own
      ? [typeof own === 'string' ? JSON.parse(own) : own]
      : [])].map(document);
    resources.set(physical.arn, {
      ...here, logicalId, type, arn: physical.arn, properties: props, tags: tagsOf(props.Tags),
      policy: documents.length > 0
        ? { Version: '2012-10-17', Statement: documents.flatMap(d => d.Statement) }
        : undefined,
      key: keyOf(type, props, read),
      aliases: ofType('AWS::KMS::Alias').filter(a =>
        isCalled(a.props.TargetKeyId, physical)).map(a => a.props.AliasName as string),
    });
  }
}

function isCalled(target: unknown, physical: Physical): boolean {
  return target === physical.ref || target === physical.arn;
}

/** A statement or a document, as a document with lists. */
export function document(raw: Json): PolicyDocument {
  const statements = [raw.Statement ?? raw].flat() as Json[];
  return {
    Version: '2012-10-17',
    Statement: statements.map(s => ({
      ...s,
      Action: s.Action === undefined ? [] : [s.Action].flat(),
      ...(s.Resource === undefined ? {} : { Resource: [s.Resource].flat() }),
    })),
  };
}

function tagsOf(tags: Json): { [key: string]: string } {
  return Array.isArray(tags) ? Object.fromEntries(tags.map(t => [t.Key, t.Value])) : {};
}

/** The customer's key that a resource encrypts with. */
function keyOf(
  type: string, props: Json, read: readonly { readonly type: string; readonly physical: Physical }[],
): string | undefined {
  const given: unknown = {
    'AWS::S3::Bucket':
      props.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID,
    'AWS::SQS::Queue': props.KmsMasterKeyId,
    'AWS::SNS::Topic': props.KmsMasterKeyId,
    'AWS::DynamoDB::Table': props.SSESpecification?.KMSMasterKeyId,
    'AWS::Logs::LogGroup': props.KmsKeyId,
    'AWS::Events::EventBus': props.KmsKeyIdentifier,
    'AWS::StepFunctions::StateMachine': props.EncryptionConfiguration?.KmsKeyId,
    'AWS::ECR::Repository': props.EncryptionConfiguration?.KmsKey,
    'AWS::ECR::RepositoryCreationTemplate': props.EncryptionConfiguration?.KmsKey,
    'AWS::CodeBuild::Project': props.EncryptionKey,
    'AWS::CodePipeline::Pipeline': props.ArtifactStore?.EncryptionKey?.Id,
  }[type];
  if (typeof given !== 'string' || given === '') { return undefined; }
  return read.find(r => r.type === 'AWS::KMS::Key'
    && (isCalled(given, r.physical) || given.endsWith(r.physical.ref)))?.physical.arn ?? given;
}
