/** What a framework brings: its container version and the libraries that train the same model on this machine. */
export interface Framework {
  /** Version of SageMaker's container image, as `sagemaker.core.image_uris` of SDK 3.27.0 knows it. */
  readonly containerVersion: string;
  /**
   * Python requirements that match that container: the framework in exactly its version, other libraries in its version
   * where that has a wheel for the Python at hand, else in the nearest one that has.
   */
  readonly requirements: readonly string[];
  /** Default hyperparameters per problem type, by the names that `model/train.py` takes. */
  readonly hyperparameters: { readonly [problemType: string]: { readonly [name: string]: number } };
}

/** What a problem type brings: its sample data, its metrics and the default gates. */
export interface ProblemType {
  /** File in `data/sample/`; real data sets that come with scikit-learn. */
  readonly sample: string;
  /** Metrics of SageMaker's model-quality report that the gate can use; true means that higher is better. */
  readonly metrics: { readonly [name: string]: boolean };
  /** Smallest and largest value that a metric can have, by its name; `undefined` stands for no limit. */
  readonly ranges: { readonly [name: string]: readonly [number?, number?] };
  /**
   * Default metric of other data than the sample: one that says something where classes are rare, since a model that
   * always names the most frequent class has a high accuracy there.
   */
  readonly metric: string;
  /** Default gate of the sample, which passes it with both frameworks. */
  readonly sampleGate: { readonly metric: string; readonly threshold: number };
}

const SHARE = [0, 1] as const;
const ERROR = [0] as const;

/**
 * Versions are those of the images' lock files (aws/deep-learning-containers, `docker/xgboost`, `docker/sklearn/1.9-0`).
 * Both have pandas 2.2.3, which has no wheel for Python 3.14.
 */
const PANDAS = ['pandas==2.2.3; python_version < "3.14"', 'pandas==2.3.3; python_version >= "3.14"'];
const XGBOOST = {
  num_round: 200, max_depth: 4, eta: 0.2, subsample: 0.9, colsample_bytree: 0.9, min_child_weight: 1,
  early_stopping_rounds: 20,
};
const SKLEARN = {
  max_iter: 200, learning_rate: 0.1, max_leaf_nodes: 15, min_samples_leaf: 10, l2_regularization: 0.01,
  early_stopping_rounds: 20,
};

/** Every framework that a repository can be made for, by the value of the option `framework`. */
export const FRAMEWORKS: { readonly [name: string]: Framework } = {
  xgboost: {
    containerVersion: '3.2-0',
    // xgboost-cpu is xgboost without the libraries for GPUs; macOS has wheels of the whole only, which has none there.
    requirements: [
      'xgboost-cpu==3.2.0; sys_platform != "darwin"', 'xgboost==3.2.0; sys_platform == "darwin"',
      'numpy==2.1.0; python_version < "3.14"', 'numpy==2.3.2; python_version >= "3.14"',
      'scipy==1.15.0; python_version < "3.14"', 'scipy==1.16.1; python_version >= "3.14"', 'pyarrow==22.0.0', ...PANDAS,
    ],
    hyperparameters: {
      binary: XGBOOST,
      multiclass: { ...XGBOOST, eta: 0.3 },
      regression: {
        num_round: 400, max_depth: 3, eta: 0.05, subsample: 0.8, colsample_bytree: 0.8, min_child_weight: 5,
        early_stopping_rounds: 30,
      },
    },
  },
  sklearn: {
    containerVersion: '1.9-0',
    requirements: [
      'scikit-learn==1.9.0', 'numpy==2.5.1; python_version >= "3.12"', 'numpy==2.4.6; python_version < "3.12"',
      'scipy==1.18.0; python_version >= "3.12"', 'scipy==1.17.1; python_version < "3.12"', 'joblib==1.5.3',
      'threadpoolctl==3.6.0', 'pyarrow==25.0.0', ...PANDAS,
    ],
    hyperparameters: {
      binary: SKLEARN,
      multiclass: { ...SKLEARN, early_stopping_rounds: 10 },
      regression: {
        max_iter: 400, learning_rate: 0.05, max_leaf_nodes: 7, min_samples_leaf: 20, l2_regularization: 1,
        early_stopping_rounds: 30,
      },
    },
  },
};

/** Every problem type, by the value of the option `problemType`. */
export const PROBLEM_TYPES: { readonly [name: string]: ProblemType } = {
  binary: {
    sample: 'breast_cancer.csv',
    metrics: {
      accuracy: true,
      balanced_accuracy: true,
      precision: true,
      recall: true,
      f1: true,
      auc: true,
      average_precision: true,
      log_loss: false,
    },
    ranges: {
      accuracy: SHARE,
      balanced_accuracy: SHARE,
      precision: SHARE,
      recall: SHARE,
      f1: SHARE,
      auc: SHARE,
      average_precision: SHARE,
      log_loss: ERROR,
    },
    metric: 'average_precision',
    sampleGate: { metric: 'accuracy', threshold: 0.85 },
  },
  multiclass: {
    sample: 'digits.csv',
    metrics: {
      accuracy: true,
      balanced_accuracy: true,
      weighted_precision: true,
      weighted_recall: true,
      weighted_f1: true,
      macro_precision: true,
      macro_recall: true,
      macro_f1: true,
      log_loss: false,
    },
    ranges: {
      accuracy: SHARE,
      balanced_accuracy: SHARE,
      weighted_precision: SHARE,
      weighted_recall: SHARE,
      weighted_f1: SHARE,
      macro_precision: SHARE,
      macro_recall: SHARE,
      macro_f1: SHARE,
      log_loss: ERROR,
    },
    metric: 'balanced_accuracy',
    sampleGate: { metric: 'accuracy', threshold: 0.85 },
  },
  regression: {
    sample: 'diabetes.csv',
    metrics: { rmse: false, mse: false, mae: false, r2: true },
    // A model that is worse than the mean has an r2 below 0.
    ranges: { rmse: ERROR, mse: ERROR, mae: ERROR, r2: [undefined, 1] },
    metric: 'rmse',
    sampleGate: { metric: 'rmse', threshold: 75 },
  },
};
