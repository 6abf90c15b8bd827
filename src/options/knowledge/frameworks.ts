import * as fs from 'node:fs';
import * as path from 'node:path';
import type { JsonSchema } from '../engine/json-schema';

/** What a framework brings: its container version and the libraries that train the same model on this machine. */
export interface Framework {
  /** What people call it. */
  readonly title: string;
  /** Version of SageMaker's container image, as `sagemaker.core.image_uris` of SDK 3.27.0 knows it. */
  readonly containerVersion: string;
  readonly image: FrameworkImage;
  /** Whether it trains on several instances at once. */
  readonly severalInstances: boolean;
  /**
   * Python requirements that match that container: the framework in exactly its version, other libraries in its version
   * where that has a wheel for the Python at hand, else in the nearest one that has. Versions are those of the images'
   * lock files (aws/deep-learning-containers, `docker/xgboost`, `docker/sklearn/1.9-0`); both have pandas 2.2.3, which
   * has no wheel for Python 3.14. xgboost-cpu is xgboost without the libraries for GPUs; macOS has wheels of the whole
   * only, which has none there.
   */
  readonly requirements: readonly string[];
  /** What its script prints by problem type; the first metric decides about early stopping. */
  readonly trainingMetrics: { readonly [problemType: string]: readonly string[] };
  /** Those of them that are better when higher; all others are errors. */
  readonly higherIsBetter: readonly string[];
  /** Whether its script logs metrics round by round, so that a training can be stopped early from outside. */
  readonly logsWhileTraining: boolean;
  /**
   * What `model/train.py` takes (`taken` of `model/<framework>_hyperparameters.json`): a rule for each name, or for
   * each problem type that knows it. The rules are those that scikit-learn checks (`_parameter_constraints`) and XGBoost
   * checks or documents, and of the script itself: 0 means no depth limit in scikit-learn, and no early stopping.
   */
  readonly hyperparameters: { readonly [name: string]: Hyperparameter | HyperparameterByProblem };
  /** Why the script does not take other names that the framework has. */
  readonly refused: { readonly [name: string]: string };
  /** Default hyperparameters by problem type. */
  readonly defaults: { readonly [problemType: string]: { readonly [name: string]: number } };
}

/** SageMaker's image of a framework, in that version. */
export interface FrameworkImage {
  /** Its repository in ECR; the accounts that it is published from are in `tools/deploy/images.json`. */
  readonly repository: string;
  /**
   * The day after which it gets no more patches: a year after it came (AWS Deep Learning Containers, "Framework Support
   * Policy"; of 21 August 2026 in aws/deep-learning-containers, `docs/src/data`).
   */
  readonly endOfPatch: string;
  /** Its version of Python, whose wheels it takes. */
  readonly python: string;
  /** What its wheels are for, as uv names platforms: both images are Amazon Linux 2023, with glibc 2.34. */
  readonly platform: string;
  /**
   * Version of each Python package that it has, from the lock file that it is built from (see `requirements`; commit
   * e0ecedea6a1c of 21 August 2026, on Linux), without what its Dockerfile installs beside the lock. Security patches
   * of the image raise some of them.
   */
  readonly packages: { readonly [name: string]: string };
  /** Where it is; `scripts/region_services.py` writes them, as the SDK knows them. */
  readonly regions: readonly string[];
}

/** What a hyperparameter can be; a list or an object is given as its JSON. */
export type Hyperparameter = JsonSchema;

/** What a hyperparameter can be that is not for every problem type, or not the same for each. */
export interface HyperparameterByProblem {
  readonly byProblemType: { readonly [problemType: string]: Hyperparameter };
}

