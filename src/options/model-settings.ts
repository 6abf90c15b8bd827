import { type Gate, withDefaults } from './default-gate';
import { FRAMEWORKS, type Metric, PROBLEM_TYPES } from './knowledge/frameworks';
import { customMetrics } from './metrics';
import type { RepositoryOptions } from './repository';
import { combinationsOf } from './rules/tuning-rules';
import { filled } from './schemas/filled';
import type { TrainingOptions } from './training';
import type { TuningOptions } from './tuning';

/** The options that say what model is built and how. */
export interface ModelOptions extends Pick<
  RepositoryOptions, 'modelName' | 'framework' | 'problemType' | 'training' | 'qualityGate' | 'customMetrics'
> {
  readonly name: string;
  /** Whether other data than the sample is trained on, although `training` names none: a group does. */
  readonly ownData?: boolean;
}

/** What the columns are and which form the data has, as far as it is set; the scripts know the defaults. */
export const DATA_FORM = [
  'dropColumns', 'idColumns', 'dateColumns', 'missingTokens', 'separator', 'encoding', 'sampleWeightColumn',
  'groupColumn', 'timeColumn',
] as const;

/**
 * The content of `config/parameters.json`: what `pipelines/pipeline.py` needs to know, with every default filled in.
 */
export interface ModelSettings {
  readonly model: {
    name: string; framework: string; problemType: string; frameworkVersion: string; modelPackageGroupName: string;
  };
  readonly pipeline: { name: string; description: string };
  readonly data: {
    inputDataUrl: string; targetColumn: string; validationFraction: number; testFraction: number; seed: number;
  } & Pick<TrainingOptions, typeof DATA_FORM[number]>;
  readonly processing: { instanceType: string; instanceCount: number; encryptInterContainerTraffic: boolean };
  readonly training: {
    instanceType: string; instanceCount: number; encryptInterContainerTraffic: boolean;
    useSpotInstances: boolean; maxRunSeconds: number; maxWaitSeconds: number;
    hyperparameters: { [name: string]: string | number };
  };
  readonly qualityGate: Gate;
  /** The user's own metrics by name, where there are any. */
  readonly customMetrics?: { readonly [name: string]: Metric };
  readonly registration: { approvalStatus: string; goldenRows: string; transformInstances: string[] };
  readonly caching: { enabled: boolean; expireAfter: string };
  readonly tuning?: TuningSettings;
}

/** Hyperparameter tuning, without what only some strategies have. */
export type TuningSettings = Omit<TuningOptions, 'objective' | 'maxTrials' | 'maxParallelTrials'> & {
  readonly objective: string; readonly maxTrials: number; readonly maxParallelTrials: number;
};

/** Fills in the defaults; the options must have been checked before. */
export function modelSettings(options: ModelOptions): ModelSettings {
  const {
    framework, problemType, training: given, qualityGate, customMetrics: own,
  } = filled('RepositoryOptions', options);
  const training = filled('TrainingOptions', given);
  const name = options.modelName ?? options.name;
  const problem = PROBLEM_TYPES[problemType];
  const ownData = options.ownData ?? training.inputDataUrl !== undefined;
  const { encryptInterContainerTraffic, maxRunSeconds, cacheExpireAfter: cache } = training;
  // Of the form of the data only what was set: the scripts know the defaults.
  const form = options.training ?? {};
  return {
    model: {
      name, framework, problemType, frameworkVersion: FRAMEWORKS[framework].containerVersion,
      modelPackageGroupName: name,
    },
    pipeline: { name, description: `Trains, evaluates and registers the model ${name}` },
    data: {
      inputDataUrl: training.inputDataUrl ?? `data/sample/${problem.sample}`,
      targetColumn: training.targetColumn,
      validationFraction: training.validationFraction,
      testFraction: training.testFraction,
      seed: training.seed,
      ...Object.fromEntries(DATA_FORM.filter(key => form[key] !== undefined).map(key => [key, form[key]])),
    },
    processing: {
      instanceType: training.processingInstanceType,
      instanceCount: training.processingInstanceCount,
      encryptInterContainerTraffic,
    },
    training: {
      instanceType: training.instanceType,
      instanceCount: training.instanceCount,
      encryptInterContainerTraffic,
      useSpotInstances: training.useSpotInstances,
      maxRunSeconds,
      maxWaitSeconds: training.maxWaitSeconds ?? Math.max(7200, maxRunSeconds),
      hyperparameters: { ...FRAMEWORKS[framework].defaults[problemType], ...training.hyperparameters },
    },
    qualityGate: withDefaults(qualityGate, problemType, ownData, own),
    ...(own.length === 0 ? {} : { customMetrics: customMetrics(own) }),
    registration: {
      approvalStatus: training.approvalStatus,
      goldenRows: training.goldenRows,
      transformInstances: ['ml.m5.large', 'ml.m5.xlarge'],
    },
    caching: { enabled: cache !== 'never', expireAfter: cache === 'never' ? 'P30D' : cache },
    ...(training.tuning ? { tuning: tuningSettings(training.tuning, framework, problemType) } : {}),
  };
}

function tuningSettings(options: TuningOptions, framework: string, problemType: string): TuningSettings {
  const { ranges, strategy, earlyStopping, seed, ...given } = filled('TuningOptions', options);
  const maxTrials = given.maxTrials ?? (strategy === 'Grid' ? combinationsOf(ranges) : 20);
  return {
    ranges,
    objective: given.objective ?? `validation:${FRAMEWORKS[framework].trainingMetrics[problemType][0]}`,
    strategy,
    maxTrials,
    maxParallelTrials: given.maxParallelTrials ?? Math.min(2, maxTrials),
    earlyStopping,
    ...(given.minResource === undefined ? {} : { minResource: given.minResource }),
    ...(given.maxResource === undefined ? {} : { maxResource: given.maxResource }),
    seed,
  };
}
