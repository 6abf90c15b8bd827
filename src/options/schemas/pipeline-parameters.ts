import { declared, declaredOption } from './declared';
import type { JsonSchema } from '../engine/json-schema';

// The pipeline takes a number as text too, as it comes from an environment variable.
const COUNT: JsonSchema = {
  'anyOf': [{ type: 'integer', minimum: 1, maximum: 100 }, { type: 'string', pattern: '^([1-9][0-9]?|100)$' }],
  'x-allowed': 'a whole number from 1 to 100', 'x-fix': 'Give the number of instances.',
};

/**
 * The parameters that every compiled pipeline has beside its hyperparameters (`pipelines/parameters.py`), and what they
 * take.
 */
export const PIPELINE_PARAMETERS: { readonly [name: string]: JsonSchema } = {
  ProcessingInstanceType: declared('InstanceType'),
  ProcessingInstanceCount: COUNT,
  TrainingInstanceType: declared('InstanceType'),
  TrainingInstanceCount: COUNT,
  InputDataUrl: {
    'type': 'string', 'minLength': 1, 'x-allowed': 'a path or an s3:// URL',
    'x-fix': 'Set the data that this group trains on.',
  },
  InputDataListing: {},
  TargetColumn: {},
  ModelApprovalStatus: declaredOption('TrainingOptions', 'approvalStatus'),
  QualityThreshold: {
    'anyOf': [{ type: 'number' }, { type: 'string', pattern: '^-?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e-?[0-9]+)?$' }],
    'x-allowed': 'a number', 'x-fix': 'Set the value that the metric must reach.',
  },
  ApprovedModelUrl: {
    'type': 'string', 'pattern': '^s3://[^/]+/.+$', 'x-allowed': 'an s3:// URL',
    'x-fix': 'Set the model.tar.gz to compare with, or omit it to use the newest approved version.',
  },
  ApprovedModelPackage: {},
  ApprovedModelImage: {},
  GitCommit: {},
  GitBranch: {},
  RepositoryTests: {},
  RetrainingReason: {},
};
