import type { AwsResource, Policies, PolicyDocument } from './policies';
import type { Context, Request } from './request';

/**
 * Registries from which AWS hands out its framework images; anybody may pull (SageMaker guide, "Docker registry paths
 * and example code"), and look images up: `aws ecr describe-images --registry-id 763104351884` is how their newest tags
 * are found.
 */
export const AWS_IMAGES = '763104351884';

const ANYBODY_PULLS: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{
    Effect: 'Allow', Principal: '*', Action: [
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer',
    ], Resource: ['*'],
  }],
};

/** The resource of a template that an ARN is, or is in. */
export function findResource(policies: Policies, arn: string): AwsResource | undefined {
  const exact = policies.resources.get(arn);
  if (exact) { return exact; }
  const [, , service, , , ...rest] = arn.split(':');
  const name = rest.join(':');
  const head = arn.split(':').slice(0, 5).join(':');
  if (service === 's3') { return policies.resources.get(`${head}:${name.split('/')[0]}`); }
  if (service === 'sagemaker' && name.startsWith('model-package/')) {
    return policies.resources.get(`${head}:model-package-group/${name.split('/')[1]}`);
  }
  if (service === 'ecr' && name.startsWith('repository/')) {
    // What is fetched from another registry gets the policy of its prefix.
    const prefixes = [...policies.resources.values()].filter(r => r.type === 'AWS::ECR::RepositoryCreationTemplate'
      && r.arn.startsWith(`${head}:`));
    return prefixes.find(r => name.startsWith(`repository/${r.properties.Prefix}/`));
  }
  if (service === 'logs') { return policies.resources.get(`${head}:${name.split(':log-stream:')[0]}`); }
  return undefined;
}

/** What a role's trust policy decides. */
const TRUST_ACTIONS = [
  'sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:SetSourceIdentity',
  'sts:TagSession',
];

export function resourcePolicy(
  policies: Policies, request: Request, resource?: AwsResource,
): PolicyDocument | undefined {
  if (TRUST_ACTIONS.includes(request.action)) {
    const isBootstrap = BOOTSTRAP_ROLE.test(request.resource);
    return policies.roles.get(request.resource)?.trust
      ?? (isBootstrap ? bootstrapTrust(policies, request.resource) : undefined);
  }
  return resource ? resource.policy : policyOutside(request.resource);
}

/**
 * Policies of what is not part of a delivery: the registries of AWS, the user's own copies of images in other regions
 * (which have the statement that the deploy tools ask for), and the user's own keys (which have the default key
 * policy).
 */
export function policyOutside(arn: string): PolicyDocument | undefined {
  if (/:ecr:[^:]+:\d+:repository\//.test(arn)) { return ANYBODY_PULLS; }
  if (/:kms:[^:]+:\d+:key\//.test(arn)) {
    return {
      Version: '2012-10-17', Statement: [{
        Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountIn(arn)}:root` }, Action: ['kms:*'], Resource: ['*'],
      }],
    };
  }
  return undefined;
}

/** Roles of the CDK bootstrap. */
export const BOOTSTRAP_ROLE = /:role\/cdk-[a-z0-9]+-(deploy|file-publishing|image-publishing|lookup)-role-/;

/**
 * Their trust policies: their own account, and the one that was given as `--trust` (CDK guide, "Bootstrapping your
 * environment").
 */
export function bootstrapTrust({ bootstrapTrust: trusted }: Policies, role: string): PolicyDocument {
  const accounts = [accountIn(role), ...(trusted ? [trusted] : [])];
  const Action = ['sts:AssumeRole', 'sts:TagSession'];
  return {
    Version: '2012-10-17', Statement: accounts.map(account => ({
      Effect: 'Allow', Principal: { AWS: account }, Action,
    })),
  };
}

/** Account of a role, or of a resource's ARN. */
export function accountIn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

export function isOurs(policies: Policies, arn: string): boolean {
  return policies.stacks.some(s => s.account === accountIn(arn));
}

/** Buckets have no account in their ARN; those of `cdk bootstrap` have it in their name. */
export function ownerOf(policies: Policies, { principal, resource }: Request, found?: AwsResource): string {
  const inName = resource.startsWith('arn:aws:s3:::') ? /\d{12}/.exec(resource.split('/')[0])?.[0] : undefined;
  return found?.account || accountIn(resource) || inName || accountIn(principal) || policies.stacks[0].account;
}

/**
 * What AWS fills in for every request (IAM guide, "AWS global condition context keys"; KMS guide, "Condition keys").
 */
export function usualContext(policies: Policies, request: Request, resource?: AwsResource): Context {
  const { principal, action } = request;
  const isService = !principal.startsWith('arn:');
  const account = accountIn(principal);
  return {
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': ownerOf(policies, request, resource),
    'aws:PrincipalIsAWSService': String(isService),
    ...(isService ? { 'aws:PrincipalServiceName': principal } : {
      'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:PrincipalType': 'AssumedRole',
    }),
    ...Object.fromEntries(Object.entries(resource?.tags ?? {}).map(([k, v]) => [`aws:ResourceTag/${k}`, v])),
    ...(action.startsWith('s3:')
      ? { 's3:TlsVersion': '1.3', 's3:ResourceAccount': ownerOf(policies, request, resource) }
      : {}),
    ...(action.startsWith('kms:') ? {
      'kms:ResourceAliases': resource?.aliases
      ?? [], ...(isService ? {} : { 'kms:CallerAccount': account }),
    } : {}),
  };
}
