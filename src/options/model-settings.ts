import { checkAgainst } from './check';
import { FRAMEWORKS, PROBLEM_TYPES } from './frameworks';
import { qualityGateSchema, trainingSchema, wordSchemas } from './model-schema';
import { nearest } from './nearest';
import { type OptionProblem, showValue } from './option-error';
import type { QualityGateOptions } from './quality-gate-options';
import type { TrainingOptions } from './training-options';

/** The options that say what model is built and how. */
export interface ModelOptions {
  readonly name: string;
  readonly modelName?: string;
  readonly framework?: string;
  readonly problemType?: string;
  readonly training?: TrainingOptions;
  readonly qualityGate?: QualityGateOptions;
}

/** Every problem of the model's options; cross-option rules are only checked once the parts are right by themselves. */
export function checkModelOptions(options: ModelOptions): OptionProblem[] {
  const problems = (['name', 'modelName', 'framework', 'problemType'] as const)
    .filter(name => options[name] !== undefined)
    .flatMap(name => checkAgainst(wordSchemas[name], options[name], name));
  if (options.training !== undefined) { problems.push(...checkAgainst(trainingSchema, options.training, 'training')); }
  if (options.qualityGate !== undefined) { problems.push(...checkAgainst(qualityGateSchema, options.qualityGate, 'qualityGate')); }
  return problems.length > 0 ? problems : checkRules(options);
}

function checkRules(options: ModelOptions): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const training = options.training ?? {};
  const problemType = options.problemType ?? 'binary';
  const metric = options.qualityGate?.metric;
  const metrics = Object.keys(PROBLEM_TYPES[problemType].metrics);
  if (metric !== undefined && !metrics.includes(metric)) {
    const near = nearest(metric, metrics);
    problems.push({
      path: 'qualityGate.metric',
      value: showValue(metric),
      allowed: `for the problem type ${problemType}: ${metrics.join(', ')}`,
      fix: near ? `Did you mean ${near}?` : 'Choose one of them or another problemType.',
    });
  }
  const isOther = metric !== undefined && metrics.includes(metric) && metric !== PROBLEM_TYPES[problemType].metric;
  if (isOther && options.qualityGate?.threshold === undefined) {
    problems.push({
      path: 'qualityGate.threshold',
      value: 'nothing',
      allowed: `a number in the unit of ${metric}`,
      fix: `The default threshold is one of ${PROBLEM_TYPES[problemType].metric}; add the value that ${metric} has to reach.`,
    });
  }
  const held = (training.validationFraction ?? 0.15) + (training.testFraction ?? 0.15);
  if (held >= 1) {
    problems.push({
      path: 'training.testFraction',
      value: showValue(training.testFraction ?? 0.15),
      allowed: 'validationFraction and testFraction together below 1',
      fix: 'Leave rows to train on, for example 0.15 for each.',
    });
  }
  const maxRun = training.maxRunSeconds ?? 3600;
  if (training.useSpotInstances && training.maxWaitSeconds !== undefined && training.maxWaitSeconds < maxRun) {
    problems.push({
      path: 'training.maxWaitSeconds',
      value: showValue(training.maxWaitSeconds),
      allowed: `at least maxRunSeconds, which is ${maxRun}`,
      fix: 'The wait includes the run itself; make it longer.',
    });
  }
  for (const name of Object.keys(training.hyperparameters ?? {})) {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,255}$/.test(name)) {
      problems.push({
        path: `training.hyperparameters.${name}`,
        value: showValue(name),
        allowed: 'letters, digits and underscores, beginning with a letter',
        fix: `model/train.py reads hyperparameters as --name value; try ${name.replace(/[^A-Za-z0-9_]/g, '_')}.`,
      });
    }
  }
  return problems;
}

/** The content of `config/parameters.json`: what `pipelines/pipeline.py` needs to know, with every default filled in. */
export interface ModelSettings {
  readonly model: { name: string; framework: string; problemType: string; frameworkVersion: string; modelPackageGroupName: string };
  readonly pipeline: { name: string; description: string };
  readonly data: { inputDataUrl: string; targetColumn: string; validationFraction: number; testFraction: number; seed: number };
  readonly processing: { instanceType: string; instanceCount: number };
  readonly training: {
    instanceType: string; instanceCount: number; useSpotInstances: boolean; maxRunSeconds: number; maxWaitSeconds: number;
    hyperparameters: { [name: string]: string | number };
  };
  readonly qualityGate: { metric: string; comparison: string; threshold: number };
  readonly registration: { approvalStatus: string; inferenceInstances: string[]; transformInstances: string[] };
  readonly caching: { enabled: boolean; expireAfter: string };
}

/** Fills in the defaults; the options must have been checked before. */
export function modelSettings(options: ModelOptions): ModelSettings {
  const { training = {}, qualityGate = {} } = options;
  const name = options.modelName ?? options.name;
  const framework = options.framework ?? 'xgboost';
  const problemType = options.problemType ?? 'binary';
  const problem = PROBLEM_TYPES[problemType];
  const metric = qualityGate.metric ?? problem.metric;
  const maxRunSeconds = training.maxRunSeconds ?? 3600;
  const cache = training.cacheExpireAfter ?? 'P30D';
  return {
    model: { name, framework, problemType, frameworkVersion: FRAMEWORKS[framework].containerVersion, modelPackageGroupName: name },
    pipeline: { name, description: `Trains, evaluates and registers the model ${name}` },
    data: {
      inputDataUrl: training.inputDataUrl ?? `data/sample/${problem.sample}`,
      targetColumn: training.targetColumn ?? 'target',
      validationFraction: training.validationFraction ?? 0.15,
      testFraction: training.testFraction ?? 0.15,
      seed: training.seed ?? 42,
    },
    processing: { instanceType: training.processingInstanceType ?? 'ml.m5.large', instanceCount: training.processingInstanceCount ?? 1 },
    training: {
      instanceType: training.instanceType ?? 'ml.m5.xlarge',
      instanceCount: training.instanceCount ?? 1,
      useSpotInstances: training.useSpotInstances ?? false,
      maxRunSeconds,
      maxWaitSeconds: training.maxWaitSeconds ?? Math.max(7200, maxRunSeconds),
      hyperparameters: { ...FRAMEWORKS[framework].hyperparameters[problemType], ...training.hyperparameters },
    },
    qualityGate: {
      metric,
      comparison: qualityGate.comparison ?? (problem.metrics[metric] ? '>=' : '<='),
      threshold: qualityGate.threshold ?? problem.threshold,
    },
    registration: {
      approvalStatus: training.approvalStatus ?? 'PendingManualApproval',
      inferenceInstances: ['ml.m5.large', 'ml.m5.xlarge'],
      transformInstances: ['ml.m5.large', 'ml.m5.xlarge'],
    },
    caching: { enabled: cache !== 'never', expireAfter: cache === 'never' ? 'P30D' : cache },
  };
}
