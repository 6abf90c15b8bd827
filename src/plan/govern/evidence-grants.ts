import type { NamedGovernance } from './model';
import { bucketArn } from '../arn';
import { KMS_GET, KMS_PUT, useKeyByAlias } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import type { DeliverySource } from '../settings';

/** Folders of the bucket of evidence. */
export const EVIDENCE = { records: 'records', pushes: 'pushes' } as const;

/** The chain of records about the infrastructure. */
export const INFRASTRUCTURE_CHAIN = 'infrastructure';

/** Reading decision records, for whoever deploys: nothing without them. */
export function readRecords({ audit }: NamedGovernance, groups: readonly string[]): Grant[] {
  if (!audit?.evidenceBucket) { return []; }
  const bucket = audit.evidenceBucket;
  return [
    {
      sid: 'Decisions',
      actions: ['s3:GetObject'],
      resources: groups.map(group => bucketArn(bucket, `/${EVIDENCE.records}/${group}/*`)),
      why: 'Deploys only what an accepted decision record approves.',
      wildcard: 'Records are stored by number.',
    },
    {
      sid: 'DecisionsListed', actions: ['s3:ListBucket'], resources: [bucketArn(bucket)],
      why: 'Finds the last record of the group.',
    },
    useKeyByAlias('DecisionsKey', audit.place, audit.keyAlias, KMS_GET, 's3', 'Decrypts records.'),
  ];
}

/** Keeping who pushed to a repository, before anything is built. */
export function keepPushes({ audit }: NamedGovernance, source: DeliverySource): Grant[] {
  if (!audit?.evidenceBucket) { return []; }
  return [
    {
      sid: 'Pushes',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucketArn(audit.evidenceBucket, `/${EVIDENCE.pushes}/${source.repository}/*`)],
      why: 'Keeps who pushed the commit, before any code of it runs.',
      wildcard: 'Pushes are stored by commit and event.',
    },
    useKeyByAlias('PushesKey', audit.place, audit.keyAlias, KMS_PUT, 's3', 'Encrypts what is kept.'),
  ];
}
