import type { ColumnName } from './limits';

/**
 * The log of predictions that monitoring reads: one record for each row, with its features, answer and version. Records
 * that wait when Lambda ends an environment of the handler are lost.
 */
export interface ApiPredictionLogOptions {
  /**
   * Columns that must not be stored, such as names or addresses.
   *
   * @maxItems 200
   * @uniqueItems
   * @default []
   */
  readonly omitColumns?: ColumnName[];

  /**
   * Days after which records are removed; S3 takes a day or two more.
   *
   * @asType integer
   * @minimum 1
   * @maximum 3650
   * @default 90
   */
  readonly retentionDays?: number;
}
