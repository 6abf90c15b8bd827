import { nameBatch, TRANSFORM_LOG } from './batch/names';
import { ApiRelease } from '../../options/api';
import { EnvironmentType } from '../../options/deployment-group';
import { EndpointKind } from '../../options/endpoint';
import { inherited, onInstances, probed } from '../../options/knowledge/endpoint-shape';
import { nameApi } from '../api/names';
import { nameMonitoring } from '../monitor/names';
import { type GroupWords, namerFor, nameWithin } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliveryDeployEnvironment, DeliveryEndpoint, DeliverySettings } from '../settings';
import { nameHostEnvironment } from '../workflows/names';

/** An environment that a group deploys to; `stage` says which stage of which pipeline its actions are in. */
export function nameEnvironment(
  group: GroupWords, delivery: DeliverySettings, environment: DeliveryDeployEnvironment, build: Place, stage: string,
) {
  const { name, type, manualApproval, network, s3AccessLogsBucketArn } = environment;
  const words = [...group, name] as const;
  const place = placeOf(environment);
  const { regional, bucket, role } = namerFor(place);
  const action = (word: string) => nameWithin(stage, 'pipelineStage', word, name);
  const endpoint = endpointOf(delivery, environment);
  const isPerRelease = endpoint.api?.release === ApiRelease.PER_RELEASE;
  const endpointName = regional(isPerRelease ? 'releasedEndpoint' : 'endpoint', ...words);
  const fronted = nameApi(group, name, type, place, endpoint);
  const scored = nameBatch(group, name, place, endpoint);
  const monitored = nameMonitoring(group, name, place, endpoint);
  const hostEnvironment = nameHostEnvironment(delivery, group[1], name);
  const isApart = place.region !== build.region;
  return {
    name, type, place, manualApproval, network, s3AccessLogsBucketArn,
    stack: regional('stack', ...words, 'environment'),
    endpointStack: regional('stack', ...words, 'endpoint'),
    keyAlias: regional('keyAlias', ...words, 'environment'),
    captureBucket: bucket(...words, 'capture'),
    deploymentBucket: bucket(...words, 'deployment'),
    replicaGroup: isApart ? regional('modelPackageGroup', ...words, 'replica') : undefined,
    existingModelPackageGroup: environment.existingModelPackageGroup ?? false,
    endpointName,
    watched: scored ? undefined : {
      place,
      forwardRule: regional('rule', ...words, 'forwardendpoint'),
      undelivered: regional('queue', ...words, 'undelivered'),
    },
    dashboard: !scored && (endpoint.dashboard ?? type === EnvironmentType.PROD) ? endpointName : undefined,
    endpointLog: scored ? TRANSFORM_LOG : `/aws/sagemaker/Endpoints/${endpointName.name}`,
    endpoint,
    batch: scored?.batch,
    api: fronted?.api,
    monitoring: monitored?.monitoring,
    actions: {
      check: action('check'),
      approve: action('approve'),
      checkAgain: action('checkagain'),
      changeSet: action('changeset'),
      execute: action('execute'),
      shift: action('shift'),
      probe: action('probe'),
      smokeTest: action('smoketest'),
    },
    hostEnvironment,
    roles: {
      deploy: role(...words, 'deploy'),
      ...(hostEnvironment ? { shipper: namerFor(placeOf(delivery.tooling)).role(...words, 'shipper') } : {}),
      cloudFormation: role(...words, 'cloudformation'),
      verify: role(...words, 'verify'),
      retire: role(...words, 'retire'),
      publish: role(...words, 'publish'),
      ...(isApart ? { replicate: role(...words, 'replicate') } : {}),
      model: role(...words, 'model'),
      ...fronted?.roles,
      ...monitored?.roles,
      ...(scored?.roles ?? { rollBack: role(...words, 'rollback'), forwarder: role(...words, 'forwarder') }),
    },
  };
}

/** The project's endpoint with what is the environment's own. Production is watched unless somebody says otherwise. */
function endpointOf(
  { endpoint }: DeliverySettings, { type, endpoint: own }: DeliveryDeployEnvironment,
): DeliveryEndpoint {
  const given = inherited(endpoint, own) as DeliveryEndpoint;
  // An endpoint of one release is never updated.
  const isProduction = type === EnvironmentType.PROD && onInstances(given.kind)
    && given.api?.release !== ApiRelease.PER_RELEASE;
  const deployment = probed({ ...given, deployment: given.deployment ?? (isProduction ? {} : undefined) });
  // The smoke test of an asynchronous endpoint has no limit either.
  const limit = given.kind === EndpointKind.ASYNCHRONOUS ? undefined : given.smokeTest.maxLatencySeconds * 1000;
  const p99LatencyMilliseconds = deployment?.alarms?.p99LatencyMilliseconds ?? limit;
  return {
    ...given, deployment: deployment && { ...deployment, alarms: { ...deployment.alarms, p99LatencyMilliseconds } },
  };
}
