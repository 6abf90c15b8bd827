import { type Job, type JobRole, optional, variables } from './job';
import type { EndpointKind } from '../options/endpoint';
import { ENDPOINT_KINDS } from '../plan/endpoint/kinds/kinds';
import type { EnvironmentActions, NamedEnvironment } from '../plan/endpoint/model';
import { shiftOf } from '../plan/endpoint/shift';
import type { NamedGroup } from '../plan/model';
import type { DeliveryInfrastructure } from '../plan/settings';

/** Folder of what a release deploys. */
const FOLDER = 'deployment';

/** Fetches the infrastructure code that was deployed last, for a job that runs it without any rights. */
export const FETCH_CODE: Job = {
  name: 'fetch',
  role: 'group.assembler',
  tools: { python: '3.12' },
  inputs: ['Infrastructure'],
  variables: [],
  steps: [],
  outputs: { files: ['.'] },
};

/** Makes the templates of the endpoints. It runs code of the repository, as it was deployed last. */
export function assembleJob({ installCommands, synthCommand }: DeliveryInfrastructure): Job {
  return {
    name: 'assemble',
    tools: { nodejs: '22', python: '3.12' },
    inputs: ['Infrastructure'],
    variables: [],
    steps: [
      { name: 'install', kind: 'install', commands: installCommands },
      { name: 'synth', kind: 'work', commands: [synthCommand] },
    ],
    outputs: { files: ['cdk.out/**/*'] },
  };
}

/** Decides what is deployed where; templates are data to it. */
export function decideJob(waves: number): Job {
  return {
    name: 'prepare',
    role: 'group.preparer',
    tools: { python: '3.12' },
    inputs: ['Assembly', 'Tools'],
    variables: variables('run', 'MODEL_PACKAGE', 'EXECUTION_ID', 'RETRY_IN', 'ROLL_BACK_IN'),
    steps: [{
      name: 'prepare', kind: 'work', commands: [
        ({ folderOf }) => `python3 "${folderOf('Tools')}/prepare.py" --assembly cdk.out --output ${FOLDER}`,
        `. ${FOLDER}/exports.sh`,
      ],
    }],
    outputs: { folder: FOLDER, variables: Array.from({ length: waves }, (_, i) => actionVariable(i)) },
  };
}

/**
 * The one job of CodePipeline between an approved package and the first environment: templates, parameters and all else
 * that the environments of the waves need.
 */
export function prepareJob(infrastructure: DeliveryInfrastructure, waves: number): Job {
  const [assemble, decide] = [assembleJob(infrastructure), decideJob(waves)];
  return {
    ...decide,
    role: 'group.deployRunner',
    tools: assemble.tools,
    inputs: ['Infrastructure', 'Tools'],
    steps: [...assemble.steps, ...decide.steps],
  };
}

/**
 * The tool of `tools/deploy` that the job `verify` runs, by the kind of an environment's endpoint, and by whether
 * decisions are recorded.
 */
type VerifyTool = (kind: EndpointKind, recorded: boolean) => string;

/** The same checks for every kind of endpoint. */
const CHECK: VerifyTool = () => 'check';

/** The same after a manual approval, whose record is waited for where decisions are recorded. */
const CHECK_AGAIN: VerifyTool = (_, recorded) => (recorded ? 'check_again' : 'check');

/** The API, from one version of its handler to the next. */
const SHIFT: VerifyTool = () => 'shift';

/** Golden rows, while an endpoint is updated. */
const PROBE: VerifyTool = () => 'probe';

/** Checks before a deployment, and the smoke test after it: one of the tools that the release brings along. */
export function verifyJob(
  { environments, build }: Pick<NamedGroup, 'environments' | 'build'>, role: JobRole = 'group.deployRunner',
): Job {
  const tools = new Set(environments.flatMap(e => RELEASE.flatMap(({ tool, where }) => (
    tool && isIn(e, where) ? tool(e.endpoint.kind, isRecorded(build)) : []))));
  return {
    name: 'verify',
    role,
    tools: { python: '3.12' },
    inputs: ['Deployment'],
    variables: variables('run', 'TOOL', 'ENVIRONMENT'),
    steps: [{
      name: 'verify', kind: 'work', commands: [
        'export SUMMARY="$TOOL of $ENVIRONMENT"',
        'rm -f exports.sh',
        'python3 "tools/$TOOL.py"',
        'if [ -f exports.sh ]; then . ./exports.sh; fi',
      ],
    }],
    outputs: { variables: ['SUMMARY'] },
    ways: Object.fromEntries([...tools].map(tool => [tool, { TOOL: tool }])),
  };
}

