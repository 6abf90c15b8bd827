import * as fs from 'node:fs';
import * as path from 'node:path';
import { runtimeNames } from './assembly';
import { userEnvironment, withUv } from '../harness/environment';
import { packedPackages } from '../harness/packages';
import { ROOT, run } from '../harness/process';
import { removeTemporary, temporaryDirectory } from '../harness/temporary';

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
  await run('uv', ['pip', 'install', '--quiet', '--python', 'venv/bin/python', packedPackages().wheel, 'projen', 'aws-cdk-lib', 'constructs'], { cwd: home, env, seconds: 600 });
  await run('venv/bin/python', ['-c', SCRIPT, 'seen.json'], { cwd: home, env });
  seen = JSON.parse(fs.readFileSync(path.join(home, 'seen.json'), 'utf8')) as typeof seen;
});

afterAll(removeTemporary);

test('the wheel has the version of the npm package', () => {
  expect(seen.version).toBe(packedPackages().version);
});

test('the wheel exposes the project type, every component and every construct', () => {
  for (const name of ['SageMakerCicdProject', 'ModelCode', 'PipelineCode', 'Buildspec', 'InfraApp', 'DeliveryConfig', 'SyncedFile', 'PythonEnvironment']) {
    expect(seen.top).toContain(name);
  }
  for (const name of ['SageMakerCicd', 'ModelBuildEnvironment', 'ModelBuildPipeline', 'ModelDeployPipeline', 'ModelEndpoint', 'ApprovalGate']) {
    expect(seen.infra).toContain(name);
  }
  const assembly = path.join(ROOT, '.jsii');
  expect(seen.top).toEqual(expect.arrayContaining(runtimeNames(assembly)));
  expect(seen.infra).toEqual(expect.arrayContaining(runtimeNames(assembly, 'infra')));
});
