import type { EndpointKind } from '../../options/endpoint';
import { answerSeconds, type ApiSettings } from '../../plan/api/settings';

/** What does not change from one model to the next, and is not in the options of the API. */
export interface ServedBy {
  readonly kind: EndpointKind;
  /** Namespace of the handler's metrics. */
  readonly metricNamespace: string;
  readonly project: string;
  readonly group: string;
  readonly environment: string;
  /** Delivery stream of predictions. */
  readonly stream?: string;
}

/** `settings.json` beside the handler. */
export function handlerSettings(settings: ApiSettings, served: ServedBy): object {
  const { path, maxPayloadKilobytes, authorization, cors, predictionLog, rest } = settings;
  return {
    path,
    release: settings.release,
    timeoutSeconds: answerSeconds(settings),
    maxPayloadBytes: maxPayloadKilobytes * 1024,
    authorization,
    ...(cors ? { cors } : {}),
    needsKey: (rest?.usagePlans ?? []).length > 0,
    omitColumns: predictionLog?.omitColumns ?? [],
    ...served,
  };
}
