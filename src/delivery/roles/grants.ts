import type { Grant } from './role-model';
import type { NetworkOptions } from '../../options/network';
import { arn, bucketArn } from '../arn';
import type { Place } from '../delivery';
import type { PlannedRepository } from '../plan';

/** Services as they appear in `kms:ViaService`. */
type KmsClient = 's3' | 'sagemaker' | 'sns';

/** Use of a KMS key in another stack, named by its alias: key ids are not known before the key exists. */
export function useKeyByAlias(sid: string, place: Place, alias: string, actions: readonly string[], via: KmsClient, why: string): Grant {
  return {
    sid,
    actions,
    resources: [arn(place, 'kms', 'key/*')],
    conditions: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${alias}` },
      'StringEquals': { 'kms:ViaService': `${via}.${place.region ?? '{region}'}.{urlSuffix}` },
    },
    why,
    wildcard: 'The id of the key is not known before it exists; the condition admits only the key with this alias.',
  };
}

/** Use of the stack's own key. */
export function useOwnKey(actions: readonly string[], why: string): Grant {
  return { sid: 'OwnKey', actions, resources: ['{key}'], why };
}

/** Encrypt and decrypt with a key. */
export const KMS_READ_WRITE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];
/** Decrypt with a key. */
export const KMS_READ = ['kms:Decrypt', 'kms:DescribeKey'];

/** Objects of a bucket: read, and write when asked to. */
export function objects(sid: string, bucket: string, access: 'read' | 'read-write', why: string): Grant[] {
  const write = ['s3:AbortMultipartUpload', 's3:PutObject'];
  return [
    {
      sid: `${sid}Objects`,
      actions: ['s3:GetObject', 's3:GetObjectVersion', ...(access === 'read-write' ? write : [])],
      resources: [bucketArn(bucket, '/*')],
      why,
      wildcard: 'Object keys are made at run time; the bucket belongs to this deployment group alone.',
    },
    { sid: `${sid}Bucket`, actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning', 's3:ListBucket'], resources: [bucketArn(bucket)], why },
  ];
}

/** Writing to CloudWatch log groups whose names begin with one of the prefixes. */
export function writeLogs(place: Place, groups: readonly string[], why: string): Grant {
  return {
    sid: 'Logs',
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: groups.flatMap(group => [arn(place, 'logs', `log-group:${group}`), arn(place, 'logs', `log-group:${group}:log-stream:*`)]),
    why,
    wildcard: 'The service chooses the names of log streams.',
  };
}

/** Metrics of SageMaker jobs and endpoints. */
export const PUT_METRICS: Grant = {
  sid: 'Metrics',
  actions: ['cloudwatch:PutMetricData'],
  resources: ['*'],
  conditions: { StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*'] } },
  why: 'The container reports its metrics.',
  wildcard: 'PutMetricData knows no resources; the condition admits only the namespaces of SageMaker.',
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
      why: 'The framework\'s container image is pulled.',
      wildcard: 'GetAuthorizationToken knows no resources.',
    },
    {
      sid: 'Images',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: FRAMEWORK_IMAGES.map(name => arn({ account: '*', region: place.region }, 'ecr', `repository/${name}`)),
      why: 'The framework\'s container image is pulled.',
      wildcard: 'AWS publishes its images from accounts that differ by region and framework; their repositories have these prefixes.',
    },
  ];
}

/** Pulling images from repositories of the user's own, with their digests and, where they come from another registry, what is not there yet. */
export function pullOwnImages(place: Place, repositories: readonly PlannedRepository[]): Grant[] {
  if (repositories.length === 0) { return []; }
  const name = ({ repository, upstream }: PlannedRepository) => arn(place, 'ecr', `repository/${repository}${upstream ? '/*' : ''}`);
  const cached = repositories.filter(r => r.upstream);
  return [
    {
      sid: 'OwnImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: repositories.map(name),
      why: 'Images of the project\'s own are pulled.',
      ...(cached.length > 0 ? { wildcard: 'What is fetched from another registry keeps its name there; the prefix is exact.' } : {}),
    },
    ...(cached.length > 0 ? [{
      sid: 'FetchImages',
      actions: ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
      resources: cached.map(name),
      why: 'Images are fetched from another registry when they are asked for the first time.',
      wildcard: 'What is fetched from another registry keeps its name there; the prefix is exact.',
    }] : []),
  ];
}

/** Running inside the user's VPC, when there is one. */
export function joinNetwork(place: Place, network: NetworkOptions | undefined, service: 'codebuild' | 'sagemaker'): Grant[] {
  if (!network) { return []; }
  const interfaces = arn(place, 'ec2', 'network-interface/*');
  const subnets = network.subnetIds.map(id => arn(place, 'ec2', `subnet/${id}`));
  const groups = network.securityGroupIds.map(id => arn(place, 'ec2', `security-group/${id}`));
  const madeUp = 'Network interfaces are made for each run; subnets and security groups are exact.';
  return [
    {
      sid: 'NetworkLook',
      actions: ['DhcpOptions', 'NetworkInterfaces', 'SecurityGroups', 'Subnets', 'VpcEndpoints', 'Vpcs'].map(what => `ec2:Describe${what}`),
      resources: ['*'],
      why: 'The container gets a network interface in the VPC.',
      wildcard: 'The describing calls know no resources.',
    },
    {
      sid: 'NetworkMake',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [interfaces, ...subnets, ...groups],
      why: 'The container gets a network interface in the VPC.',
      wildcard: madeUp,
    },
    {
      sid: 'NetworkRemove',
      actions: ['ec2:DeleteNetworkInterface', ...(service === 'sagemaker' ? ['ec2:DeleteNetworkInterfacePermission'] : [])],
      resources: [interfaces],
      why: 'The network interface goes with the container.',
      wildcard: madeUp,
    },
    {
      sid: 'NetworkPermission',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [interfaces],
      conditions: service === 'codebuild' ? { StringEquals: { 'ec2:Subnet': subnets, 'ec2:AuthorizedService': 'codebuild.amazonaws.com' } } : { ArnEquals: { 'ec2:Subnet': subnets } },
      why: 'The service attaches the network interface to its container.',
      wildcard: madeUp,
    },
  ];
}

/** Passing a role on to a service. */
export function passRole(sid: string, arns: readonly string[], service: string, why: string): Grant {
  return { sid, actions: ['iam:PassRole'], resources: arns, conditions: { StringEquals: { 'iam:PassedToService': service } }, why };
}
