import { arn, bucketIn } from './arn';
import type { PlannedBuild, PlannedRepository } from './build/model';
import { buildRoles, forwarderRole } from './build/roles';
import type { Delivery, DeliveryDeployEnvironment, DeliveryGroup } from './delivery';
import type { PlannedPipelines, PlannedReplica, PlannedWave } from './deploy/model';
import { toolingRoleArns, toolingRoles } from './deploy/roles';
import type { PlannedEnvironment } from './endpoint/model';
import { type EnvironmentCallers, environmentRoles } from './endpoint/roles';
import type { PlannedInfrastructure } from './infrastructure/model';
import type { PlannedGroup } from './model';
import { nameOf } from './names/name-of';
import type { Place } from './place';

type GroupWords = readonly [project: string, group: string];

/** Makes the plan of one group. Names come first, then the roles that refer to each other by them, then who has to be let in where. */
export function planGroup(delivery: Delivery, group: DeliveryGroup, infrastructure: PlannedInfrastructure): PlannedGroup {
  const words = [delivery.name, group.name] as const;
  const build = planBuild(delivery, words, group);
  const pipelines = planPipelines(words, delivery.tooling, build.place);
  const ids = toolingRoleArns(words, pipelines);
  const replicas = planReplicas(words, delivery.tooling, group);
  const callers: EnvironmentCallers = {
    pipelineArn: ids.deployPipeline.arn, runnerArn: ids.deployRunner.arn,
    templates: [pipelines, ...replicas],
  };
  const environments = group.deployEnvironments.map(environment => planEnvironment(delivery, words, environment, build, callers));
  const data = Object.values(group.parameters).filter((v): v is string => typeof v === 'string' && v.startsWith('s3://')).sort();
  const own = buildRoles(words, build, {
    runnerArn: ids.buildRunner.arn, data: [...new Set(data)], forwarder: forwarderRole(words, build, infrastructure.busArn),
  });
  const waves = planWaves(group.deployEnvironments, environments);
  const tooling = toolingRoles({
    words, source: delivery.source, pipelines, build, network: delivery.network, environments, replicas, infrastructure,
    waves, buildRoleArn: own.build.arn,
  });
  const { name, sourceBranch, parameters } = group;
  const outside = (place: Place) => environments.filter(e => e.place.account !== place.account);
  const deployers = (place: Place) => outside(place).filter(e => e.place.region === place.region).map(e => e.roles.deploy.arn);
  return {
    name, sourceBranch, parameters, waves, environments,
    build: {
      ...build,
      readerAccounts: foreignAccounts(build.place, [delivery.tooling, ...environments.map(e => e.place)]),
      artifactReaders: [
        ...(pipelines.place.account === build.place.account ? [] : [ids.deployRunner.arn]),
        ...outside(build.place).map(e => e.roles.replicate?.arn ?? e.roles.model.arn),
      ],
      imageReaders: build.repositories.length > 0 ? outside(build.place).map(e => e.roles.replicate?.arn ?? e.roles.model.arn) : [],
    },
    pipelines: { ...pipelines, artifactReaders: deployers(pipelines.place) },
    replicas: replicas.map(replica => ({ ...replica, artifactReaders: deployers(replica.place) })),
    roles: { ...own, ...tooling },
  };
}

/** Other accounts, sorted, each once. */
function foreignAccounts(own: Place, places: readonly Place[]): string[] {
  const others = places.map(p => p.account).filter((account): account is string => account !== undefined && account !== own.account);
  return [...new Set(others)].sort();
}

function planBuild(delivery: Delivery, words: GroupWords, group: DeliveryGroup): PlannedBuild {
  const { name, type, account, region, network, s3AccessLogsBucketArn } = group.buildEnvironment;
  const place = { account, region };
  return {
    name, type, place, network, s3AccessLogsBucketArn,
    stack: nameOf('stack', ...words, 'build'),
    keyAlias: nameOf('keyAlias', ...words, 'build'),
    artifactBucket: bucketIn(place, nameOf('bucket', ...words, 'artifacts')),
    modelPackageGroup: nameOf('modelPackageGroup', ...words),
    pipelineName: nameOf('sagemakerPipeline', ...words),
    approvalRule: nameOf('rule', ...words, 'forwardapprovals'),
    failureRule: nameOf('rule', ...words, 'forwardfailures'),
    undelivered: nameOf('queue', ...words, 'undelivered'),
    repositories: delivery.containerRepositories.map((repository): PlannedRepository => ({
      name: repository.name,
      repository: nameOf(repository.pullThroughCache ? 'repositoryPrefix' : 'repository', ...words, repository.name),
      upstream: repository.pullThroughCache && {
        registryUrl: repository.pullThroughCache.upstreamRegistryUrl, credentialArn: repository.pullThroughCache.credentialArn,
      },
    })),
    readerAccounts: [], artifactReaders: [], imageReaders: [],
  };
}

