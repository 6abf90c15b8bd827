import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Job, resultFile, type Stage, type Step } from './job';
import { Timings } from './timings';
import { environmentDirectory, ROOT } from '../python-tools';

/** A test in process takes this long when nothing is known of it, an end-to-end one that long. */
const [QUICK, SLOW] = [2, 40];

/** Into how many jobs the tests in process are divided. */
const CHUNKS = 6;

type Environment = 'tools' | 'sdk';

const local = (program: string): string => path.join(ROOT, 'node_modules', '.bin', program);
const bin = (environment: Environment, program: string): string =>
  path.join(environmentDirectory(environment), 'bin', program);
const TOOLS = ['environment/tools'];
const ASSEMBLIES = path.join(ROOT, 'build', 'assemblies');

/** Files that someone may edit are rewritten by the first job: nothing may read them in the meantime. */
const after = ['generated'];

/** Every job there is. */
export function allJobs(timings: Timings): Job[] {
  const jobs = [...environments(), ...build(), ...lint(), ...unit(timings), ...python(), ...cloud(), ...integ()];
  return jobs.map(j => ({ ...j, seconds: j.seconds || timings.of(j.name, j.stage === 'integ' ? SLOW : QUICK) }));
}

/** Folders whose modules import each other by their bare names, or as one package. */
const PYTHON_MODULES = [
  'runner/local_runner', 'monitor/model_monitor', 'tools/api', 'tools/deploy', 'tools/infrastructure', 'tools/monitor',
  'tools/operate', 'tools/preflight', 'tools/start', 'tools/tests', 'templates/python', 'templates/python/model',
  'testing/cloud', 'testing/journey/python', 'integ/infra/python', 'integ/python',
];

type Order = Pick<Job, 'needs' | 'after'>;

function job(stage: Stage | undefined, name: string, steps: readonly Step[], order: Order = {}): Job {
  return { name, stage, steps, seconds: 0, after, ...order };
}

function step(what: string, command: string, args: readonly string[], more: Pick<Step, 'cwd' | 'env'> = {}): Step {
  return { what, command, args, ...more };
}

function jest(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Step {
  const file = resultFile(name, 'json');
  const all = [...args, '--ci', '--runInBand', '--json', `--outputFile=${file}`];
  return { ...step(name, local('jest'), all, { env }), report: { of: 'jest', file } };
}

function pytest(name: string, environment: Environment, args: readonly string[],
  cwd: string, env: NodeJS.ProcessEnv = {}): Step {
  const file = resultFile(name, 'xml');
  const all = ['-m', 'pytest', '-q', `--junitxml=${file}`, '-p', 'no:cacheprovider', ...args];
  return { ...step(name, bin(environment, 'python'), all, { cwd, env }), report: { of: 'pytest', file } };
}

function environments(): Job[] {
  const make = (name: string) => step(`the environment ${name}`, local('tsx'), ['scripts/python-tools.ts', name]);
  return [
    job(undefined, 'uv', [make('uv')], { after: [] }),
    ...(['tools', 'sdk'] as const).map(name =>
      job(undefined, `environment/${name}`, [make(name)], { needs: ['uv'], after: [] })),
  ];
}

function build(): Job[] {
  const projen = (what: string, task: string) => step(what, local('projen'), [task]);
  const { files } = generated('files.json') as { files: string[] };
  const unchanged = (what: string, args: readonly string[]) =>
    step(`${what} as committed`, 'git', ['diff', '--exit-code', '--stat', ...args]);
  const api = path.join('build', 'api-reference');
  const pages = ['API.md', path.join('docs', 'api')];
  return [
    job('build', 'generated', [
      step('.projenrc.ts', local('tsx'), ['.projenrc.ts'], { env: { PROJEN_DISABLE_POST: 'true' } }),
      unchanged('the generated files are', ['--', ...files]),
    ], { after: [] }),
    job('build', 'compile', [
      projen('compile', 'compile'),
      unchanged('what is made from roles and options is', [
        '--', 'docs/roles.md', 'docs/options.md', 'src/options/schemas/declared.json',
      ]),
    ]),
    // Not in place, which would fix what must be found here.
    job('build', 'docgen', [
      step('the documentation of the API', local('tsx'), ['scripts/api-reference.ts', api]),
      ...pages.map(page => unchanged(`${page} is`, ['--no-index', page, path.join(api, page)])),
    ], { needs: ['compile'] }),
    job('build', 'api', [
      // Passes for what is not published yet.
      step('nothing is broken that the published version has', local('jsii-diff'), [
        '--error-on', 'all', '--keys', '--ignore-file', '.jsii-diff.ignore', 'npm:sagemaker-cicd-projen', '.',
      ]),
    ], { needs: ['compile'] }),
    job('build', 'package/npm', [projen('package for npm', 'package:js')], { needs: ['compile'] }),
    job('build', 'package/python', [projen('package for Python', 'package:python')], { needs: ['compile'] }),
  ];
}

/** What projen knows of this project. */
function generated(file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(ROOT, '.projen', file), 'utf8'));
}

