import { apiSettings } from './settings';
import { ApiShiftStrategy } from '../../options/api-shift';
import type { EnvironmentType } from '../../options/deployment-group';
import { apiLog, streamLog } from '../logs';
import { type GroupWords, namerFor } from '../names/planned-names';
import type { Place } from '../place';
import type { DeliveryEndpoint } from '../settings';

/** CodeDeploy's own configuration (CodeDeploy user guide, "Predefined deployment configurations"). */
export const ALL_AT_ONCE = 'CodeDeployDefault.LambdaAllAtOnce';

/** An API in front of an environment's endpoint, and its roles; nothing without one. */
export function nameApi(
  group: GroupWords, environment: string, type: EnvironmentType, place: Place, { api }: Pick<DeliveryEndpoint, 'api'>,
) {
  if (api === undefined) { return undefined; }
  const words = [...group, environment] as const;
  const { regional, bucket, role } = namerFor(place);
  const settings = apiSettings(api, type);
  const apiName = regional('api', ...words, 'api');
  const stream = settings.predictionLog && regional('deliveryStream', ...words, 'predictions');
  const { strategy, percent, minutes } = settings.shift;
  const isGradual = strategy !== ApiShiftStrategy.ALL_AT_ONCE;
  return {
    api: {
      settings,
      apiName,
      accessLog: apiLog(apiName.name),
      functionName: regional('function', ...words, 'api'),
      beforeTraffic: regional('function', ...words, 'beforetraffic'),
      afterTraffic: regional('function', ...words, 'aftertraffic'),
      application: regional('codeDeploy', ...words, 'api'),
      deploymentGroup: regional('codeDeploy', ...words, 'live'),
      deploymentConfig: isGradual
        // It cannot be changed, and CloudFormation does not replace what has a name of its own: another shift, another
        // name.
        ? regional('codeDeploy', ...words, 'shift', strategy, `${percent}p`, `${minutes}m`) : ALL_AT_ONCE,
      predictions: stream ? {
        stream,
        bucket: bucket(...words, 'predictions'),
        log: streamLog(stream.name),
      } : undefined,
    },
    roles: {
      apiHandler: role(...words, 'apihandler'),
      apiGateway: role(...words, 'apigateway'),
      apiHooks: role(...words, 'apihooks'),
      apiShift: role(...words, 'apishift'),
      apiRelease: role(...words, 'apirelease'),
      ...(stream ? { apiPredictions: role(...words, 'apipredictions') } : {}),
    },
  };
}
