import type { ProjectOptions } from 'projen';
import type { QualityGateOptions, TrainingOptions } from '../options';

/**
 * Options of a SageMaker machine-learning repository; all are optional but `name`, which defaults to the directory's name.
 *
 * Options that are a word can be given to `projen new` as flags (`--model-name churn`); objects are written in the rc file.
 */
export interface SageMakerCicdProjectOptions extends ProjectOptions {
  /**
   * Name of the model, of its model package group and of its SageMaker pipeline: letters, digits and inner hyphens, at most 48 characters.
   * @default - the name of the project
   * @featured
   */
  readonly modelName?: string;
  /**
   * Framework of the training code: `xgboost` or `sklearn`.
   * @default "xgboost"
   * @featured
   */
  readonly framework?: string;
  /**
   * What is predicted: `binary`, `multiclass` or `regression`.
   * @default "binary"
   * @featured
   */
  readonly problemType?: string;
  /**
   * Write the options in Python (`.projenrc.py`) and the CDK app too (`infra/app.py`), instead of TypeScript.
   * @default false
   */
  readonly projenrcPython?: boolean;
  /**
   * Data, instances, hyperparameters and registration.
   * @default - the defaults of TrainingOptions
   * @featured
   */
  readonly training?: TrainingOptions;
  /**
   * What a model must reach to be registered.
   * @default - the default metric and threshold of the problem type
   * @featured
   */
  readonly qualityGate?: QualityGateOptions;
  /**
   * Development dependencies beside those that the repository needs: npm packages, or Python ones with `projenrcPython`.
   *
   * `projen new` adds this package here.
   *
   * @default - none
   */
  readonly devDeps?: string[];
}
