import type {
  Delivery, DeliveryBuildEnvironment, DeliveryDeployEnvironment, DeliveryEndpoint, DeliveryGroup, DeliverySource,
} from './delivery';
import { samePlace } from './place';
import type { Place } from './place';
import type { DeliveryOptions } from '../options/delivery';
import {
  type BuildEnvironmentOptions, type DeployEnvironmentOptions, type DeploymentGroupOptions, EnvironmentType,
} from '../options/deployment-group';
import { EndpointKind, type EndpointOptions } from '../options/endpoint';
import { defaultRepository, INFRASTRUCTURE_SUFFIX } from '../options/knowledge/repository-name';
import { type SourceOptions, SourceType } from '../options/source';

/** What a CDK app consists of unless told otherwise; what is missing in a flavour is left out. */
export const INFRASTRUCTURE_FILES = [
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
  'infra/',
  'config/delivery.json',
  'pyproject.toml',
  'uv.lock',
  '.python-version',
];

/**
 * Changes that have nothing to do with the model. A trigger's filter takes at most 8 patterns (CodePipeline user guide,
 * "Quotas").
 */
const NOT_THE_MODEL = ['infra/**', 'docs/**', '.github/**', 'cdk.json', 'README.md', '**/README.md', 'CHANGELOG.md'];

/**
 * Fills in every default. Normalising twice changes nothing, so hand-written and generated configurations are treated
 * alike.
 */
export function normaliseDelivery(options: DeliveryOptions): Delivery {
  const source = normaliseSource(options.source ?? {}, defaultRepository(options.name));
  const own = options.infrastructure?.source;
  const deploymentGroups = (options.deploymentGroups ?? [defaultGroup()]).map(group => normaliseGroup(group, options));
  return withoutUndefined({
    name: options.name,
    source,
    tooling: { ...options.tooling },
    deploymentGroups,
    endpoint: normaliseEndpoint(options.endpoint),
    infrastructure: {
      pipeline: options.infrastructure?.pipeline ?? true,
      source: own ? normaliseSource(own, defaultRepository(options.name, INFRASTRUCTURE_SUFFIX)) : source,
      sourceBranch: options.infrastructure?.sourceBranch
        ?? (deploymentGroups.find(reachesProduction) ?? deploymentGroups[0]).sourceBranch,
      bootstrapQualifier: options.infrastructure?.bootstrapQualifier ?? 'hnb659fds',
      diffApproval: options.infrastructure?.diffApproval ?? deploymentGroups.some(group => reachesProduction(group)
        || group.buildEnvironment.type === EnvironmentType.PROD),
      installCommands: options.infrastructure?.installCommands ?? ['npm ci'],
      synthCommand: options.infrastructure?.synthCommand ?? 'npx cdk synth --quiet',
      files: options.infrastructure?.files ?? INFRASTRUCTURE_FILES,
    },
    network: options.network,
    permissionsBoundaryName: options.permissionsBoundaryName,
    s3AccessLogsBucketArn: options.s3AccessLogsBucketArn,
    tags: { ...options.tags },
    upgrade: { schedule: options.upgrade?.schedule ?? 'weekly', pullRequests: options.upgrade?.pullRequests ?? true },
    notifications: {
      emailAddresses: options.notifications?.emailAddresses ?? [],
      topicArn: options.notifications?.topicArn,
    },
    containerRepositories: options.containerRepositories ?? [],
    promotion: options.promotion,
  });
}

function defaultGroup(): DeploymentGroupOptions {
  return {
    name: 'main',
    deployEnvironments: [{
      name: 'staging',
      type: EnvironmentType.PREPROD,
    }, { name: 'prod', type: EnvironmentType.PROD }],
  };
}

function normaliseSource(source: SourceOptions, name: string): DeliverySource {
  const type = source.type ?? SourceType.CODECOMMIT;
  const ignoredPaths = source.ignoredPaths ?? NOT_THE_MODEL;
  if (type !== SourceType.CODECOMMIT) {
    return {
      type,
      repository: source.repository ?? '',
      connectionArn: source.connectionArn,
      ignoredPaths,
    };
  }
  return { type, repository: source.repository ?? name, create: source.create ?? true, ignoredPaths };
}

