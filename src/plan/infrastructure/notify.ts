import type { NamedInfrastructure } from './model';
import { useKeyByAlias } from '../roles/grants';
import type { Grant } from '../roles/role-model';

/** Telling the topic of an approval that waits; its key is in the stack of the topic. */
export function notify({ place, topic, topicArn, keyAlias }: NamedInfrastructure): Grant[] {
  const why = 'Notifies the people who approve.';
  return [
    { sid: 'Notify', actions: ['sns:Publish'], resources: [topicArn], why },
    ...(topic === undefined
      ? []
      : [useKeyByAlias('NotifyKey', place, keyAlias, ['kms:Decrypt', 'kms:GenerateDataKey'], 'sns', why)]),
  ];
}
