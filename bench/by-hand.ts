import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from '../testing/harness/process';
import type { Repository } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';
import { newestRun, runDirectories } from '../testing/repository/local-run';

interface Arguments {
  readonly AppSpecification?: { readonly ContainerArguments: string[] };
  readonly HyperParameters?: { readonly [name: string]: string };
}

/** Loads the model and asks it the sample request, as the endpoint's container does. */
const ASK = `
import sys, inference
model = inference.model_fn(sys.argv[1])
data = inference.input_fn(open(sys.argv[2]).read(), "text/csv")
print(inference.output_fn(inference.predict_fn(data, model), "text/csv"))
`;

/**
 * What a person without the runner types: the four scripts one after the other, with the arguments that the last run
 * gave them.
 */
export function scriptsByHand(repository: Repository): () => Promise<void> {
  const python = repository.path('.venv', 'bin', 'python');
  const steps = repository.path(runDirectories(repository).at(-1) ?? '', 'steps');
  const given = (step: string): Arguments =>
    JSON.parse(fs.readFileSync(path.join(steps, step, 'arguments.json'), 'utf8')) as Arguments;
  const preprocess = given('Preprocess').AppSpecification?.ContainerArguments ?? [];
  const evaluate = given('Evaluate').AppSpecification?.ContainerArguments ?? [];
  const train = Object.entries(given('Train').HyperParameters
    ?? {}).filter(([name]) => !name.startsWith('sagemaker_')).flatMap(([name, value]) => [`--${name}`, value]);
  const sample = newestRun(repository).sampleAnswer?.request ?? '';
  return async () => {
    const ml = temporaryDirectory('ml');
    const processing = path.join(ml, 'processing');
    const model = path.join(ml, 'model');
    fs.cpSync(repository.path('data', 'sample'), path.join(processing, 'input', 'data'), { recursive: true });
    fs.mkdirSync(path.join(processing, 'model'), { recursive: true });
    const env = {
      ...repository.env,
      SM_PROCESSING_DIR: processing, SM_MODEL_DIR: model, SM_OUTPUT_DATA_DIR: path.join(ml, 'output', 'data'),
      SM_CHANNEL_TRAIN: path.join(processing, 'train'), SM_CHANNEL_VALIDATION: path.join(processing, 'validation'),
      SM_CHANNEL_SCHEMA: path.join(processing, 'schema'),
    };
    const script = async (name: string, args: string[]): Promise<unknown> =>
      run(python, [repository.path('model', name), ...args], { cwd: repository.directory, env });
    await script('preprocess.py', preprocess);
    await script('train.py', train);
    execFileSync('tar', ['-czf', path.join(processing, 'model', 'model.tar.gz'), '-C', model, '.']);
    await script('evaluate.py', evaluate);
    fs.writeFileSync(path.join(ml, 'sample.csv'), sample);
    await run(python, ['-c', ASK, model, path.join(ml, 'sample.csv')], { cwd: path.join(model, 'code'), env });
    fs.rmSync(ml, { recursive: true });
  };
}
