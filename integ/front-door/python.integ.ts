import * as fs from 'node:fs';
import * as path from 'node:path';
import { runtimeNames } from './assembly';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { userEnvironment, withUv } from '../../testing/harness/environment';
import { packedPackages } from '../../testing/harness/packages';
import { ROOT, run, type RunResult } from '../../testing/harness/process';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';

const SCRIPT = `
import importlib.metadata, json, sys
import sagemaker_cicd_projen as package
from sagemaker_cicd_projen import infra
json.dump({
    "version": importlib.metadata.version("sagemaker-cicd-projen"),
    "top": dir(package),
    "infra": dir(infra),
}, open(sys.argv[1], "w"))
`;

let home: string;
let seen: { version: string; top: string[]; infra: string[] };

beforeAll(async () => {
  home = temporaryDirectory('python');
  const env = withUv(userEnvironment());
  await run('uv', ['venv', '--quiet', 'venv'], { cwd: home, env });
  await run('uv', [
    'pip', 'install', '--quiet', '--python', 'venv/bin/python', packedPackages().wheel, 'projen', 'aws-cdk-lib',
    'constructs',
  ], { cwd: home, env, seconds: 600 });
  await run('venv/bin/python', ['-c', SCRIPT, 'seen.json'], { cwd: home, env });
  seen = JSON.parse(fs.readFileSync(path.join(home, 'seen.json'), 'utf8')) as typeof seen;
});

afterAll(removeTemporary);

test('the wheel has the version of the npm package', () => {
  expect(seen.version).toBe(packedPackages().version);
});

test('the wheel exposes the project type, every component and every construct', () => {
  for (const name of [
    'SageMakerCicdProject', 'ModelCode', 'PipelineCode', 'Buildspec', 'InfraApp', 'DeliveryConfig', 'SyncedFile',
    'PythonEnvironment', 'ScorePipeline',
  ]) {
    expect(seen.top).toContain(name);
  }
  for (const name of [
    'SageMakerCicd', 'ModelBuildEnvironment', 'ModelBuildPipeline', 'ModelDeployPipeline', 'ModelEndpoint',
    'ApprovalGate', 'BatchScoring', 'ModelApi',
  ]) {
    expect(seen.infra).toContain(name);
  }
  const assembly = path.join(ROOT, '.jsii');
  expect(seen.top).toEqual(expect.arrayContaining(runtimeNames(assembly)));
  expect(seen.infra).toEqual(expect.arrayContaining(runtimeNames(assembly, 'infra')));
});

/** Makes a project in Python with these arguments, and expects Python to end with an error. */
async function refused(...argumentsOfProject: readonly string[]): Promise<RunResult> {
  const script = 'from sagemaker_cicd_projen import *\nSageMakerCicdProject(name="churn", outdir="refused", '
    + `${argumentsOfProject.join(', ')})\n`;
  const result = await run('venv/bin/python', ['-c', script], {
    cwd: home, env: withUv(userEnvironment()), mayFail: true,
  });
  expect(result.status).not.toBe(0);
  expect(fs.existsSync(path.join(home, 'refused'))).toBe(false);
  return result;
}

test('a wrong option is the last line of the traceback, and no frame of the package\'s own JavaScript is '
  + 'shown', async () => {
  const { stderr } = await refused('framework="xgbost"');
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'RuntimeError: option framework: "xgbost" is not valid; allowed: "xgboost", "sklearn". Did you mean "xgboost"?',
  );
  expect(stderr).not.toMatch(/^\s+at .*check/m);
});

test('several wrong options of different structs are the last lines, each one line', async () => {
  const { stderr } = await refused(
    'framework="xgbost"', 'training=TrainingOptions(instance_count=0)', 'quality_gate={"threshold": 85}',
    'deployment_groups=[DeploymentGroupOptions(name="a")] * 2',
  );
  expect(stderr.trimEnd().split('\n').slice(-5)).toEqual([
    'RuntimeError: 4 options are invalid:',
    expect.stringMatching(/^ {2}- option framework: /),
    expect.stringMatching(/^ {2}- option training\.instanceCount: 0 is not valid; /),
    expect.stringMatching(/^ {2}- option qualityGate\.threshold: 85 is not valid; /),
    expect.stringMatching(/^ {2}- option deploymentGroups\[1\]\.name: "a" is not valid; /),
  ]);
});

test.each([
  [
    'an unknown keyword argument', 'framewrk="xgboost"',
    /SageMakerCicdProject\.__init__\(\) got an unexpected keyword argument 'framewrk'$/,
  ],
  [
    'an unknown name in a dict for a struct', 'training={"instance_typ": "ml.m5.large"}',
    /TrainingOptions\.__init__\(\) got an unexpected keyword argument 'instance_typ'$/,
  ],
  [
    'a name in the spelling of TypeScript', 'training={"instanceType": "ml.m5.large"}',
    /TrainingOptions\.__init__\(\) got an unexpected keyword argument 'instanceType'$/,
  ],
  [
    'a text in place of a number', 'training={"instance_count": "two"}',
    /type of argument instance_count must be .*; got str instead$/,
  ],
])('%s is Python\'s own TypeError', async (_, argument, message) => {
  const { stderr } = await refused(argument);
  const last = stderr.trimEnd().split('\n').at(-1);
  expect(last).toMatch(/^TypeError: /);
  expect(last).toMatch(message);
});

