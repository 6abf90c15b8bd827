import type { JsonSchema } from '../engine/json-schema';
import { FRAMEWORKS, PROBLEM_TYPES } from '../knowledge/frameworks';

/** A SageMaker instance type. */
export const INSTANCE_TYPE: JsonSchema = {
  'type': 'string',
  'pattern': '^ml\\.[a-z][a-z0-9-]*\\.(nano|micro|small|medium|large|metal|[1-9][0-9]*xlarge|xlarge)$',
  'x-allowed': 'a SageMaker instance type such as ml.m5.large',
  'x-fix': 'See the instance types of your region in the SageMaker pricing page.',
};
const COUNT: JsonSchema = { 'type': 'integer', 'minimum': 1, 'maximum': 100, 'x-fix': 'Give the number of instances.' };
// Below one half each, so that there are always rows to train on; pipelines/settings.py says the same.
const FRACTION: JsonSchema = {
  'type': 'number', 'exclusiveMinimum': 0, 'exclusiveMaximum': 0.5,
  'x-fix': 'Give a share of the rows, for example 0.15.',
};
// SageMaker API reference, StoppingCondition: 28 days.
const SECONDS: JsonSchema = {
  'type': 'integer', 'minimum': 1, 'maximum': 2_419_200, 'x-fix': 'Give the time in seconds.',
};

const COLUMN: JsonSchema = { type: 'string', minLength: 1, maxLength: 256 };
const COLUMNS: JsonSchema = {
  'type': 'array', 'uniqueItems': true, 'items': COLUMN,
  'x-fix': 'Give a list of column names, for example ["row_id"].',
};

/** Approval status of a new model package. */
export const APPROVAL_STATUS: JsonSchema = {
  'enum': ['PendingManualApproval', 'Approved', 'Rejected'],
  'x-fix': 'Use PendingManualApproval unless a test environment approves by itself.',
};

/** Schema of the option `training`. */
export const trainingSchema: JsonSchema = {
  'type': 'object',
  'additionalProperties': false,
  'x-fix': 'Write it as an object in the rc file; it cannot be given as a flag on the command line.',
  'properties': {
    inputDataUrl: {
      'type': 'string',
      'pattern': '^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|(?!/|[A-Za-z][A-Za-z0-9+.-]*:|.*(^|/)\\.\\.(/|$)).+)$',
      'x-allowed': 'a path inside the repository or an s3:// address',
      'x-fix': 'Put the file into data/ and give its path, for example data/customers.csv, or give s3://bucket/prefix.',
    },
    targetColumn: { ...COLUMN, 'x-fix': 'Give the name of the column to predict.' },
    dropColumns: COLUMNS,
    idColumns: COLUMNS,
    dateColumns: COLUMNS,
    missingTokens: {
      'type': 'array', 'uniqueItems': true, 'items': { type: 'string', minLength: 1, maxLength: 256 },
      'x-fix': 'Give a list of texts, for example ["NA", "?"]; an empty cell is missing anyway.',
    },
    separator: {
      'type': 'string',
      // pipelines/data_settings.py says the same: ASCII, because pyarrow takes one byte, and nothing that numbers have.
      'pattern': '^[\\t !#-&(-,/:-@\\[-`{-~]$',
      'x-allowed': 'one character such as ";" or a tab, no letter, digit, quote, full stop or hyphen',
      'x-fix': 'Give the character that stands between the cells; a tab is "\\t".',
    },
    encoding: {
      'enum': ['utf-8', 'latin-1', 'cp1252', 'utf-16'],
      'x-fix': 'Give the encoding of the files, or convert them to utf-8.',
    },
    sampleWeightColumn: { ...COLUMN, 'x-fix': 'Give the name of the column with the weights.' },
    groupColumn: { ...COLUMN, 'x-fix': 'Give the name of the column with the groups.' },
    timeColumn: { ...COLUMN, 'x-fix': 'Give the name of the column with the times.' },
    validationFraction: FRACTION,
    testFraction: FRACTION,
    seed: { 'type': 'integer', 'minimum': 0, 'maximum': 2_147_483_647, 'x-fix': 'Give a whole number.' },
    processingInstanceType: INSTANCE_TYPE,
    processingInstanceCount: COUNT,
    instanceType: INSTANCE_TYPE,
    instanceCount: COUNT,
    hyperparameters: {
      'type': 'object',
      // SageMaker API reference, CreateTrainingJob, HyperParameters: 100 entries, values of 2,500 characters.
      'maxProperties': 100,
      'propertyNames': {
        'type': 'string', 'pattern': '^[A-Za-z][A-Za-z0-9_]{0,255}$',
        'x-allowed': 'letters, digits and underscores, beginning with a letter, at most 256 characters',
        'x-fix': 'model/train.py reads hyperparameters as --name value; write max_depth, not max-depth.',
      },
      'additionalProperties': { anyOf: [{ type: 'number' }, { type: 'string', minLength: 1, maxLength: 2500 }] },
      'x-fix': 'Give names and values, for example { max_depth: 6 }.',
    },
    useSpotInstances: { type: 'boolean' },
    maxRunSeconds: SECONDS,
    maxWaitSeconds: SECONDS,
    cacheExpireAfter: {
      'type': 'string',
      'pattern': '^(never|P[1-9][0-9]{0,3}D|PT[1-9][0-9]{0,4}H)$',
      'x-allowed': 'an ISO 8601 duration in days or hours such as P30D or PT12H, or never',
      'x-fix': 'Use never to switch step caching off.',
    },
    approvalStatus: APPROVAL_STATUS,
  },
};

