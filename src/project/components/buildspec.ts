import { Component, type Project, YamlFile } from 'projen';
import { buildspec } from '../../ci/codebuild/buildspec';
import { modelBuild } from '../../ci/model-build';

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
   * Wait for the started pipeline, and fail the build if it fails; you pay for the waiting build.
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
    this.file = new YamlFile(project, 'buildspec.yml', { obj: buildspec(modelBuild(options)) });
  }
}