/** Returns endpoints to the version before at once; before the preparation, which takes minutes. */
export const ROLL_BACK: Job = {
  name: 'roll-back',
  role: 'group.deployRunner',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: [...variables('run', 'ROLL_BACK_IN', 'EXECUTION_ID'), ...optional('run', 'STARTED_BY')],
  steps: [{ name: 'rollBack', kind: 'work', commands: ['python3 -u roll_back.py'] }],
};

/**
 * Records the version whose deployment failed, or whose endpoint went back later, and returns the endpoint when an
 * alarm fires soon after the deployment; started by events, because no job runs after a failed one.
 */
export const RECORD: Job = {
  name: 'record',
  role: 'group.deployRunner',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: optional('run', 'ACTION', 'EXECUTION_ID', 'ENDPOINT_ARN', 'ALARM', 'ACCOUNT', 'REGION', 'AT'),
  steps: [{ name: 'record', kind: 'work', commands: ['python3 -u record_rollback.py'] }],
};

/** What happens in one environment, one after the other. */
export interface ReleaseStep {
  readonly action: keyof EnvironmentActions;
  /** What the job `verify` runs for it; a person approves, and CloudFormation deploys, without a job. */
  readonly tool?: VerifyTool;
  /** What runs for it where the engine has no action of its own. */
  readonly standIn?: string;
  /**
   * Whether it is there only where this environment, or any that is deployed to at the same time, is approved, or
   * where golden rows are asked during the update, or where there is an API.
   */
  readonly where?: 'approved' | 'anyApproved' | 'probed' | 'fronted';
  /** Whether it runs at the same time as the step before it. */
  readonly isBeside?: boolean;
}

/**
 * Check → (manual approval → check) → change set → its execution, with golden rows beside it → (shift of the API) →
 * smoke test. Every
 * environment of a wave with an approval is checked again after it, because all of them have waited.
 */
export const RELEASE: readonly ReleaseStep[] = [
  { action: 'check', tool: CHECK },
  { action: 'approve', standIn: 'await_approval', where: 'approved' },
  { action: 'checkAgain', tool: CHECK_AGAIN, where: 'anyApproved' },
  { action: 'changeSet', standIn: 'change_set' },
  { action: 'execute', standIn: 'execute_change_set' },
  { action: 'probe', tool: PROBE, where: 'probed', isBeside: true },
  { action: 'shift', tool: SHIFT, where: 'fronted' },
  { action: 'smokeTest', tool: kind => ENDPOINT_KINDS[kind].smokeTest },
];

/** What happens in an environment of a wave in which somebody is waited for, or not. */
export function releaseSteps(environment: NamedEnvironment, anyApproved: boolean): ReleaseStep[] {
  const where = {
    approved: environment.manualApproval, anyApproved, probed: isProbed(environment),
    fronted: environment.api !== undefined,
  };
  return RELEASE.filter(step => !step.where || where[step.where]);
}

/** Whether decisions about what is built here are recorded. */
export function isRecorded({ decisionRule }: NamedGroup['build']): boolean {
  return decisionRule !== undefined;
}

/** Whether a step is there for what an environment has, leaving approvals aside. */
function isIn(environment: Pick<NamedEnvironment, 'endpoint' | 'api'>, where: ReleaseStep['where']): boolean {
  if (where === 'probed') { return isProbed(environment); }
  return where !== 'fronted' || environment.api !== undefined;
}

/** Whether golden rows are asked while an environment's endpoint is updated. */
export function isProbed(environment: Pick<NamedEnvironment, 'endpoint'>): boolean {
  return shiftOf(environment)?.isProbed ?? false;
}

/** Name of the variable that says whether a wave is deployed to or skipped. */
export function actionVariable(wave: number): string {
  return `ACTION_${wave}`;
}