const GATE_FIX = 'Write it as an object in the rc file, for example { metric: "accuracy", threshold: 0.9 }.';

/** Schema of the option `qualityGate`; that the metric is one of the problem type is a rule across options. */
export const qualityGateSchema: JsonSchema = {
  'type': 'object',
  'additionalProperties': false,
  'x-fix': GATE_FIX,
  'properties': {
    metric: { 'type': 'string', 'x-fix': 'Name a metric of the model-quality report.' },
    comparison: {
      'enum': ['>=', '>', '<=', '<'], 'x-fix': 'Use >= for metrics that are better when higher and <= for errors.',
    },
    threshold: { 'type': 'number', 'x-fix': 'Give the value to reach as a number, for example 0.9.' },
  },
};

/** Schemas of the options that are a single word. */
export const wordSchemas: { readonly [name: string]: JsonSchema } = {
  name: {
    'type': 'string',
    'pattern': '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    'maxLength': 48,
    'x-allowed': 'lower-case letters, digits and single hyphens, beginning with a letter, at most 48 characters',
    'x-fix': 'It names the npm package, the Python project and the AWS resources; give one with --name, for example '
      + '--name churn-model.',
  },
  modelName: {
    'type': 'string',
    'pattern': '^[a-zA-Z](-*[a-zA-Z0-9])*$',
    'maxLength': 48,
    'x-allowed': 'letters, digits and hyphens inside, beginning with a letter, at most 48 characters',
    'x-fix': 'It names the model package group, the SageMaker pipeline and the stacks.',
  },
  framework: { 'enum': Object.keys(FRAMEWORKS), 'x-fix': 'Choose one of the frameworks.' },
  problemType: { 'enum': Object.keys(PROBLEM_TYPES), 'x-fix': 'Choose one of the problem types.' },
  projenrcPython: { 'type': 'boolean', 'x-fix': 'Give --projenrc-python or leave it away.' },
  userOwned: {
    'type': 'array', 'uniqueItems': true, 'items': { type: 'string', pattern: '^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$' },
    'x-allowed': 'paths or globs inside the repository, each once, such as "model/**" or "buildspec.yml"',
    'x-fix': 'Give a list of globs; ! in front of one takes files out again.',
  },
  devDeps: { 'type': 'array', 'items': { type: 'string', minLength: 1 }, 'x-fix': 'Give a list of package names.' },
};

/** Schema of the option `upgrade`. */
export const upgradeSchema: JsonSchema = {
  'type': 'object',
  'additionalProperties': false,
  'x-fix': 'Write it as an object in the rc file, for example { schedule: "monthly" }.',
  'properties': {
    schedule: {
      'enum': ['daily', 'weekly', 'monthly', 'never'], 'x-fix': 'Use never to look for upgrades by hand only.',
    },
    pullRequests: { 'type': 'boolean', 'x-fix': 'Use false to upgrade by hand only.' },
  },
};
