import { type BatchOptions, BatchSplit, BatchStrategy, type BatchTransformOptions } from '../../../options/batch';
import { canBeJoined, mediaType } from '../../../options/knowledge/batch-matrix';
import { type Filled, filled } from '../../../options/schemas/filled';

/** How records are sent to a model and what is written for each, with every default filled in. */
export interface Transform {
  readonly contentType: string;
  readonly accept: string;
  readonly byLine: boolean;
  readonly strategy: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadMegabytes: number;
  readonly maxConcurrentRequests: number;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  /** Only for data whose records SageMaker can read. */
  readonly processing?: TransformFilters;
}

/** What of a record is sent, and what is written for it. */
export interface TransformFilters {
  readonly inputFilter: string;
  readonly outputFilter: string;
  readonly join: boolean;
}

/** The options with their defaults. */
export type BatchSettings = Filled<'BatchOptions', BatchOptions>;

/** The options of batches, which may be missing where the kind alone is given. */
export function batchSettings(batch: BatchOptions | undefined): BatchSettings {
  return filled('BatchOptions', batch ?? {});
}

/** How a transform job works on the data. */
export function transformOf(batch: Filled<'BatchTransformOptions', BatchTransformOptions>): Transform {
  const { contentType, accept = contentType } = batch;
  const isJson = mediaType(contentType) === 'application/json';
  const strategy = batch.strategy ?? (isJson ? BatchStrategy.SINGLE_RECORD : BatchStrategy.MULTI_RECORD);
  return {
    contentType, accept,
    byLine: batch.split === BatchSplit.LINE,
    strategy: strategy === BatchStrategy.SINGLE_RECORD ? 'SingleRecord' : 'MultiRecord',
    maxPayloadMegabytes: batch.maxPayloadMegabytes,
    maxConcurrentRequests: batch.maxConcurrentRequests,
    timeoutSeconds: batch.timeoutSeconds,
    maxRetries: batch.maxRetries,
    processing: canBeJoined(contentType) ? {
      inputFilter: batch.inputFilter ?? '$', outputFilter: batch.outputFilter ?? '$', join: batch.joinInput ?? true,
    } : undefined,
  };
}