/** What eslint looks at is said by its task. */
function eslintArguments(): string[] {
  const { tasks } = generated('tasks.json') as { tasks: { eslint: { steps: [{ execArgs: string[] }] } } };
  return tasks.eslint.steps[0].execArgs.slice(1).filter(arg => !['--fix', '$@', 'build-tools'].includes(arg));
}

function lint(): Job[] {
  const inFolder = (folder: string) => ({ cwd: path.join(ROOT, folder) });
  const mypy = ([folder, ...args]: string[]): Job => job('lint', `mypy/${folder}`, [
    step(`mypy in ${folder}`, bin('tools', 'mypy'), args, {
      ...inFolder(folder), env: { MYPY_CACHE_DIR: path.join(ROOT, 'build', 'mypy', folder) },
    }),
  ], { needs: TOOLS });
  return [
    job('lint', 'eslint', [
      step('eslint', local('eslint'), [...eslintArguments(), '--max-warnings', '0'], {
        env: { ESLINT_USE_FLAT_CONFIG: 'false' },
      }),
    ]),
    job('lint', 'types', [
      step('types of tests, scripts and templates', local('tsc'), ['--noEmit', '--project', 'tsconfig.dev.json']),
    ]),
    job('lint', 'layers', [
      step('layers and cycles of TypeScript', local('depcruise'), [
        '--config', '.dependency-cruiser.json', ...eslintArguments().filter(arg => /^[a-z]+$/.test(arg)),
      ]),
      step('cycles of Python', bin('tools', 'python'), ['scripts/python_cycles.py', ...PYTHON_MODULES]),
    ], { needs: TOOLS }),
    job('lint', 'ruff', [
      'runner', 'monitor', 'templates/python', 'tools', 'testing', 'templates/infra-py', 'integ', 'bench',
      'test/model',
    ].map(folder =>
      step(`ruff in ${folder}`, bin('tools', 'ruff'), ['check', '--no-cache', '.'], inFolder(folder)),
    ).concat(
      step('format of the tools', bin('tools', 'ruff'), ['format', '--check', '--no-cache', '.'], inFolder('tools')),
    ), { needs: TOOLS }),
    ...[
      ['runner'],
      ['monitor'],
      ['templates/python', '--config-file', '../python-tools.toml'],
      ['tools', 'api', 'deploy', 'govern', 'infrastructure', 'monitor', 'operate', 'preflight', 'retrain', 'start'],
      ['templates/infra-py', '--strict', '--ignore-missing-imports', 'app.py'],
    ].map(mypy),
  ];
}

/** The tests in process in several jobs that take as long as each other. */
function unit(timings: Timings): Job[] {
  const chunks = Array.from({ length: CHUNKS }, () => ({ files: [] as string[], seconds: 0 }));
  const files = filesBelow('test', '.test.ts').map(file => ({ file, seconds: timings.of(file, QUICK) }));
  for (const { file, seconds } of files.sort((a, b) => b.seconds - a.seconds)) {
    const shortest = chunks.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    shortest.files.push(file);
    shortest.seconds += seconds;
  }
  return chunks.map((chunk, index) => {
    const name = `unit-${index + 1}`;
    const tests = jest(name, ['--config', 'jest.config.json', '--runTestsByPath', ...chunk.files]);
    return { ...job('unit', name, [tests]), seconds: chunk.seconds };
  });
}

