import type { RetrainingReason } from '../../options/monitoring';
import type { RetrainingOptions } from '../../options/retraining';
import { filled } from '../../options/schemas/filled';
import { type GroupWords, namerFor } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliveryGroup, DeliverySettings } from '../settings';

/** An environment with what its monitors retrain on. */
interface Monitored {
  readonly name: string;
  readonly place: Place;
  readonly monitoring?: { readonly settings: { readonly retrainOn: readonly RetrainingReason[] } };
}

/** Retraining of a group, and its role; nothing where nothing asks for one. A group's option replaces the project's. */
export function nameRetraining(
  words: GroupWords, delivery: DeliverySettings, group: DeliveryGroup, environments: readonly Monitored[],
  failures: string,
) {
  const settings = filled('RetrainingOptions', (group.retraining ?? delivery.retraining) as RetrainingOptions);
  const asking = environments.flatMap(({ name, place, monitoring }) => {
    const reasons = monitoring?.settings.retrainOn ?? [];
    return reasons.length > 0 ? [{ name, place, reasons }] : [];
  });
  const { schedule, newDataUri } = settings;
  if (asking.length === 0 && schedule === undefined && newDataUri === undefined) { return undefined; }
  const place = placeOf(delivery.tooling);
  const { regional, role } = namerFor(place);
  return {
    retraining: {
      place,
      settings,
      function: regional('function', ...words, 'retrain'),
      environments: asking,
      ...(asking.length > 0 ? { monitorRule: regional('rule', ...words, 'retrainmonitors') } : {}),
      ...(newDataUri === undefined ? {} : {
        newData: {
          place: placeOf(group.buildEnvironment),
          ...placeIn(newDataUri),
          forwardRule: namerFor(placeOf(group.buildEnvironment)).regional('rule', ...words, 'forwardnewdata'),
          rule: regional('rule', ...words, 'retraindata'),
        },
      }),
      ...(schedule === undefined ? {} : { scheduleRule: regional('rule', ...words, 'retrainschedule') }),
      waiting: `${failures}-retrainwait`,
    },
    roles: { retrainer: role(...words, 'retrainer') },
  };
}

/** The bucket of an address, and what keys in it begin with. */
function placeIn(uri: string): { readonly bucket: string; readonly prefix: string } {
  const [bucket, ...key] = uri.slice('s3://'.length).split('/');
  return { bucket, prefix: key.join('/') };
}