/** What `model/train.py` takes for a problem type, and why it does not take other names. */
export function hyperparametersOf(framework: string, problemType: string): Pick<Framework, 'refused'> & {
  readonly taken: { readonly [name: string]: Hyperparameter };
} {
  const { hyperparameters, refused } = FRAMEWORKS[framework];
  const rules = Object.entries(hyperparameters).map(([name, rule]) => ({
    name, rule: 'byProblemType' in rule ? rule.byProblemType[problemType] : rule, all: rule,
  }));
  return {
    taken: Object.fromEntries(rules.filter(({ rule }) => rule !== undefined).map(({ name, rule }) => [name, rule])),
    refused: {
      ...refused,
      ...Object.fromEntries(rules.filter(({ rule }) => rule === undefined).map(({ name, all }) => [
        name, `it is not for a ${problemType} problem, but for `
        + Object.keys((all as HyperparameterByProblem).byProblemType).join(' and '),
      ])),
    },
  };
}

/** What a problem type brings: its sample data, its metrics and the default gates. */
export interface ProblemType {
  /** File in `data/sample/`; real data sets that come with scikit-learn. */
  readonly sample: string;
  /** Where the metrics are in SageMaker's model-quality report. */
  readonly report: string;
  /** Metrics of that report that the gate can use. */
  readonly metrics: { readonly [name: string]: Metric };
  /**
   * Default metric of other data than the sample: one that says something where classes are rare, since a model that
   * always names the most frequent class has a high accuracy there.
   */
  readonly metric: string;
  /** Default gate of the sample, which passes it with both frameworks. */
  readonly sampleGate: { readonly metric: string; readonly threshold: number };
}

/**
 * A metric, with the smallest and largest value that it can have. A model that is worse than the mean has an r2
 * below 0.
 */
export interface Metric {
  readonly better: 'higher' | 'lower';
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The manifests lie where a repository gets them from, so that its pipeline reads the same files. */
const PYTHON = path.join(__dirname, '..', '..', '..', 'templates', 'python');
const PIPELINES = path.join(PYTHON, 'pipelines');

/** Every framework that a repository can be made for, by the value of the option `framework`: one file for each. */
export const FRAMEWORKS: { readonly [name: string]: Framework } = frameworksIn(path.join(PIPELINES, 'frameworks'));

/** The frameworks that have a manifest in a directory, the last by alphabet first. */
export function frameworksIn(directory: string): { readonly [name: string]: Framework } {
  const files = fs.readdirSync(directory).filter(file => file.endsWith('.json')).sort().reverse();
  return Object.fromEntries(files.map(file => {
    const name = path.basename(file, '.json');
    const { taken, refused, higherIsBetter } = declarations(name);
    const manifest = read<Framework>(directory, file);
    const logged = new Set(Object.values(manifest.trainingMetrics).flat());
    return [name, {
      ...manifest, hyperparameters: taken, refused, higherIsBetter: higherIsBetter.filter(metric => logged.has(metric)),
    }];
  }));
}

/** What the scripts say of the hyperparameters of a framework; nothing without such a file. */
function declarations(framework: string): Pick<Framework, 'refused' | 'higherIsBetter'> & {
  readonly taken: Framework['hyperparameters'];
} {
  const file = path.join(PYTHON, 'model', `${framework}_hyperparameters.json`);
  return fs.existsSync(file)
    ? read(path.dirname(file), path.basename(file)) : { taken: {}, refused: {}, higherIsBetter: [] };
}

function read<T>(directory: string, file: string): T {
  return JSON.parse(fs.readFileSync(path.join(directory, file), 'utf8')) as T;
}

/** What to know of a framework's image that gets no more patches; undefined as long as it does. */
export function unpatched(framework: string, today = new Date()): string | undefined {
  const { title, containerVersion, image: { endOfPatch } } = FRAMEWORKS[framework];
  return today.toISOString().slice(0, 10) <= endOfPatch ? undefined
    : `SageMaker's image of ${title} ${containerVersion} has received no security patches since ${endOfPatch}: upgrade `
    + 'sagemaker-cicd-projen, whose newer versions bring newer images.';
}

/** Every problem type, by the value of the option `problemType`. */
export const PROBLEM_TYPES: { readonly [name: string]: ProblemType } = read(PIPELINES, 'problem_types.json');
