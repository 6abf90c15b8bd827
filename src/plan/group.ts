import { approvalRoles } from './build/approval-roles';
import { nameBuild, nameBuildRoles } from './build/names';
import { buildRoles } from './build/roles';
import { stageRoles } from './build/stage-roles';
import { namePipelineRoles, namePipelines, nameReplicas, nameWaves } from './deploy/names';
import { pipelineRoles } from './deploy/roles';
import { environmentRoles } from './endpoint/roles';
import type { NamedDelivery, NamedGroup, PlannedGroup } from './model';
import { nameWithin } from './names/planned-names';
import type { Place } from './place';
import { nameRetraining } from './retrain/names';
import { retrainingRoles } from './retrain/roles';
import type { DeliverySettings, DeliveryGroup } from './settings';
import { nameWorkflows } from './workflows/names';
import { workflowRoles } from './workflows/roles';

/** First pass: a group's parts and their names. */
export function nameGroup(delivery: DeliverySettings, group: DeliveryGroup) {
  const { containerRepositories } = delivery;
  const { name, sourceBranch, parameters, buildEnvironment } = group;
  const words = [delivery.name, name] as const;
  const pipelines = namePipelines(words, delivery, buildEnvironment);
  const waves = nameWaves(words, delivery, group, pipelines.deployPipeline.name);
  const environments = waves.flatMap(wave => wave.environments);
  const workflows = nameWorkflows(words, delivery, pipelines);
  const retrained = nameRetraining(words, delivery, group, environments, pipelines.failures.name);
  return {
    name, sourceBranch, parameters, pipelines, waves, workflows,
    // Fit for a key, and for nothing but this group.
    chain: nameWithin(`records of ${delivery.name}`, 'modelPackageGroup', name),
    build: nameBuild(words, buildEnvironment, containerRepositories, delivery.governance.approvalRecords),
    environments,
    replicas: nameReplicas(words, delivery, group),
    retraining: retrained?.retraining,
    roles: {
      ...nameBuildRoles(words, buildEnvironment, group.deployEnvironments.map(({ type }) => type), delivery),
      ...namePipelineRoles(words, delivery),
      ...retrained?.roles,
    },
  };
}

/** Third pass: a group's roles, and which of them are let in where. */
export function planGroup(
  delivery: DeliverySettings, group: NamedGroup, { infrastructure, governance }: NamedDelivery,
): PlannedGroup {
  const { build, pipelines, replicas, roles } = group;
  const ships = workflowRoles(delivery, group, infrastructure, governance);
  const waves = group.waves.map(wave => ({
    ...wave, environments: wave.environments.map(e => ({
      ...e, roles: { ...environmentRoles(group, e, infrastructure.busArn), ...ships?.ofEnvironment(e) },
    })),
  }));
  const outside = (place: Place) => group.environments.filter(e => e.place.account !== place.account);
  const deployers = (place: Place) =>
    outside(place).filter(e => e.place.region === place.region).map(e => e.roles.deploy.arn);
  const models = outside(build.place).map(e => e.roles.replicate?.arn ?? e.roles.model.arn);
  return {
    ...group,
    waves,
    environments: waves.flatMap(wave => wave.environments),
    build: {
      ...build,
      readerAccounts: foreignAccounts(build.place, [delivery.tooling, ...group.environments.map(e => e.place)]),
      artifactReaders: [
        ...(pipelines.place.account === build.place.account ? [] : [
          roles.deployRunner.arn, ...(roles.preparer ? [roles.preparer.arn] : []),
          ...group.environments.flatMap(e => e.roles.shipper?.arn ?? []), ...(governance.roles.recorder ? [governance.roles.recorder.arn] : []),
        ]),
        ...models,
      ],
      imageReaders: build.repositories.length > 0 ? models : [],
    },
    pipelines: { ...pipelines, artifactReaders: deployers(pipelines.place) },
    replicas: replicas.map(replica => ({ ...replica, artifactReaders: deployers(replica.place) })),
    roles: {
      ...buildRoles(group, infrastructure.busArn, delivery),
      ...stageRoles(group),
      ...approvalRoles(group, governance, delivery.governance.lifeCycleStages),
      ...(ships?.ofGroup ?? pipelineRoles(delivery, group, infrastructure, governance)),
      ...retrainingRoles(group, infrastructure.busArn),
    },
  };
}

/** Other accounts, sorted, each once. */
function foreignAccounts(own: Place, places: readonly Place[]): string[] {
  const others = places.map(p => p.account).filter((account): account is string => account !== undefined
    && account !== own.account);
  return [...new Set(others)].sort();
}
