import type { ProjectOptions } from 'projen';
import type { RepositoryOptions } from '../options';

/**
 * Options of a SageMaker machine-learning repository; all are optional but `name`, which defaults to the directory's
 * name.
 *
 * Options that are a word can be given to `projen new` as flags (`--model-name churn`); objects are written in the rc
 * file.
 */
export interface SageMakerCicdProjectOptions extends ProjectOptions, RepositoryOptions {}
