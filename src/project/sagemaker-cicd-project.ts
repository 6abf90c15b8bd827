import { Project, type Task } from 'projen';
import { checkedDelivery } from './checks/check-options';
import { APP_GROUP, taskCommand } from './commands';
import { addAccountTasks } from './components/account-tasks';
import { Buildspec } from './components/buildspec';
import { addCalling } from './components/calling';
import { DeliveryConfig } from './components/delivery-config';
import { addDocuments } from './components/documents';
import { GithubDelivery } from './components/github-delivery';
import { GitlabDelivery } from './components/gitlab-delivery';
import { InfraApp } from './components/infra-app';
import { LinterConfig } from './components/linter-config';
import { ModelCode } from './components/model-code';
import { NextSteps } from './components/next-steps';
import { NodeTools } from './components/node-tools';
import { PipelineCode } from './components/pipeline-code';
import { addPullRequestChecks } from './components/pull-request-checks';
import { PythonEnvironment } from './components/python-environment';
import { MODEL_GROUP, pythonRequirements } from './components/python-requirements';
import { addAppTypes, PythonRcFile, TypeScriptRcFile } from './components/rc-file';
import { ScorePipeline } from './components/score-pipeline';
import { SyncTasks } from './components/sync-tasks';
import { addUpgrades } from './components/upgrade-task';
import { Eject } from './eject/eject';
import { TASK_SCRIPT } from './eject/task-script';
import { filledProject } from './filled-project';
import type { SageMakerCicdProjectOptions } from './project-options';
import { callsSynthWithin, synthWithin } from './sync/around-synth';
import { declareUserOwned } from './sync/ownership';
import { FRAMEWORKS } from '../options/knowledge/frameworks';
import { modelSettings } from '../options/model-settings';
import { hasOwnData } from '../options/own-data';

/**
 * A SageMaker machine-learning repository: model code, pipeline, buildspec and CI/CD infrastructure, generated and kept
 * in sync.
 *
 * @pjid sagemaker-cicd
 */
export class SageMakerCicdProject extends Project {
  /** `pyproject.toml`, `uv.lock` and how Python commands are run. */
  public readonly python: PythonEnvironment;
  /** The scripts that prepare, train, evaluate and answer, with their tests and sample data. */
  public readonly modelCode: ModelCode;
  /** The SageMaker pipeline and the runner that runs it on this machine. */
  public readonly pipelineCode: PipelineCode;
  /** `buildspec.yml`; undefined where the repository's host builds. */
  public readonly buildspec?: Buildspec;
  /** The workflows of GitHub Actions, where they run the delivery. */
  public readonly workflows?: GithubDelivery;
  /** The pipelines of GitLab CI/CD, where they run the delivery. */
  public readonly pipelines?: GitlabDelivery;
  /** `config/delivery.json`: groups, stages and endpoints. */
  public readonly delivery: DeliveryConfig;
  /** `config/score.json` and the task that runs it; only where the endpoint is of the kind "batch". */
  public readonly scorePipeline?: ScorePipeline;
  /** The CDK app. */
  public readonly infraApp: InfraApp;

  /**
   * @param options what the repository is
   * @throws OptionError that lists every problem, before anything is written
   */
  public constructor(options: SageMakerCicdProjectOptions) {
    const delivery = checkedDelivery(options);
    super({ ...options, commitGenerated: options.commitGenerated ?? true });
    callsSynthWithin(this);
    const filled = filledProject(options);
    const { framework, projenrcPython: isPython, devDeps } = filled;
    declareUserOwned(this, filled.userOwned);

    const node = new NodeTools(this, { typescript: !isPython, devDeps: isPython ? [] : devDeps });
    this.python = new PythonEnvironment(this, {
      dependencies: [...FRAMEWORKS[framework].requirements],
      groups: pythonRequirements(isPython ? devDeps : undefined, this.ejected),
      defaultGroups: ['dev', MODEL_GROUP, ...(isPython ? [APP_GROUP] : [])],
      tools: LinterConfig.toml(),
    });
    this.addRcFile(isPython);

    this.modelCode = new ModelCode(this, { problemType: options.problemType });
    this.pipelineCode = new PipelineCode(this, {
      python: this.python,
      modelName: options.modelName,
      framework: options.framework,
      problemType: options.problemType,
      training: options.training,
      qualityGate: options.qualityGate,
      customMetrics: options.customMetrics,
      ownData: hasOwnData(options),
      targetBranch: delivery._plan.delivery.deploymentGroups[0].sourceBranch,
    });
    const { delivery: engine } = delivery._plan.engines;
    if (engine === 'codepipeline') { this.buildspec = new Buildspec(this); }
    if (engine === 'github-actions') { this.workflows = new GithubDelivery(this, delivery); }
    if (engine === 'gitlab-ci') { this.pipelines = new GitlabDelivery(this, delivery, filled.pullRequests); }
    this.delivery = new DeliveryConfig(this, delivery);
    this.scorePipeline = ScorePipeline.of(this, { delivery, python: this.python });
    this.infraApp = new InfraApp(this, { python: isPython ? this.python : undefined });
    new LinterConfig(this, this.python, !isPython);
    const settings = modelSettings({ ...options, ownData: hasOwnData(options) });
    const rcFile = isPython ? '.projenrc.py' : '.projenrc.ts';
    addDocuments(this, {
      settings, diagram: this.delivery.diagram, rcFile, scores: this.scorePipeline !== undefined,
      workflows: engine !== 'codepipeline',
    });
    addCalling(this, delivery);
    this.addSetup();
    addPullRequestChecks(this, filled, delivery._plan.delivery.engine);
    addUpgrades(this, this.python, delivery._plan, isPython);
    addAccountTasks(this, this.python, isPython, delivery._plan);
    new SyncTasks(this, isPython ? this.python : undefined);
    new NextSteps(this, { rcFile, data: settings.data.inputDataUrl });
    if (this.ejected) { new Eject(this, { package: node.package, python: isPython ? this.python : undefined }); }
  }

  /**
   * How the scripts of `package.json` run a task: by projen, and by a script of the repository when projen is being
   * ejected.
   */
  public override get projenCommand(): string {
    return this.ejected ? `sh ${TASK_SCRIPT}` : super.projenCommand;
  }

  /** The command line that runs a task. */
  public override runTaskCommand(task: Task): string {
    return this.ejected ? taskCommand(this, task.name) : super.runTaskCommand(task);
  }

  /** Writes all files. */
  public override synth(): void {
    synthWithin(this, () => super.synth());
  }

  private addRcFile(isPython: boolean): void {
    if (this.ejected) {
      if (!isPython) { addAppTypes(this); }
    } else if (isPython) {
      new PythonRcFile(this, this.python);
    } else {
      new TypeScriptRcFile(this);
    }
  }

  /** A fresh clone becomes ready with Node.js, Python and git alone. */
  private addSetup(): void {
    const setup = this.addTask('setup', { description: 'Make a fresh clone ready: npm packages, Python environments' });
    setup.exec('npm ci', { condition: '! test -f node_modules/.package-lock.json' });
    setup.spawn(this.python.installTask);
    setup.exec(this.python.groupInstallCommand('sdk'));
    setup.spawn(this.pipelineCode.packagesTask);
  }
}
