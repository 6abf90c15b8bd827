import { normaliseGovernance } from './govern/settings';
import { samePlace } from './place';
import type { Place } from './place';
import type {
  DeliverySettings, DeliveryBuildEnvironment, DeliveryDeployEnvironment, DeliveryGroup, DeliverySource,
} from './settings';
import { DEFAULT_GROUPS } from '../options/default-groups';
import type { DeliveryOptions } from '../options/delivery';
import {
  type BuildEnvironmentOptions, type DeployEnvironmentOptions, type DeploymentGroupOptions, EnvironmentType,
} from '../options/deployment-group';
import { defaultQualifier } from '../options/knowledge/bootstrap-qualifier';
import { HOSTS } from '../options/knowledge/hosts';
import { createsRepository, defaultRepository, INFRASTRUCTURE_SUFFIX } from '../options/knowledge/repository-name';
import { type Filled, filled } from '../options/schemas/filled';
import type { SourceOptions } from '../options/source';

/**
 * Fills in every default: those that are fixed from the declarations, then those that follow from other options.
 * Normalising twice changes nothing, so hand-written and generated configurations are treated alike.
 */
export function normaliseDelivery(options: DeliveryOptions): DeliverySettings {
  const given = filled('DeliveryOptions', {
    ...options,
    deploymentGroups: options.deploymentGroups ?? DEFAULT_GROUPS,
    endpoint: { smokeTest: { body: '' }, ...options.endpoint },
  });
  const source = normaliseSource(given.source, defaultRepository(given.name));
  const deploymentGroups = given.deploymentGroups.map(group => normaliseGroup(group, given));
  const own = given.infrastructure.source;
  return withoutUndefined({
    ...given,
    source,
    deploymentGroups,
    governance: normaliseGovernance(given.governance, given.tooling, deploymentGroups),
    infrastructure: {
      ...given.infrastructure,
      source: own ? normaliseSource(own, defaultRepository(given.name, INFRASTRUCTURE_SUFFIX)) : source,
      sourceBranch: given.infrastructure.sourceBranch
        ?? (deploymentGroups.find(reachesProduction) ?? deploymentGroups[0]).sourceBranch,
      bootstrapQualifier: given.infrastructure.bootstrapQualifier ?? defaultQualifier(given.name),
      diffApproval: given.infrastructure.diffApproval ?? deploymentGroups.some(group => reachesProduction(group)
        || group.buildEnvironment.type === EnvironmentType.PROD),
    },
  } as unknown as DeliverySettings);
}

function normaliseSource(source: SourceOptions, name: string): DeliverySource {
  const { create, connectionArn, repository, ...rest } = source as Filled<'SourceOptions', SourceOptions>;
  return HOSTS[rest.type].inAws
    ? { ...rest, repository: repository ?? name, create: createsRepository({ create }) }
    : { ...rest, repository: repository ?? '', connectionArn };
}

function reachesProduction(group: DeliveryGroup): boolean {
  return group.deployEnvironments.some(environment => environment.type === EnvironmentType.PROD);
}

function normaliseGroup(given: DeploymentGroupOptions, project: DeliveryOptions): DeliveryGroup {
  const { tooling = {} } = project;
  const group = given as Filled<'DeploymentGroupOptions', DeploymentGroupOptions>;
  const own = group.buildEnvironment as Filled<'BuildEnvironmentOptions', BuildEnvironmentOptions>;
  const where = { account: own.account ?? tooling.account, region: own.region ?? tooling.region };
  const build: DeliveryBuildEnvironment = {
    ...own,
    ...where,
    ...belongings(own, where, project),
    existingModelPackageGroup: own.existingModelPackageGroup || undefined,
  };
  const asBuilt: DeployEnvironmentOptions = { ...build, existingModelPackageGroup: undefined };
  const deploy = group.deployEnvironments?.length
    ? group.deployEnvironments as DeployEnvironment[]
    : [filled('DeployEnvironmentOptions', asBuilt)];
  return {
    ...group,
    sourceBranch: group.sourceBranch ?? group.name,
    buildEnvironment: build,
    deployEnvironments: deploy.map(environment => normaliseDeployEnvironment(environment, where, project)),
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

type DeployEnvironment = Filled<'DeployEnvironmentOptions', DeployEnvironmentOptions>;

function normaliseDeployEnvironment(
  environment: DeployEnvironment, build: Place, project: DeliveryOptions,
): DeliveryDeployEnvironment {
  const where = { account: environment.account ?? build.account, region: environment.region ?? build.region };
  return {
    ...environment,
    ...where,
    ...belongings(environment, where, project),
    manualApproval: environment.manualApproval ?? environment.type === EnvironmentType.PROD,
    existingModelPackageGroup: environment.existingModelPackageGroup || undefined,
  };
}

/**
 * Options that are not given must not appear in the written JSON, nor differ from a configuration that was read back.
 */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
