import { type Job, optional, variables } from './job';
import { REQUIRE_LOCK } from './lock-check';
import { UV_VERSION } from '../options/knowledge/uv-version';

/** What a repository can choose in its build. */
export interface ModelBuild {
  readonly pythonVersion?: string;
  readonly nodeVersion?: string;
  /** Whether the build lasts as long as the pipeline that it starts, and fails with it. */
  readonly waitForPipeline?: boolean;
  /** Commands in front of the tests. */
  readonly preBuildCommands?: readonly string[];
}

/** What the tests of a build report to; `templates/python/pipelines/build_tests.py` reads it. */
const TEST_REPORT = 'build/tests.xml';

/**
 * From a commit to a SageMaker pipeline that runs: pinned tools, the tests, the code under its content hash, the
 * pipeline upserted and started.
 */
export function modelBuild(
  { pythonVersion = '3.11', nodeVersion = '22', waitForPipeline, preBuildCommands = [] }: ModelBuild = {},
): Job {
  const sdk = 'UV_PROJECT_ENVIRONMENT=.venv-sdk uv run --no-sync python -m pipelines';
  return {
    name: 'model-build',
    role: 'group.buildRunner',
    tools: { python: pythonVersion, nodejs: nodeVersion },
    inputs: ['Source'],
    variables: [
      ...variables(
        'plan', 'AWS_REGION', 'ASSUME_ROLE_ARN', 'ENV_TYPE', 'PROJECT_NAME', 'MODEL_PACKAGE_GROUP_NAME',
        'SAGEMAKER_PIPELINE_NAME', 'SAGEMAKER_PIPELINE_DESCRIPTION', 'SAGEMAKER_PIPELINE_ROLE_ARN',
        'SAGEMAKER_PROCESSING_ROLE_ARN', 'SAGEMAKER_TRAINING_ROLE_ARN', 'ARTIFACT_BUCKET', 'ARTIFACT_BUCKET_KMS_KEY',
        'PIPELINE_PARAMETERS',
      ),
      ...optional('plan', 'SAGEMAKER_SUBNET_IDS', 'SAGEMAKER_SECURITY_GROUP_IDS'),
      ...variables('run', 'GIT_COMMIT', 'GIT_BRANCH', 'RETRAINING_REASON'),
    ],
    steps: [
      {
        name: 'install', kind: 'install', commands: [
          `python3 -m pip install --quiet --disable-pip-version-check uv==${UV_VERSION}`,
          REQUIRE_LOCK,
          // Training and its tests; the CDK app's libraries are not needed here.
          'uv sync --frozen --no-default-groups --group dev --group model',
          'UV_PROJECT_ENVIRONMENT=.venv-sdk uv sync --frozen --only-group sdk',
          // Compiling fetches nothing.
          `${sdk} packages`,
        ],
      },
      {
        // The registered version says how many tests passed.
        name: 'test', kind: 'test', commands: [
          ...preBuildCommands, `uv run --no-sync python -m pytest --junitxml=${TEST_REPORT}`,
        ],
      },
      { name: 'compile', kind: 'work', commands: [`${sdk} compile`] },
      { name: 'upload', kind: 'work', commands: [`${sdk} upload`] },
      { name: 'upsert', kind: 'work', commands: [`${sdk} upsert`] },
      { name: 'start', kind: 'work', commands: [`${sdk} start${waitForPipeline ? ' --wait' : ''}`] },
    ],
    outputs: { files: ['build/pipeline/definition.json', 'build/pipeline/manifest.json'] },
  };
}
