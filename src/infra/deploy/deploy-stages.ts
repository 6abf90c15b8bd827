import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { actionVariable } from './build-specs';
import { PACKAGE_VARIABLE } from './sentinel';
import { nameOf } from '../../delivery/names';
import type { PlannedEnvironment } from '../../delivery/plan';

type Stage = CfnPipeline.StageDeclarationProperty;
type Action = CfnPipeline.ActionDeclarationProperty;

/** Turns a text of the plan into one of the stack. */
export type Filler = (text: string) => string;

/** What the deploy pipeline starts from: the infrastructure code that it was deployed with, and the tools of this package. */
export function sourceStage(infrastructure: Asset, tools: Asset): Stage {
  const action = (name: string, asset: Asset): Action => ({
    name,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
    configuration: { S3Bucket: asset.s3BucketName, S3ObjectKey: asset.s3ObjectKey, PollForSourceChanges: 'false' },
    outputArtifacts: [{ name }],
    runOrder: 1,
  });
  return { name: 'Source', actions: [action('Infrastructure', infrastructure), action('Tools', tools)] };
}

/** The one build between an approval and the first environment. */
export function prepareStage(project: string): Stage {
  const action = build('Prepare', project, 1, { MODEL_PACKAGE: `#{variables.${PACKAGE_VARIABLE}}`, EXECUTION_ID: '#{codepipeline.PipelineExecutionId}' });
  return {
    name: 'Prepare',
    actions: [{
      ...action,
      configuration: { ...action.configuration, PrimarySource: 'Infrastructure' },
      namespace: 'Prepare',
      inputArtifacts: [{ name: 'Infrastructure' }, { name: 'Tools' }],
      outputArtifacts: [{ name: 'Deployment' }],
    }],
  };
}

/**
 * One environment: check → (approval by hand → check) → change set → execute → smoke test.
 *
 * Executions run in parallel, so one that waits for a person holds nobody up. They cannot mix: each has a change set of its own, and executing one
 * makes CloudFormation discard all others of the stack.
 */
export function environmentStage(environment: PlannedEnvironment, index: number, project: string, fill: Filler): Stage {
  const check = (name: string, runOrder: number) => ({ ...build(name, project, runOrder, { TOOL: 'check', ENVIRONMENT: environment.name }), namespace: `${name}${index}` });
  const gate: Action[] = environment.manualApproval
    ? [approval(`#{Check${index}.SUMMARY}`, environment, 2), check('CheckAgain', 3)]
    : [];
  const next = gate.length + 2;
  return {
    name: nameOf('pipelineStage', 'deploy', environment.name),
    beforeEntry: { conditions: [{ result: 'SKIP', rules: [onlyIf(`#{Prepare.${actionVariable(index)}}`, 'deploy')] }] },
    actions: [
      check('Check', 1),
      ...gate,
      {
        ...cloudFormation('ChangeSet', 'CHANGE_SET_REPLACE', environment, next, fill),
        inputArtifacts: [{ name: 'Deployment' }],
      },
      cloudFormation('Execute', 'CHANGE_SET_EXECUTE', environment, next + 1, fill),
      build('SmokeTest', project, next + 2, { TOOL: 'smoke_test', ENVIRONMENT: environment.name }),
    ],
  };
}

function build(
  name: string, project: string, runOrder: number, variables: { readonly [name: string]: string },
): Action & { readonly configuration: object } {
  const given = Object.entries(variables).map(([variable, value]) => ({ name: variable, value, type: 'PLAINTEXT' }));
  return {
    name,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: { ProjectName: project, EnvironmentVariables: JSON.stringify(given) },
    inputArtifacts: [{ name: 'Deployment' }],
    runOrder,
  };
}

function approval(summary: string, environment: PlannedEnvironment, runOrder: number): Action {
  return {
    name: 'Approve',
    actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
    configuration: { CustomData: `Deploy to ${environment.name}? ${summary}` },
    runOrder,
  };
}

function cloudFormation(name: string, mode: 'CHANGE_SET_REPLACE' | 'CHANGE_SET_EXECUTE', environment: PlannedEnvironment, runOrder: number, fill: Filler): Action {
  const common = {
    ActionMode: mode,
    StackName: environment.endpointStack,
    ChangeSetName: 'deploy-#{codepipeline.PipelineExecutionId}',
    RoleArn: fill(environment.roles.cloudFormation.arn),
  };
  const source = {
    TemplatePath: `Deployment::${environment.name}/template.json`,
    TemplateConfiguration: `Deployment::${environment.name}/configuration.json`,
  };
  return {
    name,
    actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'CloudFormation', version: '1' },
    configuration: mode === 'CHANGE_SET_REPLACE' ? { ...common, ...source } : common,
    roleArn: fill(environment.roles.deploy.arn),
    runOrder,
  };
}

/** A stage condition; the stage is skipped when the rule fails. */
function onlyIf(variable: string, value: string): CfnPipeline.RuleDeclarationProperty {
  return {
    name: 'IsDeployed',
    ruleTypeId: { category: 'Rule', owner: 'AWS', provider: 'VariableCheck', version: '1' },
    configuration: { Variable: variable, Value: value, Operator: 'EQ' },
  };
}
