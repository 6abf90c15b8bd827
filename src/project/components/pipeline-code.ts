import { Component, type Project, type Task, TextFile } from 'projen';
import { checkModelPart } from '../checks/check-parts';
import { taskCommand } from '../commands';
import { packageFiles, packageText } from '../package-files';
import { Monitoring } from './monitoring';
import type { PythonEnvironment } from './python-environment';
import { addTemplates, isPipelineTest } from './templates';
import type { CustomMetricOptions } from '../../options/custom-metric';
import { unpatched } from '../../options/knowledge/frameworks';
import { type ModelOptions, modelSettings } from '../../options/model-settings';
import type { QualityGateOptions } from '../../options/quality-gate';
import type { TrainingOptions } from '../../options/training';
import { SyncedFile } from '../sync/synced-file';

/** What the pipeline trains and how. */
export interface PipelineCodeOptions {
  /** The environment whose dependency group `sdk` holds the SageMaker SDK. */
  readonly python: PythonEnvironment;
  /**
   * Name of the model, its package group and its pipeline.
   * @default - the name of the projen project
   */
  readonly modelName?: string;
  /**
   * Framework: xgboost or sklearn.
   * @default "xgboost"
   */
  readonly framework?: string;
  /**
   * Problem type: binary, multiclass or regression.
   * @default "binary"
   */
  readonly problemType?: string;
  /**
   * Data, instances and hyperparameters.
   * @default - the defaults of TrainingOptions
   */
  readonly training?: TrainingOptions;
  /**
   * What a model must reach to be registered.
   * @default - the default gate of the problem type, see QualityGateOptions
   */
  readonly qualityGate?: QualityGateOptions;
  /**
   * Metrics that `model/custom_metrics.py` computes.
   * @default - none
   */
  readonly customMetrics?: CustomMetricOptions[];
  /**
   * Whether the pipeline is run on data other than the sample, so that the sample's gate means nothing.
   * @default - whether `training` names data
   */
  readonly ownData?: boolean;
  /**
   * The branch that others are merged into.
   * @default "main"
   */
  readonly targetBranch?: string;
}

/**
 * The SageMaker pipeline (`pipelines/pipeline.py`), its configuration, and the runner that runs the compiled pipeline
 * on this machine.
 *
 * Works in any projen project that has the model code and a Python environment.
 */
export class PipelineCode extends Component {
  /** Compiles the pipeline when something it depends on has changed. */
  public readonly compileTask: Task;
  /** Compiles and runs the pipeline on this machine. */
  public readonly localTask: Task;
  /** Fetches the packages of the dependency group `model`, which go to the containers with the code. */
  public readonly packagesTask: Task;
  /** Compares the run of this branch with that of the branch it is to be merged into. */
  public readonly compareTask: Task;
  /** Writes the report of a run. */
  public readonly reportTask: Task;
  private readonly framework: string;

  /**
   * @param project the project that gets the pipeline
   * @param options what it trains and how
   * @throws OptionError that lists every problem, before anything is written
   */
  public constructor(project: Project, options: PipelineCodeOptions) {
    super(project);
    const { python, targetBranch, ...model } = options;
    checkModelPart({ name: project.name, ...model });
    addTemplates(project, file => file.startsWith('pipelines/') || isPipelineTest(file));
    const settings = modelSettings({ name: project.name, ...model } as ModelOptions);
    new SyncedFile(project, 'config/parameters.json', { content: `${JSON.stringify(settings, null, 2)}\n` });
    addPackage(project, ['runner', 'local_runner'], 'pipelines/local');
    addPackage(project, ['monitor', 'model_monitor'], 'pipelines/monitor/model_monitor');
    project.gitignore.exclude('/build/', '/.local/');
    const pipelines = (command: string) => python.groupCommand('sdk', `python -m pipelines ${command}`);
    const compile = pipelines('compile --fetch');
    this.compileTask = python.addTask('pipeline:compile', 'Compile the pipeline, without AWS, to build/pipeline/', [
      compile,
    ]);
    const made = [python.command('python -m pipelines columns --if-missing'), compile];
    this.localTask = python.addTask('pipeline:local', 'Run the compiled pipeline on this machine; --set NAME=VALUE '
      + 'changes a parameter, --no-register makes an experiment', [...made, python.command('python -m pipelines.local run')]);
    // The commands that a run prints: to run one step again, to approve what it registered.
    this.localTask.env('PIPELINE_LOCAL_COMMAND', `${taskCommand(project, this.localTask.name)} --`);
    this.localTask.env('PIPELINE_REGISTRY_COMMAND', `${taskCommand(project, 'pipeline:registry')} --`);
    this.compareTask = python.addTask('pr:compare', 'Compare the pipeline of this branch with that of the branch it is '
      + 'merged into; --target BRANCH names another one', [...made, python.command('python -m pipelines.local pull-request')]);
    // The same in the other branch's working tree, whose environments are its own.
    this.compareTask.env('PIPELINE_TARGET_COMMAND', [
      ...made, python.command('python -m pipelines.local run --no-register'),
    ].join(' && '));
    this.compareTask.env('PIPELINE_TARGET_BRANCH', targetBranch ?? 'main');
    this.reportTask = python.addTask('pipeline:report', 'Write the report of the newest run, or of --run ID; --open '
      + 'shows it', [
      python.command('python -m pipelines.local report'),
    ]);
    python.addTask('pipeline:runs', 'List the runs on this machine; --prune N removes all but the newest N', [
      python.command('python -m pipelines.local runs'),
    ]);
    python.addTask('pipeline:compare', 'Compare runs or registered versions; --html writes a page', [
      python.command('python -m pipelines.local compare'),
    ]);
    python.addTask('pipeline:predict', 'Predict the rows of a file with the newest registered version, or --model '
      + 'VERSION', [python.command('python -m pipelines.local predict')]);
    python.addTask('pipeline:serve', 'Serve the newest registered version, or the one that is named, on this machine', [
      python.command('python -m pipelines.local serve'),
    ]);
    new Monitoring(project, python);
    python.addTask('pipeline:registry', 'The local model registry: list, show, approve, reject', [
      python.command('python -m pipelines.local registry'),
    ]);
    this.packagesTask = python.addTask(
      'pipeline:packages', 'Fetch the packages of the group model for the containers', [pipelines('packages')],
    );
    this.framework = settings.model.framework;
  }

  /** Warns if the image that the model is trained and served in gets no more patches. */
  public override postSynthesize(): void {
    const told = unpatched(this.framework);
    if (told) { this.project.logger.warn(told); }
  }
}

/** Adds the files of a Python package that this package brings; nobody edits them. */
function addPackage(project: Project, source: string[], target: string): void {
  for (const file of packageFiles(...source)) {
    new TextFile(project, `${target}/${file}`, {
      lines: packageText(...source, file).split('\n'), marker: false, editGitignore: false,
    });
  }
}