function planPipelines(words: GroupWords, tooling: Place, build: Place): PlannedPipelines {
  const place = { account: tooling.account, region: tooling.region };
  return {
    place,
    stack: nameOf('stack', ...words, 'delivery'),
    keyAlias: nameOf('keyAlias', ...words, 'delivery'),
    bucket: bucketIn(place, nameOf('bucket', ...words, 'delivery')),
    buildPipeline: nameOf('codePipeline', ...words, 'build'),
    buildProject: nameOf('codeBuild', ...words, 'build'),
    commitRule: nameOf('rule', ...words, 'commits'),
    commitGate: nameOf('stateMachine', ...words, 'commits'),
    approvalRule: nameOf('rule', ...words, 'approvals'),
    stateMachine: nameOf('stateMachine', ...words, 'gate'),
    asksRegistry: build.region === place.region,
    deployPipeline: nameOf('codePipeline', ...words, 'deploy'),
    prepareProject: nameOf('codeBuild', ...words, 'prepare'),
    verifyProject: nameOf('codeBuild', ...words, 'verify'),
    failures: nameOf('failures', ...words, 'failures'),
    artifactReaders: [],
  };
}

/** A CodePipeline action in another region needs a bucket and a key there (CodePipeline user guide, "Add a cross-Region action to a pipeline"). */
function planReplicas(words: GroupWords, tooling: Place, group: DeliveryGroup): PlannedReplica[] {
  const elsewhere = (region: string | undefined): region is string => region !== undefined && region !== tooling.region;
  return [...new Set(group.deployEnvironments.map(e => e.region).filter(elsewhere))].sort().map(region => {
    const place = { account: tooling.account, region };
    return {
      place,
      stack: nameOf('stack', ...words, region, 'replica'),
      keyAlias: nameOf('keyAlias', ...words, 'replica'),
      bucket: bucketIn(place, nameOf('bucket', ...words, 'replica')),
      artifactReaders: [],
    };
  });
}

function planEnvironment(
  delivery: Delivery, group: GroupWords, environment: DeliveryDeployEnvironment, build: PlannedBuild, callers: EnvironmentCallers,
): PlannedEnvironment {
  const { name, type, account, region, manualApproval, network, s3AccessLogsBucketArn } = environment;
  const words = [...group, name] as const;
  const place = { account, region };
  const planned = {
    name, type, place, manualApproval, network, s3AccessLogsBucketArn,
    stack: nameOf('stack', ...words, 'environment'),
    endpointStack: nameOf('stack', ...words, 'endpoint'),
    keyAlias: nameOf('keyAlias', ...words, 'environment'),
    captureBucket: bucketIn(place, nameOf('bucket', ...words, 'capture')),
    deploymentBucket: bucketIn(place, nameOf('bucket', ...words, 'deployment')),
    replicaGroup: place.region === build.place.region ? undefined : nameOf('modelPackageGroup', ...words, 'replica'),
    endpointName: nameOf('endpoint', ...words),
    endpoint: { ...delivery.endpoint, ...environment.endpoint },
  };
  return { ...planned, roles: environmentRoles(words, planned, build, callers) };
}

/** An environment waits for those before it, unless it goes along with the one before it. */
function planWaves(options: readonly DeliveryDeployEnvironment[], environments: readonly PlannedEnvironment[]): PlannedWave[] {
  const waves: PlannedEnvironment[][] = [];
  environments.forEach((environment, i) => {
    if (i > 0 && options[i].parallelWithPrevious) {
      waves[waves.length - 1].push(environment);
    } else {
      waves.push([environment]);
    }
  });
  return waves.map(wave => ({ stage: nameOf('pipelineStage', 'deploy', ...wave.map(e => e.name)), environments: wave }));
}

/** ARN of a group's model package group. */
export function modelPackageGroupArn(build: Pick<PlannedBuild, 'place' | 'modelPackageGroup'>): string {
  return arn(build.place, 'sagemaker', `model-package-group/${build.modelPackageGroup}`);
}

/** ARN of all packages of a group. */
export function modelPackagesArn(build: PlannedBuild): string {
  return arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/*`);
}
