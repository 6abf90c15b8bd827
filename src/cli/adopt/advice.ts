/** What a file that was found in the repository is good for, in words. */
interface Finding {
  readonly files: RegExp;
  /** Where it would go; {files} stands for the paths that were found. */
  readonly where: string;
}

const FINDINGS: readonly Finding[] = [
  {
    files: /(^|\/)train(ing)?\.py$/,
    where:
      '{files}: move training to `model/train.py`. It gets hyperparameters as `--name value` and typed columns in '
        + '`/opt/ml/input/data/train` and `/opt/ml/input/data/validation`; it writes the model to `/opt/ml/model` '
        + '(the paths are in SM_CHANNEL_TRAIN, SM_CHANNEL_VALIDATION and SM_MODEL_DIR).',
  },
  {
    files: /(^|\/)(pre_?process(ing)?|prepare(_data)?|features?)\.py$/,
    where:
      '{files}: move data preparation to `model/preprocess.py`, which reads `/opt/ml/processing/input/data` and '
        + 'writes train, validation, test, baseline and schema.',
  },
  {
    files: /(^|\/)(evaluat(e|ion)|score)\.py$/,
    where:
      '{files}: move evaluation to `model/evaluate.py`. The quality gate and the model registry read its '
        + '`evaluation.json`.',
  },
  {
    files: /(^|\/)(inference|predict(or)?|serve|serving)\.py$/,
    where:
      '{files}: move request handling to `model/inference.py`: model_fn, input_fn, predict_fn and output_fn.',
  },
  {
    files: /(^|\/)(sagemaker_)?pipelines?\.py$/,
    where:
      '{files}: move your SageMaker pipeline steps to `build` in `pipelines/pipeline.py`, and their settings to '
        + '`config/parameters.json`.',
  },
  {
    files: /(^|\/)(requirements[\w-]*\.(txt|in)|environment\.ya?ml|Pipfile|poetry\.lock|conda-lock\.yml)$/,
    where:
      "{files}: add the model's requirements to `pyproject.toml` (`uv add --requirements <file>`), but only packages "
        + "that the framework's container has.",
  },
  {
    files: /\.ipynb$/,
    where:
      '{files}: keep notebooks where they are; `uv run --with jupyter jupyter lab` opens them in the environment of '
        + 'the model.',
  },
  {
    files: /(^|\/)(pytest\.ini|tox\.ini|setup\.cfg|mypy\.ini|\.mypy\.ini|ruff\.toml|\.ruff\.toml|\.flake8)$/,
    where:
      '{files}: settings in separate files override those in `pyproject.toml`; the tests need `pythonpath = model '
        + '.`, mypy needs `mypy_path = model`.',
  },
  {
    files: /(^|\/)\.python-version$/,
    where: '{files}: uv uses this Python version; the code needs 3.11 or later.',
  },
  {
    files: /(^|\/)(bin|infra|cdk|lib)\/[^/]*(app|stack)s?\.(ts|py)$/,
    where:
      "{files}: your CDK app is unchanged. Add its stacks to the delivery's app in `infra/`, or deploy it as before.",
  },
  {
    files:
      /(^|\/)(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml|bitbucket-pipelines\.yml)$/,
    where:
      "{files}: these keep running; add `npx projen test` to them. Commits also start the delivery's own build "
        + '(`buildspec.yml`).',
  },
  {
    files: /(^|\/)Dockerfile[^/]*$/,
    where: "{files}: the project runs in the framework's container and builds no image.",
  },
  {
    files: /\.(csv|parquet|tsv|jsonl)$/,
    where:
      '{files}: to train on your data, set the file and its target in `training: { inputDataUrl, targetColumn }` in '
        + 'the rc file. Until then the sample data is used.',
  },
];

