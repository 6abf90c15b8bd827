import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import { PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE } from './sentinel';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { DeliverySettings } from '../../plan/settings';
import { workflowFileName } from '../../plan/workflows/model';

/** What messages say of the engine that deploys; `<environment>` and the like are parts of the event. */
export interface DeployWords {
  /** Command that has the version <version>, which is <package>, tried again. */
  readonly retry: string;
  /** Command that returns the environment to the version before. */
  readonly rollBack: string;
  /** How a deployment that was refused goes on. */
  readonly goOn: string;
  /** How somebody deploys a version of his choice. */
  readonly choose: string;
  /** How the live version is deployed once more. */
  readonly redeploy: readonly string[];
  /** Where executions or runs are shown. */
  readonly look: string;
  /** What a gate that fails means. */
  readonly notStarted: string;
  /** What a person starts to train a model now. */
  readonly build: string;
  /** Where a build without a commit is shown, with the part <execution>. */
  readonly buildRun: readonly string[];
}

/** The words for a group. */
export function deployWords(scope: IConstruct, { delivery }: DeliveryPlan, group: PlannedGroup): DeployWords {
  return group.workflows ? workflowWords(delivery, group) : pipelineWords(scope, group);
}

/** Page with the runs of a workflow, or with the pipelines of the project. */
export function runsAddress({ engine, source: { repository } }: DeliverySettings, workflow: string): string {
  return engine.gitlab
    ? `https://gitlab.com/${repository}/-/pipelines?ref=${encodeURIComponent(engine.gitlab.defaultBranch)}`
    : `https://github.com/${repository}/actions/workflows/${workflowFileName(workflow)}`;
}

/** Command that starts a workflow, or a pipeline with the jobs of one. */
export function startCommand({ engine: { gitlab } }: DeliverySettings, workflow: string, branch?: string): string {
  if (!gitlab) { return `gh workflow run ${workflowFileName(workflow)}${branch === undefined ? '' : ` --ref ${branch}`}`; }
  const query = new URLSearchParams({ 'ref': branch ?? gitlab.defaultBranch, 'inputs[run]': workflow });
  return `glab api --method POST 'projects/${gitlab.projectId}/pipeline?${query}'`;
}

/** How a run that failed goes on. */
export function rerunWords({ engine: { gitlab } }: DeliverySettings): string {
  return gitlab ? 'retry the failed jobs on the page of the pipeline'
    : 'run the failed jobs again (Re-run failed jobs on the page of the run, for 30 days)';
}

/** What the address of a run, or of a pipeline, begins with; its number follows. */
export function runAddress({ engine: { gitlab }, source: { repository } }: DeliverySettings): string {
  return gitlab ? `https://gitlab.com/${repository}/-/pipelines/` : `https://github.com/${repository}/actions/runs/`;
}

function pipelineWords(scope: IConstruct, { pipelines: { deployPipeline, buildPipeline } }: PlannedGroup): DeployWords {
  const start = `aws codepipeline start-pipeline-execution --name ${deployPipeline} --region <region>`;
  const page = (path: string) => consoleUrl(scope, `codesuite/codepipeline/pipelines/${path}?region=<region>`);
  return {
    retry: `${start} --variables name=${PACKAGE_VARIABLE},value=<package> name=${RETRY_VARIABLE},value=<environment>`,
    rollBack: `${start} --variables name=${ROLL_BACK_VARIABLE},value=<environment>`,
    goOn: 'Then start the pipeline again with the rejected package.',
    choose: 'then start the pipeline with the package that you want.',
    redeploy: ['Have the same version deployed again, which records it:', start],
    look: page(`${deployPipeline}/view`),
    notStarted: 'No pipeline was started.',
    build: 'start the build pipeline',
    buildRun: [`Look at ${page(`${buildPipeline}/executions/<execution>/timeline`)}`],
  };
}

function workflowWords(delivery: DeliverySettings, { name, workflows }: PlannedGroup): DeployWords {
  const { deploy, build } = workflows!;
  const again = (version: string) => (
    `npx projen deployment:retry -- --environment <environment> --version ${version} --group ${name}`);
  return {
    retry: again('<version>'),
    rollBack: `npx projen rollback -- --environment <environment> --group ${name}`,
    goOn: `Then ${rerunWords(delivery)}.`,
    choose: `then deploy the version that you want: ${again('VERSION')}`,
    redeploy: [
      'Have the same version deployed again, which records it, with the number that its ARN ends with in place of '
        + 'VERSION:',
      again('VERSION'),
    ],
    look: runsAddress(delivery, deploy),
    notStarted: 'No deployment was asked for; or, with the error DeploymentNotTaken, no run of the workflow has taken '
      + `it: it still waits. Is the workflow disabled, or its schedule? ${runsAddress(delivery, deploy)}`,
    build: `start ${delivery.engine.gitlab ? 'a pipeline' : 'the workflow'} ${build}`,
    buildRun: ['Request: <execution>', `Look at ${runsAddress(delivery, build)}`],
  };
}