function python(): Job[] {
  const templates = ['-c', '../python-tools.toml', '--rootdir', '.', 'tests'];
  return [
    {
      ...job('python', 'runner', [pytest('runner', 'tools', [], path.join(ROOT, 'runner'))], { needs: TOOLS }),
      shortened: true,
    },
    {
      ...job('python', 'monitor', [pytest('monitor', 'tools', [], path.join(ROOT, 'monitor'))], { needs: TOOLS }),
      shortened: true,
    },
    job('python', 'templates', [pytest('templates', 'tools', templates, path.join(ROOT, 'templates', 'python'), {
      PYTHONPATH: ['.', 'model', path.join(ROOT, 'monitor')].join(path.delimiter), SEEDS: '8',
    })], { needs: TOOLS }),
    job('python', 'model', [pytest('model', 'tools', ['test/model'], ROOT)], { needs: TOOLS }),
    job('sdk', 'sdk', [pytest('sdk', 'sdk', ['integ/python'], ROOT, endToEnd())], {
      needs: [...TOOLS, 'environment/sdk'],
    }),
  ];
}

/** The synthesized rules and gates, and the tools that run in a delivery, against moto. */
function cloud(): Job[] {
  const env = { CLOUD_ASSEMBLY: path.join(ASSEMBLIES, 'default') };
  return [
    job(undefined, 'assemblies', [
      step('assemblies', local('tsx'), ['--tsconfig', 'tsconfig.dev.json', 'scripts/test/assemblies.ts', ASSEMBLIES]),
    ]),
    // The simulator of GitHub, and attacks on the synthesized roles that trust it.
    job('cloud', 'cloud/github', [pytest('cloud/github', 'tools', ['testing/journey/python/tests'], ROOT, {
      GITHUB_ROLES: path.join(ASSEMBLIES, 'github-roles.json'),
    })], { needs: [...TOOLS, 'assemblies'] }),
    ...Object.entries({ 'cloud/gates': 'integ/infra/python', 'cloud/tools': 'tools/tests' }).map(([name, folder]) => ({
      ...job('cloud', name, [pytest(name, 'tools', ['--strict-markers', folder], ROOT, env)], {
        needs: [...TOOLS, 'assemblies'],
      }),
      shortened: name === 'cloud/tools',
    })),
  ];
}

/** The packed packages, real registries, the real SDK, a real browser: each file by itself. */
function integ(): Job[] {
  const packages = ['package/npm', 'package/python'];
  const needs = [...packages, ...TOOLS, 'environment/sdk'];
  const fixtures = ['typescript', 'python'].map(flavour => job(undefined, `fixture/${flavour}`, [
    step(`the repository in ${flavour}`, local('tsx'), [
      '--tsconfig', 'tsconfig.dev.json', 'scripts/test/fixture.ts', flavour,
    ]),
  ], { needs: packages }));
  const suites = filesBelow('integ', '.integ.ts').map(file => {
    const name = path.relative('integ', file).replace(/\.integ\.ts$/, '').split(path.sep).join('/');
    const tests = jest(name, ['--config', 'integ/jest.config.json', '--runTestsByPath', file], endToEnd());
    const copies = fs.readFileSync(path.join(ROOT, file), 'utf8').includes('copyOfRepository')
      ? fixtures.map(fixture => fixture.name) : [];
    return job('integ', name, [tests], { needs: [...needs, ...copies] });
  });
  return [...fixtures, ...suites];
}

function endToEnd(): NodeJS.ProcessEnv {
  return {
    TOOLS_VENV: environmentDirectory('tools'), SDK_VENV: environmentDirectory('sdk'),
    TRAINING_PYTHON: bin('tools', 'python'),
    // Beside another job, journeys are played one at a time.
    TEST_JOBS: '1',
  };
}

/** Paths from the root. */
export function filesBelow(folder: string, end: string): string[] {
  const found = fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return found.filter(file => file.endsWith(end)).map(file => path.join(folder, file)).sort();
}
