import * as fs from 'node:fs';
import * as path from 'node:path';
import { runtimeNames } from './assembly';
import { userEnvironment } from '../../testing/harness/environment';
import { packedTarball } from '../../testing/harness/packages';
import { ROOT, run } from '../../testing/harness/process';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';

const RC = `import { SageMakerCicdProject } from 'sagemaker-cicd-projen';
new SageMakerCicdProject({ name: 'churn' }).synth();
`;
/** Writes the names of all loaded modules when the process ends. */
const REPORT = 'process.on("exit", () => require("fs").writeFileSync(process.env.LOADED, '
  + 'JSON.stringify(Object.keys(require.cache))));';

let home: string;
const env = userEnvironment({ PROJEN_DISABLE_POST: 'true' });

beforeAll(async () => {
  home = temporaryDirectory('churn');
  const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    peerDependencies: { [name: string]: string };
  };
  const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
  fs.writeFileSync(path.join(home, 'package.json'), '{ "private": true }');
  fs.writeFileSync(path.join(home, 'report.cjs'), REPORT);
  fs.writeFileSync(path.join(home, '.projenrc.ts'), RC);
  await run('npm', ['install', '--no-audit', '--no-fund', packedTarball(), ...peers, 'tsx'], { cwd: home, env });
});

afterAll(removeTemporary);

/** Runs a program and returns the packages it loaded, ours by layer. */
async function loadedBy(...program: string[]): Promise<Set<string>> {
  const loaded = path.join(home, 'loaded.json');
  fs.rmSync(loaded, { force: true });
  await run(process.execPath, ['--require', './report.cjs', ...program], {
    cwd: home, env: { ...env, LOADED: loaded },
  });
  const modules = JSON.parse(fs.readFileSync(loaded, 'utf8')) as string[];
  return new Set(modules.map(file =>
    /node_modules\/(sagemaker-cicd-projen\/lib\/\w+|(?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file));
}

test('running a .projenrc.ts does not load the CDK nor the infra layer', async () => {
  const loaded = await loadedBy('--import', 'tsx', '.projenrc.ts');
  expect(loaded).toContain('projen');
  expect(loaded).toContain('sagemaker-cicd-projen/lib/project');
  expect(loaded).not.toContain('aws-cdk-lib');
  expect(loaded).not.toContain('sagemaker-cicd-projen/lib/infra');
});

test('running the CDK app does not load projen nor the project layer', async () => {
  const loaded = await loadedBy('--import', 'tsx', 'infra/app.ts');
  expect(loaded).toContain('aws-cdk-lib');
  expect(loaded).toContain('sagemaker-cicd-projen/lib/infra');
  expect(loaded).not.toContain('projen');
  expect(loaded).not.toContain('sagemaker-cicd-projen/lib/project');
});

test('the spread that projen new makes sees every export but infra, and does not load the CDK', async () => {
  const program = 'const spread = { ...require("sagemaker-cicd-projen") }; require("fs").writeFileSync("names.json", '
    + 'JSON.stringify(Object.keys(spread)))';
  const loaded = await loadedBy('--eval', program);
  const names = JSON.parse(fs.readFileSync(path.join(home, 'names.json'), 'utf8')) as string[];
  expect(names.filter(name => name !== '__esModule')).toEqual(expect.arrayContaining(published()));
  expect(names).not.toContain('infra');
  expect(loaded).not.toContain('aws-cdk-lib');
});

test('the jsii assembly lists the project type alone as a project, and every name of it can be loaded', async () => {
  const program = 'const all = require("sagemaker-cicd-projen"); require("fs").writeFileSync("names.json", '
    + 'JSON.stringify([Object.keys(all), Object.keys(all.infra)]))';
  await loadedBy('--eval', program);
  const [top, infra] = JSON.parse(fs.readFileSync(path.join(home, 'names.json'), 'utf8')) as [string[], string[]];
  expect(published()).toContain('SageMakerCicdProject');
  expect(top).toEqual(expect.arrayContaining(published()));
  expect(published('infra')).toContain('SageMakerCicd');
  expect(infra).toEqual(expect.arrayContaining(published('infra')));
});

function published(namespace?: string): string[] {
  return runtimeNames(path.join(home, 'node_modules', 'sagemaker-cicd-projen', '.jsii'), namespace);
}
