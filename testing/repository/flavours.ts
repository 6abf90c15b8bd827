import type { Flavour } from '../harness/repository';

/** What differs between the two kinds of repository when a person works in them. */
export interface FlavourCase {
  readonly flavour: Flavour;
  readonly flags: readonly string[];
  readonly rcFile: string;
  readonly appFile: string;
  /** Where further options go: after this text of the rc file. */
  readonly anchor: RegExp;
  /** The option `training.instanceType`, as it is written in the rc file. */
  readonly instanceType: (value: string) => string;
  /** The option `qualityGate.threshold`, as it is written in the rc file. */
  readonly threshold: (value: number) => string;
  /** The option `modelName`, as it is written in the rc file; the README names the model. */
  readonly modelName: string;
}

export const FLAVOURS: readonly FlavourCase[] = [
  {
    flavour: 'typescript',
    flags: [],
    rcFile: '.projenrc.ts',
    appFile: 'infra/app.ts',
    anchor: /name: "churn",\n/,
    instanceType: value => `  training: { instanceType: "${value}" },\n`,
    threshold: value => `  qualityGate: { threshold: ${value} },\n`,
    modelName: '  modelName: "leavers",\n',
  },
  {
    flavour: 'python',
    flags: ['--projenrc-python'],
    rcFile: '.projenrc.py',
    appFile: 'infra/app.py',
    anchor: /name="churn",\n/,
    instanceType: value => `    training={"instance_type": "${value}"},\n`,
    threshold: value => `    quality_gate={"threshold": ${value}},\n`,
    modelName: '    model_name="leavers",\n',
  },
];

/** Files that every repository has, whatever it is for. */
export const COMMON_FILES: readonly string[] = [
  'AGENTS.md', 'README.md', 'buildspec.yml', 'cdk.json', 'config/delivery.json', 'config/delivery.schema.json',
  'config/parameters.json',
  'data/sample/breast_cancer.csv', 'model/evaluate.py', 'model/inference.py', 'model/preprocess.py', 'model/train.py',
  'package-lock.json', 'package.json', 'pipelines/pipeline.py', 'pipelines/local/__main__.py', 'pyproject.toml',
  'uv.lock',
];
