import * as fs from 'node:fs';
import * as path from 'node:path';
import { demoDirectory, rememberState } from './directory';
import { detail, stage } from './progress';
import { userEnvironment } from '../../testing/harness/environment';
import { startNpmRegistry } from '../../testing/harness/npm-registry';
import { packedTarball } from '../../testing/harness/packages';
import { ROOT, run } from '../../testing/harness/process';
import { projenNew, Repository } from '../../testing/harness/repository';

/** Where the demo's repository goes. */
export function prepareDirectory(): string {
  return demoDirectory(path.join(ROOT, 'demo'), 'breast-cancer');
}

/** Compiles this package and packs it as it is published to npm. */
export async function buildPackage(): Promise<void> {
  const projen = path.join(ROOT, 'node_modules', '.bin', 'projen');
  await stage('Compiling this package', async () => run(projen, ['compile'], { cwd: ROOT, env: process.env }));
  await stage('Packing it for npm', async () => {
    fs.rmSync(path.join(ROOT, 'dist', 'js'), { recursive: true, force: true });
    await run(projen, ['package:js'], { cwd: ROOT, env: process.env });
    detail(`${path.relative(ROOT, packedTarball())}, ${Math.round(fs.statSync(packedTarball()).size / 1000)} kB`);
  });
}

/** Makes a repository with `npx projen new`, from an npm registry on this machine that holds the packed package. */
export async function makeRepository(directory: string): Promise<Repository> {
  return stage('Making a repository: npx projen new --from sagemaker-cicd-projen', async () => {
    const env = userEnvironment();
    const registry = await startNpmRegistry(packedTarball(), env);
    try {
      const result = await projenNew(directory, { ...env, ...registry.env }, [], {
        onLine: line => {
          if (/^👾(?!.* condition)|^added/.test(line)) { detail(line); }
        },
      });
      detail(`${result.output.match(/create mode/g)?.length ?? 0} files, committed`);
    } finally {
      registry.stop();
    }
    rememberState(directory);
    return new Repository(directory, env);
  });
}

/**
 * Installs the Python environments, then compiles the pipeline and runs it on the data that came with the repository.
 */
export async function runPipeline(repository: Repository): Promise<void> {
  await stage('Installing the Python environments: npx projen setup', async () => repository.projen(['setup'], {
    seconds: 1200,
  }));
  await stage('Compiling the pipeline with the SageMaker SDK: npx projen pipeline:compile', async () =>
    repository.projen(['pipeline:compile']));
  await stage('Running the compiled pipeline: npx projen pipeline:local', async () => repository.projen([
    'pipeline:local',
  ], {
    seconds: 900,
    onLine: line => {
      if (/^(Executing|Succeeded|Failed|Skipped|registered|sample request) /.test(line)) { detail(line.slice(0, 150)); }
    },
  }));
}

/** Turns the delivery's options into CloudFormation. */
export async function synthesize(repository: Repository): Promise<void> {
  await stage('Synthesizing the infrastructure: npx projen synth', async () => {
    await repository.projen(['synth'], { seconds: 600 });
    const templates = fs.readdirSync(repository.path('cdk.out'), { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.template.json'));
    const count = (file: string): number =>
      Object.keys(repository.json<{ Resources?: object }>(path.join('cdk.out', file)).Resources ?? {}).length;
    detail(`${templates.length} CloudFormation templates with ${templates.reduce((sum, file) => sum + count(file), 0)} `
      + 'resources');
  });
}
