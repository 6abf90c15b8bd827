/** What a file that was found is good for, in words. */
interface Finding {
  readonly files: RegExp;
  /** Where it would go; {files} stands for the paths that were found. */
  readonly where: string;
}

const FINDINGS: readonly Finding[] = [
  {
    files: /(^|\/)train(ing)?\.py$/,
    where: '{files}: training belongs into `model/train.py`. It gets hyperparameters as `--name value` and numbers without header, target first, in `/opt/ml/input/data/train` '
      + 'and `/opt/ml/input/data/validation`; it leaves the model in `/opt/ml/model` (the paths are in SM_CHANNEL_TRAIN, SM_CHANNEL_VALIDATION and SM_MODEL_DIR).',
  },
  {
    files: /(^|\/)(pre_?process(ing)?|prepare(_data)?|features?)\.py$/,
    where: '{files}: preparing data belongs into `model/preprocess.py`, which reads `/opt/ml/processing/input/data` and writes train, validation, test, baseline and schema.',
  },
  {
    files: /(^|\/)(evaluat(e|ion)|score)\.py$/,
    where: '{files}: measuring belongs into `model/evaluate.py`, whose `evaluation.json` the quality gate and the model registry read.',
  },
  {
    files: /(^|\/)(inference|predict(or)?|serve|serving)\.py$/,
    where: '{files}: answering requests belongs into `model/inference.py`: model_fn, input_fn, predict_fn and output_fn.',
  },
  {
    files: /(^|\/)(sagemaker_)?pipelines?\.py$/,
    where: '{files}: steps of a SageMaker pipeline of your own belong into `build` of `pipelines/pipeline.py`, their settings into `config/parameters.json`.',
  },
  {
    files: /(^|\/)(requirements[\w-]*\.(txt|in)|environment\.ya?ml|Pipfile|poetry\.lock|conda-lock\.yml)$/,
    where: '{files}: what the model needs belongs into `pyproject.toml` (`uv add --requirements <file>`); keep it to what the framework\'s container holds, too.',
  },
  { files: /\.ipynb$/, where: '{files}: notebooks stay where they are; `uv run --with jupyter jupyter lab` opens them in the environment of the model.' },
  {
    files: /(^|\/)(pytest\.ini|tox\.ini|setup\.cfg|mypy\.ini|\.mypy\.ini|ruff\.toml|\.ruff\.toml|\.flake8)$/,
    where: '{files}: settings in files of their own win over those in `pyproject.toml`; the tests need `pythonpath = model .`, mypy needs `mypy_path = model`.',
  },
  { files: /(^|\/)\.python-version$/, where: '{files}: uv takes this version of Python; the code needs 3.11 or later.' },
  { files: /(^|\/)(bin|infra|cdk|lib)\/[^/]*(app|stack)s?\.(ts|py)$/, where: '{files}: your CDK app stays as it is; its stacks can be added to the delivery\'s app in `infra/`, or be deployed as before.' },
  {
    files: /(^|\/)(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines\.yml|bitbucket-pipelines\.yml)$/,
    where: '{files}: these keep running; let them run `npx projen test` too. The delivery brings its own build (`buildspec.yml`), started by a commit.',
  },
  { files: /(^|\/)Dockerfile[^/]*$/, where: '{files}: the project runs in the framework\'s own container and builds no image.' },
  {
    files: /\.(csv|parquet|tsv|jsonl)$/,
    where: '{files}: data of yours as CSV with a header row: name the file and its target in `training: { inputDataUrl, targetColumn }` of the rc file. Until then the sample data is used.',
  },
];

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
