import type { Delivery, DeliveryDeployEnvironment, DeliveryEndpoint, DeliveryEnvironment, DeliveryGroup, DeliverySource, Place } from './delivery';
import type { DeliveryOptions } from '../options/delivery';
import { type DeployEnvironmentOptions, type DeploymentGroupOptions, EnvironmentType } from '../options/deployment-group';
import { EndpointKind, type EndpointOptions } from '../options/endpoint';
import { type SourceOptions, SourceType } from '../options/source';

/** What a CDK app consists of unless told otherwise; what is missing in a flavour is left out. */
const INFRASTRUCTURE_FILES = [
  'package.json', 'package-lock.json', 'cdk.json', 'tsconfig.json', 'infra/', 'config/delivery.json', 'pyproject.toml', 'uv.lock', '.python-version',
];

/** Fills in every default. Normalising twice changes nothing, so hand-written and generated configurations are treated alike. */
export function normaliseDelivery(options: DeliveryOptions): Delivery {
  return withoutUndefined({
    name: options.name,
    source: normaliseSource(options.source ?? {}, options.name),
    tooling: { ...options.tooling },
    deploymentGroups: (options.deploymentGroups ?? [defaultGroup()]).map(group => normaliseGroup(group, options.tooling ?? {})),
    endpoint: normaliseEndpoint(options.endpoint),
    infrastructure: {
      installCommands: options.infrastructure?.installCommands ?? ['npm ci'],
      synthCommand: options.infrastructure?.synthCommand ?? 'npx cdk synth --quiet',
      files: options.infrastructure?.files ?? INFRASTRUCTURE_FILES,
    },
    network: options.network,
    permissionsBoundaryName: options.permissionsBoundaryName,
    s3AccessLogsBucketArn: options.s3AccessLogsBucketArn,
    tags: { ...options.tags },
    upgrade: { schedule: options.upgrade?.schedule ?? 'weekly', pullRequests: options.upgrade?.pullRequests ?? true },
  });
}

function defaultGroup(): DeploymentGroupOptions {
  return {
    name: 'main',
    deployEnvironments: [{ name: 'staging', type: EnvironmentType.PREPROD }, { name: 'prod', type: EnvironmentType.PROD }],
  };
}

function normaliseSource(source: SourceOptions, projectName: string): DeliverySource {
  const type = source.type ?? SourceType.CODECOMMIT;
  if (type !== SourceType.CODECOMMIT) { return { type, repository: source.repository ?? '', connectionArn: source.connectionArn }; }
  // CodeCommit knows no scopes: @team/churn becomes team-churn.
  const repository = source.repository ?? projectName.replace(/[^\w.-]+/g, '-').replace(/^-/, '').slice(0, 100);
  return { type, repository, create: source.create ?? true };
}

function normaliseGroup(group: DeploymentGroupOptions, tooling: Place): DeliveryGroup {
  const build: DeliveryEnvironment = {
    name: group.buildEnvironment?.name ?? 'build',
    type: group.buildEnvironment?.type ?? EnvironmentType.DEV,
    ...place({ account: group.buildEnvironment?.account ?? tooling.account, region: group.buildEnvironment?.region ?? tooling.region }),
  };
  const deploy = group.deployEnvironments?.length ? group.deployEnvironments : [build];
  return {
    name: group.name,
    sourceBranch: group.sourceBranch ?? group.name,
    parameters: { ...group.parameters },
    buildEnvironment: build,
    deployEnvironments: deploy.map(environment => normaliseDeployEnvironment(environment, build)),
  };
}

function normaliseDeployEnvironment(environment: DeployEnvironmentOptions, build: Place): DeliveryDeployEnvironment {
  const type = environment.type ?? EnvironmentType.DEV;
  return {
    name: environment.name,
    type,
    ...place({ account: environment.account ?? build.account, region: environment.region ?? build.region }),
    manualApproval: environment.manualApproval ?? type === EnvironmentType.PROD,
    endpoint: { ...environment.endpoint },
  };
}

function normaliseEndpoint(endpoint: EndpointOptions): DeliveryEndpoint {
  return {
    kind: endpoint.kind ?? EndpointKind.REALTIME,
    instanceType: endpoint.instanceType ?? 'ml.m5.large',
    instanceCount: endpoint.instanceCount ?? 1,
    dataCapturePercentage: endpoint.dataCapturePercentage ?? 100,
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

/** Options that are not given must not appear in the written JSON, nor differ from a configuration that was read back. */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
