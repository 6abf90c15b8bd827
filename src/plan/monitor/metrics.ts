import { createHash } from 'node:crypto';

/** What a run counts, in the environment's namespace, with its kind as the one dimension; `added` only compactions. */
export const MONITOR_METRICS = {
  violations: 'violations', rows: 'rows', broken: 'broken', added: 'predictions_added',
} as const;

/** The dimension of all of them. */
export const MONITOR_DIMENSION = 'monitor';

/** What the name of a feature's distance from the baseline begins with, as in Amazon's Model Monitor. */
export const DRIFT_METRIC = 'feature_baseline_drift_';

/** Characters of a column's name in names of metrics and alarms, and of the hash that keeps apart what is cut. */
const LONGEST = 150;
const HASH = 8;

/**
 * A column's name as a part of the names of metrics and alarms. `tools/monitor` makes the same of it, or alarms would
 * look at what nobody counts.
 */
export function metricWord(column: string): string {
  const plain = column.replace(/[^A-Za-z0-9_.-]/gu, '_');
  if (plain === column && plain.length <= LONGEST) { return column; }
  const hash = createHash('sha256').update(column).digest('hex').slice(0, HASH);
  return `${plain.slice(0, LONGEST - HASH - 1)}-${hash}`;
}
