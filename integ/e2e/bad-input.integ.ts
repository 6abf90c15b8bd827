import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, type RunResult } from '../../testing/harness/process';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import { projenNew } from '../../testing/harness/repository';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';
import { selection } from '../../testing/selection';

/** What npm and projen themselves put into the directory before the project type is asked. */
const NOT_OURS = ['node_modules', 'package.json', 'package-lock.json'];

let registries: Registries;
/** One directory for all: after the first case npm finds the packages there, as when a person tries again. */
let directory: string;

beforeAll(async () => {
  registries = await startRegistries();
  directory = temporaryDirectory('churn');
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

/** Runs `projen new`, by npx the first time, and from then on the projen that it has left there. */
async function refused(cwd: string, flags: readonly string[]): Promise<RunResult> {
  const projen = path.join(cwd, 'node_modules', '.bin', 'projen');
  const env = { ...registries.env, npm_config_prefer_offline: 'true' };
  const result = fs.existsSync(projen)
    ? await run(projen, ['new', '--from', 'sagemaker-cicd-projen', ...flags], { cwd, env, mayFail: true })
    : await projenNew(cwd, registries.env, flags, { mayFail: true });
  expect(result.status).not.toBe(0);
  expect(result.output.match(/OptionError: /g)).toHaveLength(1);
  expect(result.output).not.toMatch(/^\s+at .*\(/m);
  return result;
}

type Refusal = readonly [what: string, flags: readonly string[], words: readonly string[]];

const REFUSALS: readonly Refusal[] = [
  [
    'a name that is no package name',
    ['--name', 'Bad_Name'],
    ['option name: "Bad_Name" is not valid', 'lower-case letters'],
  ],
  [
    'a model name that is none',
    ['--model-name', 'bad_name!'],
    ['option modelName: "bad_name!" is not valid', 'letters, digits and single hyphens'],
  ],
  ['an unknown framework', ['--framework', 'xgbost'], ['option framework: "xgbost"', 'Did you mean "xgboost"?']],
  ['an unknown problem type', ['--problem-type', 'binry'], ['option problemType: "binry"', 'Did you mean "binary"?']],
  [
    'a threshold that is not a number',
    ['--quality-gate.threshold', 'high'],
    ['option qualityGate.threshold: "high"', 'a number'],
  ],
  [
    'a metric of another problem type',
    ['--quality-gate.metric', 'rmse'],
    ['option qualityGate.metric: "rmse"', 'for the problem type binary: accuracy'],
  ],
  ['a negative count', ['--training.instance-count', '-1'], ['option training.instanceCount', 'at least 1']],
  [
    'an instance type that is none',
    ['--training.instanceType', 'large'],
    ['option training.instanceType: "large"', 'ml.m5.large'],
  ],
  ['a struct given as text', ['--training', 'fast'], ['option training: "fast"', 'as an object in the rc file']],
  ['a flag that is none of ours', ['--framwork', 'sklearn'], ['option --framwork', 'Did you mean --framework?']],
  [
    'a model name that begins with a digit',
    ['--model-name', '1st'],
    ['option modelName: "1st"', 'starting with a letter'],
  ],
  ['a threshold in percent', ['--quality-gate.threshold', '85'], ['option qualityGate.threshold', '85']],
  [
    'an unknown name in a struct',
    ['--training.instance-typ', 'ml.m5.large'],
    ['option training.', 'Did you mean instanceType?'],
  ],
  [
    'a list of structs given as text',
    ['--deployment-groups', 'main'],
    ['option deploymentGroups: ', 'as a list of objects in the rc file'],
  ],
  [
    'a field of a struct in the spelling of a flag',
    ['--training.instance-type', 'ml.m5.large'],
    ['option training.instance-type', 'Did you mean instanceType?'],
  ],
  [
    'mistakes in several structs, a flag that is none of ours and a name at once',
    [
      '--name', 'Bad_Name', '--training.instanceCount', '-1', '--quality-gate.metric', 'acuracy',
      '--endpoint.instanceType', 'large', '--regoin', 'eu-west-1',
    ],
    [
      '5 options are invalid', 'option name: ', 'option training.instanceCount: ', 'Did you mean accuracy?',
      'option endpoint.instanceType: ', 'option --regoin: ',
    ],
  ],
  [
    'two mistakes at once',
    ['--framework', 'x', '--problem-type', 'y'],
    ['2 options are invalid', 'framework', 'problemType'],
  ],
];
const REFUSALS_IN_A_SHORT_RUN = 7;

const picked = selection('refusals', REFUSALS, REFUSALS_IN_A_SHORT_RUN);

test.each(picked)('%s is refused with one clear error and nothing is written', async (_, flags, words) => {
  const { output } = await refused(directory, flags);
  for (const word of words) { expect(output).toContain(word); }
  expect(fs.readdirSync(directory).filter(name => !NOT_OURS.includes(name))).toEqual([]);
});

test('a directory that is not empty is refused, its files stay and the message says what to do instead', async () => {
  const full = temporaryDirectory('full');
  fs.cpSync(path.join(directory, 'node_modules'), path.join(full, 'node_modules'), { recursive: true });
  fs.writeFileSync(path.join(full, 'notes.txt'), 'mine');
  fs.mkdirSync(path.join(full, 'model'));
  const { output } = await refused(full, []);
  expect(output).toContain('a directory that contains model, notes.txt');
  expect(output).toContain('npx sagemaker-cicd-projen adopt');
  expect(output).toContain('in an empty directory');
  expect(fs.readdirSync(full).filter(name => !NOT_OURS.includes(name)).sort()).toEqual(['model', 'notes.txt']);
  expect(fs.readFileSync(path.join(full, 'notes.txt'), 'utf8')).toBe('mine');
  expect(fs.readdirSync(path.join(full, 'model'))).toEqual([]);
});