test('jsii drops what it does not know of a plain dict in a list, which is why the documentation uses the classes '
  + 'there', async () => {
  const { stderr } = await refused('framework="xgbost"', 'deployment_groups=[{"name": "a", "source_branch": "b"}]');
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^RuntimeError: option framework: /);
  const checked = await refused('deployment_groups=[DeploymentGroupOptions(name="a", source_branch="a b")]');
  expect(checked.stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^RuntimeError: option deploymentGroups\[0\]\.sourceBranch: "a b" is not valid/,
  );
});

/** An app of each language over the same `config/delivery.json`. */
const APPS = {
  python: `
import sys
import aws_cdk as cdk
from sagemaker_cicd_projen import infra

app = cdk.App(outdir=sys.argv[1])
infra.SageMakerCicd.from_config(app, "Delivery", "config/delivery.json")
app.synth()
`,
  javascript: `
const { App } = require('aws-cdk-lib/core');
const { infra } = require(process.argv[3]);
const app = new App({ outdir: process.argv[2] });
infra.SageMakerCicd.fromConfig(app, 'Delivery', 'config/delivery.json');
app.synth();
`,
};

/** An API in front of an endpoint of one's own, in an app of each language. */
const API_APPS = {
  python: `
import sys
import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from sagemaker_cicd_projen import ApiOptions, ApiShiftOptions, ApiShiftStrategy, infra

app = cdk.App(outdir=sys.argv[1])
stack = cdk.Stack(app, "Mine")
infra.ModelApi(
    stack, "Api", api_name="mine", endpoint_name="mine-endpoint",
    model_package_arn="arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1",
    key=kms.Key(stack, "Key", enable_key_rotation=True),
    api=ApiOptions(shift=ApiShiftOptions(strategy=ApiShiftStrategy.CANARY, percent=10, minutes=5)),
)
app.synth()
`,
  javascript: `
const { App, Stack } = require('aws-cdk-lib/core');
const kms = require('aws-cdk-lib/aws-kms');
const { ApiShiftStrategy, infra } = require(process.argv[3]);
const app = new App({ outdir: process.argv[2] });
const stack = new Stack(app, 'Mine');
new infra.ModelApi(stack, 'Api', {
  apiName: 'mine', endpointName: 'mine-endpoint',
  modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
  key: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
  api: { shift: { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 5 } },
});
app.synth();
`,
};

/** Synthesizes an app of each language in a folder of its own, and expects the same templates; gives how many. */
async function sameTemplates(
  folder: string, apps: { readonly python: string; readonly javascript: string },
): Promise<number> {
  fs.writeFileSync(path.join(folder, 'app.py'), apps.python);
  fs.writeFileSync(path.join(folder, 'app.js'), apps.javascript);
  const env = withUv(userEnvironment());
  // Node.js finds the CDK where this package stands.
  await run('node', ['app.js', 'out-js', ROOT], {
    cwd: folder, env: { ...env, NODE_PATH: path.join(ROOT, 'node_modules') },
  });
  await run(path.join(home, 'venv', 'bin', 'python'), ['app.py', 'out-py'], { cwd: folder, env });
  const templates = (out: string): string[] => fs.readdirSync(path.join(folder, out), {
    recursive: true, encoding: 'utf8',
  }).filter(f => f.endsWith('.template.json')).sort();
  const files = templates('out-js');
  expect(templates('out-py')).toEqual(files);
  for (const file of files) {
    const [javascript, python] = ['out-js', 'out-py'].map(out =>
      JSON.parse(fs.readFileSync(path.join(folder, out, file), 'utf8')) as object);
    expect([file, python]).toEqual([file, javascript]);
  }
  return files.length;
}

test.each(['sevenAccounts', 'twoRegions'])('a CDK app in Python and one in JavaScript make the same templates of "%s", '
  + 'resource by resource', async name => {
  const root = path.join(home, name);
  fs.mkdirSync(path.join(root, 'config'), { recursive: true });
  fs.writeFileSync(path.join(root, 'config', 'delivery.json'), JSON.stringify(DELIVERIES[name]));
  expect(await sameTemplates(root, APPS)).toBeGreaterThan(10);
});

test('an API in front of an endpoint of one\'s own is the same in Python and in JavaScript', async () => {
  const root = path.join(home, 'api');
  fs.mkdirSync(root);
  expect(await sameTemplates(root, API_APPS)).toBe(1);
});
