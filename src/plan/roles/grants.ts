import type { Grant } from './role-model';
import type { NetworkOptions } from '../../options/network';
import { arn, bucketArn } from '../arn';
import type { PlannedRepository } from '../build/model';
import type { Place } from '../place';

/** Services as they appear in `kms:ViaService`. */
type KmsClient = 'dynamodb' | 's3' | 'sagemaker' | 'sns';

/**
 * Use of a KMS key in another stack, named by its alias: key ids are not known before the key exists. Services have the
 * suffix `amazonaws.com` in this condition in every partition (KMS guide, "Services that support the kms:ViaService
 * condition key").
 */
export function useKeyByAlias(
  sid: string, place: Place, alias: string, actions: readonly string[], via: KmsClient, why: string,
): Grant {
  return {
    sid,
    actions,
    resources: [arn(place, 'kms', 'key/*')],
    conditions: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${alias}` },
      'StringEquals': { 'kms:ViaService': `${via}.${place.region ?? '{region}'}.amazonaws.com` },
    },
    why,
    wildcard: "The key's ID is unknown before it exists; the condition admits only the key with this alias.",
  };
}

/** Use of the stack's own key. */
export function useOwnKey(actions: readonly string[], why: string): Grant {
  return { sid: 'OwnKey', actions, resources: ['{key}'], why };
}

/**
 * Grants on the stack's own key, for volumes: a service may have them made for its own use, nobody makes one for others
 * (KMS guide, "kms:GrantIsForAWSResource"). Whether SageMaker asks it of the caller or of the job's role is not
 * certain and was looked up nowhere; both have it, so that either will do.
 */
export function grantForVolumes(why: string): Grant {
  return {
    sid: 'OwnKeyGrants',
    actions: ['kms:CreateGrant'],
    resources: ['{key}'],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    why,
  };
}

/** Reading objects under a key: S3 decrypts with the reader's rights. */
export const KMS_GET = ['kms:Decrypt'];
/**
 * Writing objects under a key; those that are uploaded in parts are decrypted for it (S3 guide, "Uploading and copying
 * objects using multipart upload").
 */
export const KMS_PUT = ['kms:Decrypt', 'kms:GenerateDataKey'];
/** Encrypt and decrypt with a key, as CodePipeline, CodeBuild and DynamoDB ask for it. */
export const KMS_READ_WRITE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
/** Decrypt with a key. */
export const KMS_READ = ['kms:Decrypt', 'kms:DescribeKey'];

/** What is done with objects of a bucket; a pipeline looks whether the bucket of its artifacts has versions. */
type Access = 'read' | 'pipeline';

/** Objects of a bucket. */
export function objects(sid: string, bucket: string, access: Access, why: string): Grant[] {
  const read = ['s3:GetObject', 's3:GetObjectVersion'];
  const write = access === 'read' ? [] : ['s3:AbortMultipartUpload', 's3:PutObject'];
  const versions = access === 'pipeline' ? ['s3:GetBucketVersioning'] : [];
  return [
    {
      sid: `${sid}Objects`,
      actions: [...read, ...write],
      resources: [bucketArn(bucket, '/*')],
      why,
      wildcard: 'Object keys are generated at run time; the bucket belongs to this deployment group alone.',
    },
    {
      sid: `${sid}Bucket`,
      actions: ['s3:GetBucketLocation', ...versions, 's3:ListBucket'],
      resources: [bucketArn(bucket)],
      why,
    },
  ];
}

/** Writing objects below prefixes of a bucket, and nowhere else in it. */
export function writeBelow(sid: string, prefixes: readonly string[], why: string): Grant {
  return {
    sid,
    actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
    resources: prefixes,
    why,
    wildcard: 'Object keys are generated at run time; the prefixes belong to this role alone.',
  };
}

/** Finding a bucket and listing it. */
export function listBucket(sid: string, bucket: string, why: string): Grant {
  return { sid, actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucketArn(bucket)], why };
}

/**
 * Writing to CloudWatch log groups; SageMaker looks at their streams too (SageMaker guide, "How to use SageMaker AI
 * execution roles").
 */
export function writeLogs(
  place: Place, groups: readonly string[], why: string, service: 'codebuild' | 'sagemaker' = 'codebuild',
): Grant {
  return {
    sid: 'Logs',
    actions: [
      // The log group of a project is in its stack; a late entry must not bring back one that went with it. (The CDK
      // gives a project no more for a log group of its own; in aws-cdk #12179 the call that lacks a right is
      // CreateLogStream.)
      ...(service === 'sagemaker' ? ['logs:CreateLogGroup', 'logs:DescribeLogStreams'] : []),
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ],
    resources: groups.flatMap(group => [
      ...(service === 'sagemaker' ? [arn(place, 'logs', `log-group:${group}`)] : []),
      arn(place, 'logs', `log-group:${group}:log-stream:*`),
    ]),
    why,
    wildcard: 'The service generates the names of log streams.',
  };
}

/** Handing events on to the delivery's bus. */
export function forwardEvents(busArn: string): Grant {
  return {
    sid: 'Forward',
    actions: ['events:PutEvents'],
    resources: [busArn],
    why: 'Sends events to the tooling account, where the pipelines are.',
  };
}

/** Metrics of SageMaker jobs and endpoints. */
export const PUT_METRICS: Grant = {
  sid: 'Metrics',
  actions: ['cloudwatch:PutMetricData'],
  resources: ['*'],
  conditions: { StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*'] } },
  why: "Publishes the container's metrics.",
  wildcard: 'PutMetricData does not support resource-level permissions; the condition admits only the namespaces of '
    + 'SageMaker.',
};

/** Repositories of the container images that AWS publishes for its frameworks. */
export const FRAMEWORK_IMAGES = ['sagemaker-*', 'pytorch-*', 'tensorflow-*', 'huggingface-*'];

/** Pulling the container images that AWS publishes for its frameworks. */
export function pullFrameworkImages(place: Place): Grant[] {
  return [
    {
      sid: 'ImageLogin',
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      why: "Pulls the framework's container image.",
      wildcard: 'GetAuthorizationToken does not support resource-level permissions.',
    },
    {
      sid: 'Images',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: FRAMEWORK_IMAGES.map(name => arn({ account: '*', region: place.region }, 'ecr', `repository/${name}`)),
      why: "Pulls the framework's container image.",
      wildcard: 'AWS publishes its images from accounts that differ by region and framework; their repositories have '
        + 'these prefixes.',
    },
  ];
}

/**
 * Looking an image up for whoever registers a package that runs in it; SageMaker does so with the caller's rights
 * (SageMaker developer guide, "AmazonSageMakerModelRegistryFullAccess").
 */
export function lookAtImages(place: Place, own: readonly string[], why: string): Grant {
  return {
    sid: 'LookAtImages',
    actions: ['ecr:BatchGetImage', 'ecr:DescribeImages'],
    resources: [
      ...FRAMEWORK_IMAGES.map(name => arn({ account: '*', region: place.region }, 'ecr', `repository/${name}`)),
      ...own,
    ],
    why,
    wildcard: 'AWS publishes its images from accounts that differ by region and framework; their repositories have '
      + 'these prefixes. An image keeps its name from the upstream registry.',
  };
}

/** The repositories of the user's own, with what they have fetched from elsewhere. */
export function ownRepositories(place: Place, repositories: readonly PlannedRepository[]): string[] {
  return repositories.map(({ repository, upstream }) => arn(
    place,
    'ecr',
    `repository/${repository}${upstream ? '/*' : ''}`,
  ));
}

/**
 * Pulling images from repositories of the user's own, with their digests and, where they come from another registry,
 * what is not there yet. Their own account alone makes repositories for those.
 */
export function pullOwnImages(place: Place, repositories: readonly PlannedRepository[], puller: Place): Grant[] {
  if (repositories.length === 0) { return []; }
  const cached = repositories.filter(r => r.upstream);
  return [
    {
      sid: 'OwnImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: ownRepositories(place, repositories),
      why: "Pulls the project's own images.",
      ...(cached.length > 0 ? {
        wildcard: 'An image keeps its name from the upstream registry; the prefix is exact.',
      } : {}),
    },
    ...(cached.length > 0 ? [{
      sid: 'FetchImages',
      actions: ['ecr:BatchImportUpstreamImage', ...(puller.account === place.account ? ['ecr:CreateRepository'] : [])],
      resources: ownRepositories(place, cached),
      why: 'Images are pulled from the upstream registry on first use.',
      wildcard: 'An image keeps its name from the upstream registry; the prefix is exact.',
    }] : []),
  ];
}

/** Running inside the user's VPC, when there is one. */
export function joinNetwork(
  place: Place, network: NetworkOptions | undefined, service: 'codebuild' | 'sagemaker',
): Grant[] {
  if (!network) { return []; }
  const interfaces = arn(place, 'ec2', 'network-interface/*');
  const subnets = network.subnetIds.map(id => arn(place, 'ec2', `subnet/${id}`));
  const groups = network.securityGroupIds.map(id => arn(place, 'ec2', `security-group/${id}`));
  const madeUp = 'Network interfaces are created for each run; subnets and security groups are exact.';
  return [
    {
      sid: 'NetworkLook',
      actions: [
        'DhcpOptions',
        'NetworkInterfaces',
        'SecurityGroups',
        'Subnets',
        'VpcEndpoints',
        'Vpcs',
      ].map(what => `ec2:Describe${what}`),
      resources: ['*'],
      why: "Creates the container's network interface in the VPC.",
      wildcard: 'Describe calls do not support resource-level permissions.',
    },
    {
      sid: 'NetworkMake',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [interfaces, ...subnets, ...groups],
      why: "Creates the container's network interface in the VPC.",
      wildcard: madeUp,
    },
    {
      sid: 'NetworkRemove',
      actions: [
        'ec2:DeleteNetworkInterface',
        ...(service === 'sagemaker' ? ['ec2:DeleteNetworkInterfacePermission'] : []),
      ],
      resources: [interfaces],
      why: 'Deletes the network interface with the container.',
      wildcard: madeUp,
    },
    {
      sid: 'NetworkPermission',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [interfaces],
      conditions: service === 'codebuild' ? {
        StringEquals: { 'ec2:Subnet': subnets, 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
      } : { ArnEquals: { 'ec2:Subnet': subnets } },
      why: 'Lets the service attach the network interface to its container.',
      wildcard: madeUp,
    },
  ];
}

/** Passing a role on to a service. */
export function passRole(sid: string, arns: readonly string[], service: string, why: string): Grant {
  return {
    sid,
    actions: ['iam:PassRole'],
    resources: arns,
    conditions: { StringEquals: { 'iam:PassedToService': service } },
    why,
  };
}