/** What it means that a file was kept, for those that need nothing but words. */
const NOTES: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^README\.md$/,
    "Nothing depends on it. The project's version explains the commands, the pipeline and the delivery; copy what "
      + 'helps.',
  ],
  [
    /^AGENTS\.md$/,
    "Nothing depends on it. The project's version lists generated files and commands; copy what helps.",
  ],
  [
    /^tsconfig\.json$/,
    'The tasks `lint` and `test` run `tsc --noEmit` with it: include `.projenrc.ts` and `infra/**/*.ts`, with module '
      + 'and moduleResolution `node16` and `noEmit`.',
  ],
  [
    /^buildspec\.yml$/,
    "The delivery's build runs this file: it must do what the project's version does (test, compile, upload, upsert, "
      + "start). Otherwise rename yours and use the project's.",
  ],
  [
    /^config\/delivery/,
    'The CDK app reads `config/delivery.json`: it must match `config/delivery.schema.json`. Otherwise rename yours '
      + "and use the project's.",
  ],
  [
    /^config\/parameters\.json$/,
    "The pipeline reads its settings here: it must have the project's keys. Otherwise rename yours and use the "
      + "project's.",
  ],
  [
    /^infra\//,
    "The tasks `synth`, `diff` and `deploy` run this app: it must do what the three lines of the project's version "
      + 'do.',
  ],
  [
    /^model\/train\.py$/,
    'The training step runs it: hyperparameters arrive as `--name value`, data in SM_CHANNEL_TRAIN and '
      + 'SM_CHANNEL_VALIDATION, the model goes to SM_MODEL_DIR with the schema and '
      + 'the code that serves it.',
  ],
  [
    /^model\/preprocess\.py$/,
    'The processing step runs it: it reads `/opt/ml/processing/input/data` and writes train, validation, test, '
      + 'baseline, schema and lineage.',
  ],
  [
    /^model\/evaluate\.py$/,
    'The evaluation step runs it: it reads model and test, and writes `evaluation.json`, which the quality gate reads.',
  ],
  [/^model\/inference\.py$/, 'The endpoint and the evaluation call it: model_fn, input_fn, predict_fn, output_fn.'],
  [/^model\//, "The project's scripts import a module of this name: it must provide what the project's version "
    + 'does.'],
  [
    /^pipelines\/pipeline\.py$/,
    "`pipeline:compile` calls its `build`: it must return the pipeline, as the project's version does.",
  ],
  [/^pipelines\//, "The pipeline's tasks need a module of this name: it must provide what the project's version "
    + 'does.'],
  [
    /^tests\/conftest\.py$/,
    "The project's tests need its fixture `bench`: copy it over, or delete those tests (a deleted file stays deleted).",
  ],
  [/^tests\//, "It runs beside the project's tests."],
  [/^data\//, "It has the name of the project's sample but different content: the smoke test uses the sample's "
    + 'columns.'],
];

/** A linter or test runner whose settings may stand in `pyproject.toml`. */
interface Tool {
  /** Files whose settings win over those in `pyproject.toml`. */
  readonly elsewhere: readonly string[];
  /** What it needs to know of the project, in words, where the user's own settings say something else. */
  readonly needs: string;
}

export const TOOLS: { readonly [tool: string]: Tool } = {
  ruff: {
    elsewhere: ['ruff.toml', '.ruff.toml'],
    needs: 'exclude `pipelines/local` and `pipelines/monitor`',
  },
  mypy: {
    elsewhere: ['mypy.ini', '.mypy.ini'],
    needs: 'check `model`, `pipelines` and `tests` with mypy_path = "model" and explicit_package_bases',
  },
  pytest: {
    elsewhere: ['pytest.ini', '.pytest.ini'],
    needs: 'pythonpath = ["model", "."] and --import-mode=append, or the project\'s tests cannot find its modules',
  },
};

/** One line for each kind of file that was found in a repository and could be wired up. */
export function findings(files: readonly string[]): string[] {
  return FINDINGS.map(({ files: wanted, where }) => ({ where, found: files.filter(file => wanted.test(file)) }))
    .filter(({ found }) => found.length > 0)
    .map(({ where, found }) => where.replace('{files}', () => shown(found)));
}

function shown(files: readonly string[]): string {
  const first = files.slice(0, 3).map(file => `\`${file}\``).join(', ');
  return files.length > 3 ? `${first} and ${files.length - 3} more` : first;
}

/** Why it matters that a file was kept, and what to do about it. */
export function keptNote(file: string): string {
  return NOTES.find(([wanted]) => wanted.test(file))?.[1] ?? 'Compare it with the project\'s version.';
}
