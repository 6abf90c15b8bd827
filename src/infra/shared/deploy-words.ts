import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import { PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE } from './sentinel';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
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
  return group.workflows ? workflowWords(delivery.source.repository, group) : pipelineWords(scope, group);
}

/** Page of a workflow, with its runs. */
export function workflowAddress(repository: string, workflow: string): string {
  return `https://github.com/${repository}/actions/workflows/${workflowFileName(workflow)}`;
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

function workflowWords(repository: string, { name, workflows }: PlannedGroup): DeployWords {
  const { deploy, build } = workflows!;
  const again = (version: string) => (
    `npx projen deployment:retry -- --environment <environment> --version ${version} --group ${name}`);
  return {
    retry: again('<version>'),
    rollBack: `npx projen rollback -- --environment <environment> --group ${name}`,
    goOn: 'Then re-run the failed jobs of the run.',
    choose: `then deploy the version that you want: ${again('VERSION')}`,
    redeploy: [
      'Have the same version deployed again, which records it, with the number that its ARN ends with in place of '
        + 'VERSION:',
      again('VERSION'),
    ],
    look: workflowAddress(repository, deploy),
    notStarted: 'No deployment was asked for; or, with the error DeploymentNotTaken, no run of the workflow has taken '
      + `it: it still waits. Is the workflow disabled, or its schedule? ${workflowAddress(repository, deploy)}`,
    build: `start the workflow ${build}`,
    buildRun: ['Request: <execution>', `Look at ${workflowAddress(repository, build)}`],
  };
}
