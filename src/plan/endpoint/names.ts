import { type GroupWords, namerFor, nameWithin } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings, DeliveryDeployEnvironment } from '../settings';

/** An environment that a group deploys to; `stage` says which stage of which pipeline its actions are in. */
export function nameEnvironment(
  group: GroupWords, delivery: DeliverySettings, environment: DeliveryDeployEnvironment, build: Place, stage: string,
) {
  const { name, type, manualApproval, network, s3AccessLogsBucketArn } = environment;
  const words = [...group, name] as const;
  const place = placeOf(environment);
  const { regional, bucket, role } = namerFor(place);
  const action = (word: string) => nameWithin(stage, 'pipelineStage', word, name);
  const endpointName = regional('endpoint', ...words);
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
    endpointLog: `/aws/sagemaker/Endpoints/${endpointName.name}`,
    endpoint: { ...delivery.endpoint, ...environment.endpoint },
    actions: {
      check: action('check'),
      approve: action('approve'),
      checkAgain: action('checkagain'),
      changeSet: action('changeset'),
      execute: action('execute'),
      smokeTest: action('smoketest'),
    },
    roles: {
      deploy: role(...words, 'deploy'),
      cloudFormation: role(...words, 'cloudformation'),
      verify: role(...words, 'verify'),
      retire: role(...words, 'retire'),
      publish: role(...words, 'publish'),
      ...(isApart ? { replicate: role(...words, 'replicate') } : {}),
      model: role(...words, 'model'),
    },
  };
}
