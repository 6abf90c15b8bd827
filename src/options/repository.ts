import type { CommonDeliveryOptions } from './common-delivery';
import type { CustomMetricOptions } from './custom-metric';
import type { EndpointOptions } from './endpoint';
import type { PullRequestOptions } from './pull-request';
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

/** The options of a machine-learning repository, in addition to projen's own. */
export interface RepositoryOptions extends CommonDeliveryOptions {
  /**
   * Name of the model, of its model package group and of its SageMaker pipeline.
   * @pattern ^[a-zA-Z](-*[a-zA-Z0-9])*$
   * @maxLength 48
   * @allowed at most 48 letters, digits and single hyphens, starting with a letter
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
   * @fix Give --projenrc-python or omit it.
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
   * The quality that a model must reach to be registered. By default, the metric of the problem type, and a comparison
   * with a baseline and the approved version.
   * @default {}
   * @featured
   */
  readonly qualityGate?: QualityGateOptions;
  /**
   * Metrics of your own, at most 20: each is a function of that name in `model/custom_metrics.py`.
   * @maxItems 20
   * @fix Give a list of metrics, such as [{ name: "profit", better: "higher" }].
   * @default []
   * @examples [[{ "name": "profit", "better": "higher" }]]
   */
  readonly customMetrics?: CustomMetricOptions[];
  /**
   * How models are served. By default a real-time endpoint with one ml.m5.large, tested with one made-up row after each
   * deployment.
   * @default {}
   * @featured
   */
  readonly endpoint?: EndpointOptions;
  /**
   * How the repository's host checks pull requests.
   * @default {}
   */
  readonly pullRequests?: PullRequestOptions;
  /**
   * Files that belong entirely to you, as globs (`model/**`, `buildspec.yml`): they are never written, merged or
   * removed.
   *
   * A file that you remove from the list is merged with what has changed in the meantime.
   *
   * @uniqueItems
   * @allowed paths or globs inside the repository, each once, such as "model/**" or "buildspec.yml"
   * @fix Give a list of globs; a leading ! excludes files.
   * @default []
   */
  readonly userOwned?: OwnedPath[];
  /**
   * Development dependencies in addition to the repository's own: npm packages, or Python ones with `projenrcPython`.
   *
   * `projen new` adds this package here.
   *
   * @fix Give a list of package names.
   * @default []
   */
  readonly devDeps?: PackageName[];
}
