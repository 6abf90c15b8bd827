import { type BatchSettings, batchSettings } from './transform';
import { EndpointKind } from '../../../options/endpoint';
import { type GroupWords, namerFor } from '../../names/planned-names';
import type { Place } from '../../place';
import type { DeliveryEndpoint } from '../../settings';

/** Below this prefix of the environment's own bucket a smoke test has its data. */
export const SMOKE_TEST_PREFIX = 'smoke-test';

/** Log group of all transform jobs of an account and region; SageMaker gives the name. */
export const TRANSFORM_LOG = '/aws/sagemaker/TransformJobs';

/** What scores data in batches in an environment, and its roles; nothing for the kinds that have an endpoint. */
export function nameBatch(group: GroupWords, environment: string, place: Place, endpoint: DeliveryEndpoint) {
  if (endpoint.kind !== EndpointKind.BATCH) { return undefined; }
  const words = [...group, environment] as const;
  const { regional, bucket, role } = namerFor(place);
  const settings: BatchSettings = batchSettings(endpoint.batch);
  return {
    batch: {
      settings,
      pipelineName: regional('sagemakerPipeline', ...words, 'score'),
      /** Data of the environment's own: input, predictions and what smoke tests score. */
      bucket: bucket(...words, 'batch'),
      schedule: regional('schedule', ...words, 'score'),
      arrivalRule: regional('rule', ...words, 'arrival'),
      failureRule: regional('rule', ...words, 'forwardfailures'),
      undelivered: regional('queue', ...words, 'undelivered'),
    },
    roles: {
      score: role(...words, 'score'),
      forwarder: role(...words, 'forwarder'),
      ...(settings.schedule === undefined ? {} : { schedule: role(...words, 'schedule') }),
      ...(settings.onArrival ? { arrival: role(...words, 'arrival') } : {}),
    },
  };
}
