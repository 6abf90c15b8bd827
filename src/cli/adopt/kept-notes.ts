/** What it means that a file was kept, for those that need nothing but words. */
const NOTES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^README\.md$/, 'Nothing depends on it. The project\'s explains the commands, the pipeline and the delivery; take from it what you like.'],
  [/^tsconfig\.json$/, 'The tasks `lint` and `test` run `tsc --noEmit` by it: include `.projenrc.ts` and `infra/**/*.ts`, with module and moduleResolution `node16` and `noEmit`.'],
  [/^buildspec\.yml$/, 'The delivery\'s build runs this file: it has to do what the project\'s does (tests, compile, upload, upsert, start), or rename yours and take the project\'s.'],
  [/^config\/delivery/, 'The CDK app reads `config/delivery.json`: it has to be as `config/delivery.schema.json` says, or rename yours and take the project\'s.'],
  [/^config\/parameters\.json$/, 'The pipeline reads its settings here: it has to have what the project\'s has, or rename yours and take the project\'s.'],
  [/^infra\//, 'The tasks `synth`, `diff` and `deploy` run this app: it has to do what the project\'s does, which is three lines.'],
  [/^model\/train\.py$/, 'The training step runs it: hyperparameters arrive as `--name value`, data in SM_CHANNEL_TRAIN and SM_CHANNEL_VALIDATION, the model goes to SM_MODEL_DIR with the schema and '
    + 'the code that serves it.'],
  [/^model\/preprocess\.py$/, 'The processing step runs it: it reads `/opt/ml/processing/input/data` and writes train, validation, test, baseline, schema and lineage.'],
  [/^model\/evaluate\.py$/, 'The evaluation step runs it: it reads model and test, and writes `evaluation.json`, which the quality gate reads.'],
  [/^model\/inference\.py$/, 'The endpoint and the evaluation call it: model_fn, input_fn, predict_fn, output_fn.'],
  [/^model\//, 'The project\'s scripts import a module of this name: it has to offer what the project\'s does.'],
  [/^pipelines\/pipeline\.py$/, '`pipeline:compile` calls its `build`: it has to return the pipeline, as the project\'s does.'],
  [/^pipelines\//, 'The pipeline\'s tasks need a module of this name: it has to offer what the project\'s does.'],
  [/^tests\/conftest\.py$/, 'The project\'s tests need its fixture `bench`: copy it over, or delete those tests (a deleted file stays deleted).'],
  [/^tests\//, 'It runs beside the project\'s tests.'],
  [/^data\//, 'It is not the project\'s sample, though it has its name: the endpoint is asked the sample\'s first row.'],
];

/** Why it matters that a file was kept, and what to do about it. */
export function keptNote(file: string): string {
  return NOTES.find(([wanted]) => wanted.test(file))?.[1] ?? 'Compare it with the project\'s version.';
}
