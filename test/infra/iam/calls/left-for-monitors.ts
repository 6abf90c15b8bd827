import { type Call, calls, type World } from './world';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import { BASELINE_FILES } from '../../../../src/plan/monitor/deployed-grants';

/** What deployments leave for monitors (tools/deploy/{approved_baselines,deployment_records}.py). */
export function leftForMonitors(world: World, { monitoring, deploymentBucket, place }: PlannedEnvironment): Call[] {
  if (!monitoring) { return []; }
  const bucket = world.bucket(deploymentBucket, place);
  const record = `${bucket}/deployments/20260101T000110Z-7.json`;
  return [
    ...calls(bucket, ['s3:ListBucket'], { 's3:prefix': 'deployments/' }),
    ...calls(`${bucket}/baselines/churn/7/baseline.json`, ['s3:GetObject', 's3:PutObject']),
    ...calls(record, ['s3:GetObject']),
    ...calls(record, ['s3:PutObject'], { 's3:if-none-match': '*' }),
  ];
}

/** Files of the pipeline that deployments read to compare requests with, where there is an API or a monitor. */
export function readForRequests(environments: readonly PlannedEnvironment[]): string[] {
  const monitored = environments.some(e => e.monitoring);
  return [
    ...(monitored || environments.some(e => e.api) ? ['schema.json'] : []), ...(monitored ? BASELINE_FILES : []),
  ];
}
