import { type Gate, withDefaults } from './default-gate';
import { FRAMEWORKS, PROBLEM_TYPES } from './knowledge/frameworks';
import type { QualityGateOptions } from './quality-gate';
import type { TrainingOptions } from './training';

/** The options that say what model is built and how. */
export interface ModelOptions {
  readonly name: string;
  readonly modelName?: string;
  readonly framework?: string;
  readonly problemType?: string;
  readonly training?: TrainingOptions;
  readonly qualityGate?: QualityGateOptions;
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
  readonly registration: { approvalStatus: string; transformInstances: string[] };
  readonly caching: { enabled: boolean; expireAfter: string };
}

/** Fills in the defaults; the options must have been checked before. */
export function modelSettings(options: ModelOptions): ModelSettings {
  const { training = {}, qualityGate = {} } = options;
  const name = options.modelName ?? options.name;
  const framework = options.framework ?? 'xgboost';
  const problemType = options.problemType ?? 'binary';
  const problem = PROBLEM_TYPES[problemType];
  const ownData = options.ownData ?? training.inputDataUrl !== undefined;
  const maxRunSeconds = training.maxRunSeconds ?? 3600;
  const { encryptInterContainerTraffic = false } = training;
  const cache = training.cacheExpireAfter ?? 'P30D';
  return {
    model: {
      name, framework, problemType, frameworkVersion: FRAMEWORKS[framework].containerVersion,
      modelPackageGroupName: name,
    },
    pipeline: { name, description: `Trains, evaluates and registers the model ${name}` },
    data: {
      inputDataUrl: training.inputDataUrl ?? `data/sample/${problem.sample}`,
      targetColumn: training.targetColumn ?? 'target',
      validationFraction: training.validationFraction ?? 0.15,
      testFraction: training.testFraction ?? 0.15,
      seed: training.seed ?? 42,
      ...Object.fromEntries(DATA_FORM.filter(key => training[key] !== undefined).map(key => [key, training[key]])),
    },
    processing: {
      instanceType: training.processingInstanceType ?? 'ml.m5.large',
      instanceCount: training.processingInstanceCount ?? 1,
      encryptInterContainerTraffic,
    },
    training: {
      instanceType: training.instanceType ?? 'ml.m5.xlarge',
      instanceCount: training.instanceCount ?? 1,
      encryptInterContainerTraffic,
      useSpotInstances: training.useSpotInstances ?? false,
      maxRunSeconds,
      maxWaitSeconds: training.maxWaitSeconds ?? Math.max(7200, maxRunSeconds),
      hyperparameters: { ...FRAMEWORKS[framework].hyperparameters[problemType], ...training.hyperparameters },
    },
    qualityGate: withDefaults(qualityGate, problemType, ownData),
    registration: {
      approvalStatus: training.approvalStatus ?? 'PendingManualApproval',
      transformInstances: ['ml.m5.large', 'ml.m5.xlarge'],
    },
    caching: { enabled: cache !== 'never', expireAfter: cache === 'never' ? 'P30D' : cache },
  };
}
