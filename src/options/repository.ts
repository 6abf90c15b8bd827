import type { CommonDeliveryOptions } from './common-delivery';
import type { EndpointOptions } from './endpoint';
import type { QualityGateOptions } from './quality-gate';
import type { TrainingOptions } from './training';

/**
 * @pattern ^(?!/)(?!.*(^|/)\.\.(/|$)).+$
 * @allowed a path or a glob inside the repository
 * @examples ["buildspec.yml"]
 */
type OwnedPath = string;

/** @minLength 1 */
type PackageName = string;

/** What a machine-learning repository is made from, beside what projen takes for every project. */
export interface RepositoryOptions extends CommonDeliveryOptions {
  /**
   * Name of the model, of its model package group and of its SageMaker pipeline.
   * @pattern ^[a-zA-Z](-*[a-zA-Z0-9])*$
   * @maxLength 48
   * @allowed letters, digits and hyphens inside, beginning with a letter, at most 48 characters
   * @fix It names the model package group, the SageMaker pipeline and the stacks.
   * @default - the name of the project
   * @examples ["churn"]
   * @featured
   */
  readonly modelName?: string;
  /**
   * Framework of the training code.
   * @values ["xgboost", "sklearn"]
   * @fix Choose one of the frameworks.
   * @default "xgboost"
   * @featured
   */
  readonly framework?: string;
  /**
   * What is predicted.
   * @values ["binary", "multiclass", "regression"]
   * @fix Choose one of the problem types.
   * @default "binary"
   * @featured
   */
  readonly problemType?: string;
  /**
   * Write the options in Python (`.projenrc.py`) and the CDK app too (`infra/app.py`), instead of TypeScript.
   * @fix Give --projenrc-python or leave it away.
   * @default false
   */
  readonly projenrcPython?: boolean;
  /**
   * Data, instances, hyperparameters and registration.
   * @default {}
   * @featured
   */
  readonly training?: TrainingOptions;
  /**
   * What a model must reach to be registered: unless given, the default metric and threshold of the problem type.
   * @default {}
   * @featured
   */
  readonly qualityGate?: QualityGateOptions;
  /**
   * How models are served: unless given, a real-time endpoint with one ml.m5.large, which is asked one row of the
   * sample data after each deployment.
   * @default {}
   * @featured
   */
  readonly endpoint?: EndpointOptions;
  /**
   * Files that are left entirely to you, as globs (`model/**`, `buildspec.yml`): they are neither written nor merged
   * nor removed.
   *
   * A file that is taken out of the list again is merged with what has changed in the meantime.
   *
   * @uniqueItems
   * @allowed paths or globs inside the repository, each once, such as "model/**" or "buildspec.yml"
   * @fix Give a list of globs; ! in front of one takes files out again.
   * @default []
   */
  readonly userOwned?: OwnedPath[];
  /**
   * Development dependencies beside those that the repository needs: npm packages, or Python ones with
   * `projenrcPython`.
   *
   * `projen new` adds this package here.
   *
   * @fix Give a list of package names.
   * @default []
   */
  readonly devDeps?: PackageName[];
}