function reachesProduction(group: DeliveryGroup): boolean {
  return group.deployEnvironments.some(environment => environment.type === EnvironmentType.PROD);
}

function normaliseGroup(group: DeploymentGroupOptions, project: DeliveryOptions): DeliveryGroup {
  const { tooling = {} } = project;
  const where = place({
    account: group.buildEnvironment?.account ?? tooling.account,
    region: group.buildEnvironment?.region ?? tooling.region,
  });
  const build: DeliveryBuildEnvironment = {
    name: group.buildEnvironment?.name ?? 'build',
    type: group.buildEnvironment?.type ?? EnvironmentType.DEV,
    ...where,
    ...belongings(group.buildEnvironment ?? {}, where, project),
    kmsKeyArn: group.buildEnvironment?.kmsKeyArn,
    existingModelPackageGroup: group.buildEnvironment?.existingModelPackageGroup || undefined,
    inputDataKeyArns: group.buildEnvironment?.inputDataKeyArns,
  };
  const deploy = group.deployEnvironments?.length
    ? group.deployEnvironments
    : [{ ...build, existingModelPackageGroup: undefined }];
  return {
    name: group.name,
    sourceBranch: group.sourceBranch ?? group.name,
    parameters: { ...group.parameters },
    buildEnvironment: build,
    deployEnvironments: deploy.map(environment => normaliseDeployEnvironment(environment, build, project)),
  };
}

/** What belongs to one account and region. */
type Belongings = Pick<BuildEnvironmentOptions, 'network' | 's3AccessLogsBucketArn'>;

/** A VPC and a bucket for access logs belong to one account and region: the project's are those of the tooling's. */
function belongings(
  own: Belongings, where: Place, { tooling = {}, network, s3AccessLogsBucketArn }: DeliveryOptions,
): Belongings {
  const project: Belongings = samePlace(where, tooling) ? { network, s3AccessLogsBucketArn } : {};
  return {
    network: own.network ?? project.network,
    s3AccessLogsBucketArn: own.s3AccessLogsBucketArn ?? project.s3AccessLogsBucketArn,
  };
}

function normaliseDeployEnvironment(
  environment: DeployEnvironmentOptions, build: Place, project: DeliveryOptions,
): DeliveryDeployEnvironment {
  const type = environment.type ?? EnvironmentType.DEV;
  const where = place({ account: environment.account ?? build.account, region: environment.region ?? build.region });
  return {
    name: environment.name,
    type,
    ...where,
    ...belongings(environment, where, project),
    parallelWithPrevious: environment.parallelWithPrevious ?? false,
    manualApproval: environment.manualApproval ?? type === EnvironmentType.PROD,
    endpoint: { ...environment.endpoint },
    existingModelPackageGroup: environment.existingModelPackageGroup || undefined,
  };
}

function normaliseEndpoint(endpoint: EndpointOptions): DeliveryEndpoint {
  return {
    kind: endpoint.kind ?? EndpointKind.REALTIME,
    instanceType: endpoint.instanceType ?? 'ml.m5.large',
    instanceCount: endpoint.instanceCount ?? 1,
    dataCapturePercentage: endpoint.dataCapturePercentage ?? 0,
    dataCaptureRetentionDays: endpoint.dataCaptureRetentionDays ?? 30,
    kmsKeyArn: endpoint.kmsKeyArn,
    smokeTest: {
      body: endpoint.smokeTest?.body ?? '',
      contentType: endpoint.smokeTest?.contentType ?? 'text/csv',
      accept: endpoint.smokeTest?.accept ?? 'application/json',
      maxLatencySeconds: endpoint.smokeTest?.maxLatencySeconds ?? 30,
    },
  };
}

function place({ account, region }: Place): Place {
  return { account, region };
}

/**
 * Options that are not given must not appear in the written JSON, nor differ from a configuration that was read back.
 */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
