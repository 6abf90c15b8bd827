import { type Call, calls, log, type World } from './world';
import type { NetworkOptions } from '../../../../src/options/network';
import type { PlannedBuild } from '../../../../src/plan/build/model';
import type { Place } from '../../../../src/plan/place';
import { AWS_IMAGES } from '../../../../testing/iam/resources';

/** SageMaker guide, "How to use SageMaker AI execution roles": CreateProcessingJob, CreateTrainingJob, CreateModel. */
export const EXECUTION_ROLES = 'SageMaker guide, "How to use SageMaker AI execution roles"';

/**
 * What SageMaker looks up with the rights of whoever registers a package (SageMaker developer guide,
 * "AmazonSageMakerModelRegistryFullAccess").
 */
export const LOOK_AT_IMAGE = ['ecr:BatchGetImage', 'ecr:DescribeImages'];
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const FRAMEWORKS = [
  'sagemaker-xgboost', 'sagemaker-scikit-learn', 'pytorch-training', 'pytorch-inference', 'tensorflow-training',
  'tensorflow-inference', 'huggingface-pytorch-inference',
];

/** Starts a container: pulls its image, logs, reports metrics. */
export function container(world: World, place: Place, build: PlannedBuild, logGroup: string): Call[] {
  const { region } = world.at(place);
  return [
    { action: 'ecr:GetAuthorizationToken', resource: '*' },
    ...FRAMEWORKS.flatMap(name => calls(`arn:aws:ecr:${region}:${AWS_IMAGES}:repository/${name}`, PULL)),
    ...ownImages(world, place, build),
    ...log(world, place, logGroup, [
      'logs:CreateLogGroup', 'logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents',
    ]),
    {
      action: 'cloudwatch:PutMetricData', resource: '*', context: {
        'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs',
      },
    },
  ];
}

/**
 * Images of the project's own; one that comes from another registry is fetched when it is asked for the first time, and
 * its repository made from the build account (ECR guide, "IAM permissions required to sync an upstream registry"). In
 * other regions there are only copies of the others.
 */
function ownImages(world: World, place: Place, build: PlannedBuild): Call[] {
  const { account, region } = world.at(build.place);
  const here = world.at(place);
  const isNear = here.region === region;
  return build.repositories.filter(r => isNear || !r.upstream).flatMap(({ repository, upstream }) => {
    const arn = world.arn(
      { account, region: here.region }, 'ecr', `repository/${repository}${upstream ? '/team/image' : ''}`,
    );
    const fetch = here.account === account
      ? ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']
      : ['ecr:BatchImportUpstreamImage'];
    return calls(arn, [...PULL, ...(upstream ? fetch : [])]);
  });
}

/** Looks up the image of a package where it is built. */
export function registeredImages(world: World, { place, repositories }: PlannedBuild): Call[] {
  const { account, region } = world.at(place);
  const own = repositories.map(({ repository, upstream }) =>
    world.arn({ account, region }, 'ecr', `repository/${repository}${upstream ? '/team/image' : ''}`));
  return [...FRAMEWORKS.map(name =>
    `arn:aws:ecr:${region}:${AWS_IMAGES}:repository/${name}`), ...own].flatMap(arn => calls(arn, LOOK_AT_IMAGE));
}

/**
 * Runs in the user's VPC (SageMaker guide, "Execution roles", private VPC; CodeBuild guide, "Allow CodeBuild access to
 * a VPC").
 */
export function join(
  world: World, place: Place, network: NetworkOptions | undefined, service: 'sagemaker' | 'codebuild',
): Call[] {
  if (!network) { return []; }
  const ec2 = (resource: string) => world.arn(place, 'ec2', resource);
  const card = ec2('network-interface/eni-0123456789abcdef0');
  const subnets = network.subnetIds.map(id => ec2(`subnet/${id}`));
  return [
    ...['DhcpOptions', 'NetworkInterfaces', 'SecurityGroups', 'Subnets', 'Vpcs', 'VpcEndpoints'].map(what => ({
      action: `ec2:Describe${what}`, resource: '*',
    })),
    ...[card, ...subnets, ...network.securityGroupIds.map(id => ec2(`security-group/${id}`))].map(resource => ({
      action: 'ec2:CreateNetworkInterface', resource,
    })),
    { action: 'ec2:DeleteNetworkInterface', resource: card },
    ...subnets.map(subnet => ({
      action: 'ec2:CreateNetworkInterfacePermission', resource: card,
      context: { 'ec2:Subnet': subnet, 'ec2:AuthorizedService': `${service}.amazonaws.com` },
    })),
    ...(service === 'sagemaker' ? [{ action: 'ec2:DeleteNetworkInterfacePermission', resource: card }] : []),
  ];
}
