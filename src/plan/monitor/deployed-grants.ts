import { BASELINES } from './model';
import { bucketArn } from '../arn';
import type { NamedEnvironment } from '../endpoint/model';
import type { Grant } from '../roles/role-model';

/** Since when which version answers, below this folder of the deployment bucket. */
export const DEPLOYMENT_RECORDS = 'deployments/';

/** Files of a version that monitors compare with, as the build writes them (`tools/deploy/approved_baselines.py`). */
export const BASELINE_FILES = [
  'statistics.json', 'constraints.json', 'model_quality.json', 'model_quality_constraints.json', 'evaluation.csv.gz',
];

/** What deployments leave for the monitors of an environment; nothing where there are none. */
export function leaveForMonitors({ monitoring, deploymentBucket }: NamedEnvironment): Grant[] {
  if (!monitoring) { return []; }
  const records = bucketArn(deploymentBucket, `/${DEPLOYMENT_RECORDS}*`);
  return [
    {
      sid: 'Baselines',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucketArn(deploymentBucket, `/${BASELINES}*`)],
      why: 'Puts there what monitors compare a version with, unless it is there.',
      wildcard: 'Baselines are stored by version.',
    },
    {
      sid: 'Record',
      actions: ['s3:PutObject'],
      resources: [records],
      conditions: { Null: { 's3:if-none-match': 'false' } },
      why: 'Records since when which version answers; a record is never replaced.',
      wildcard: 'Records are named after their time.',
    },
    {
      sid: 'RecordBefore',
      actions: ['s3:GetObject'],
      resources: [records],
      why: 'Reads the newest one: what was made since then may have answered too.',
      wildcard: 'Records are named after their time.',
    },
  ];
}
