import { Component, type Project, YamlFile } from 'projen';
import { UV_VERSION } from '../commands';

/** How the build of the model repository behaves. */
export interface BuildspecOptions {
  /**
   * Version of Python in CodeBuild's image.
   * @default "3.11"
   */
  readonly pythonVersion?: string;
  /**
   * Version of Node.js in CodeBuild's image.
   * @default "22"
   */
  readonly nodeVersion?: string;
  /**
   * Wait for the started pipeline and fail the build when it fails; a build that waits is paid for.
   * @default false
   */
  readonly waitForPipeline?: boolean;
  /**
   * Further shell commands to run before the tests.
   * @default - none
   */
  readonly preBuildCommands?: string[];
}

/**
 * `buildspec.yml`: installs pinned tools, runs the tests, uploads the code under its content hash, upserts and starts
 * the pipeline.
 *
 * It runs in AWS CodeBuild with the environment variables that `infra.ModelBuildPipeline` sets. Works in any projen
 * project.
 */
export class Buildspec extends Component {
  /** The managed file, for escape hatches. */
  public readonly file: YamlFile;

  /**
   * @param project the project that gets the file
   * @param options how the build behaves
   */
  public constructor(project: Project, options: BuildspecOptions = {}) {
    super(project);
    const sdk = 'UV_PROJECT_ENVIRONMENT=.venv-sdk uv run --no-sync python -m pipelines';
    this.file = new YamlFile(project, 'buildspec.yml', {
      obj: {
        version: 0.2,
        env: { shell: 'bash' },
        phases: {
          install: {
            'runtime-versions': { python: options.pythonVersion ?? '3.11', nodejs: options.nodeVersion ?? '22' },
            // Without on-failure a failed phase would let later phases run.
            'on-failure': 'ABORT',
            'commands': [
              `python3 -m pip install --quiet --disable-pip-version-check uv==${UV_VERSION}`,
              // Training and its tests; the CDK app's libraries are not needed here.
              'uv sync --frozen --no-default-groups --group dev',
              'UV_PROJECT_ENVIRONMENT=.venv-sdk uv sync --frozen --only-group sdk',
            ],
          },
          pre_build: {
            'on-failure': 'ABORT',
            'commands': [...(options.preBuildCommands ?? []), 'uv run --no-sync python -m pytest'],
          },
          build: {
            'on-failure': 'ABORT',
            'commands': [
              `${sdk} compile`,
              `${sdk} upload`,
              `${sdk} upsert`,
              `${sdk} start${options.waitForPipeline ? ' --wait' : ''}`,
            ],
          },
        },
        artifacts: { files: ['build/pipeline/definition.json', 'build/pipeline/manifest.json'] },
      },
    });
  }
}
