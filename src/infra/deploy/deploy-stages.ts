import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { actionVariable, RELEASE, type ReleaseStep, releaseSteps } from '../../ci/release';
import type { PlannedWave } from '../../plan/deploy/model';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { approvalAction, buildAction, skippedUnless } from '../shared/pipeline-actions';
import { NOWHERE, PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE } from '../shared/sentinel';

type Stage = CfnPipeline.StageDeclarationProperty;
type Action = CfnPipeline.ActionDeclarationProperty;

/** What the environments' stages refer to. */
export interface StageContext {
  /** The project that checks and tests. */
  readonly verifyProject: string;
  /** Where waiting approvals are announced. */
  readonly topicArn: string;
  /** The pipeline's own region, as the plan has it. */
  readonly region?: string;
  /** Whether decisions are recorded. */
  readonly isRecorded: boolean;
  /** Turns a text of the plan into one of the stack. */
  fill(text: string): string;
}

/**
 * What the deploy pipeline starts from: the infrastructure code that it was deployed with, and the tools of this
 * package.
 */
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

/** The return of endpoints to the version before; skipped unless the execution was started for it. */
export function rollBackStage(project: string): Stage {
  const variable = `#{variables.${ROLL_BACK_VARIABLE}}`;
  return {
    name: 'RollBack',
    beforeEntry: skippedUnless('IsRollback', variable, NOWHERE, 'NE'),
    actions: [buildAction('RollBack', project, 'Tools', {
      ROLL_BACK_IN: variable, EXECUTION_ID: '#{codepipeline.PipelineExecutionId}',
    })],
  };
}

/** The one build between an approval and the first environment. */
export function prepareStage(project: string): Stage {
  const action = buildAction('Prepare', project, 'Infrastructure', {
    MODEL_PACKAGE: `#{variables.${PACKAGE_VARIABLE}}`,
    EXECUTION_ID: '#{codepipeline.PipelineExecutionId}',
    RETRY_IN: `#{variables.${RETRY_VARIABLE}}`,
    ROLL_BACK_IN: `#{variables.${ROLL_BACK_VARIABLE}}`,
  });
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
 * The environments of one wave, side by side: check → (manual approval → check) → change set → execute, with golden
 * rows beside it → smoke test.
 *
 * Executions run in parallel, so one that waits for a person holds nobody up. They cannot mix: each has a change set of
 * its own, and executing one makes CloudFormation discard all others of the stack. PARALLEL mode knows entry
 * conditions, variables and namespaces; what it lacks is rolling a stage back (CodePipeline user guide, "Set or change
 * the pipeline execution mode").
 */
export function waveStage(wave: PlannedWave, index: number, context: StageContext): Stage {
  const waits = wave.environments.some(environment => environment.manualApproval);
  return {
    name: wave.stage,
    beforeEntry: skippedUnless('IsDeployed', `#{Prepare.${actionVariable(index)}}`, 'deploy'),
    actions: wave.environments.flatMap((environment, i) => environmentActions(
      environment,
      `${index}-${i}`,
      waits,
      context,
    )),
  };
}

function environmentActions(
  environment: PlannedEnvironment, id: string, waits: boolean, context: StageContext,
): Action[] {
  const { name, actions, endpoint } = environment;
  const namespace = `Check${id}`;
  const actionOf = ({ action, tool }: ReleaseStep, runOrder: number): Action => {
    if (tool) {
      const verify = buildAction(actions[action], context.verifyProject, 'Deployment', {
        TOOL: tool(endpoint.kind, context.isRecorded), ENVIRONMENT: name,
      }, { runOrder });
      return action === 'check' ? { ...verify, namespace } : verify;
    }
    if (action === 'approve') {
      return approvalAction(actions.approve, runOrder, {
        // The summary has at most 900 characters and the name 63, which stays below the limit of 1,000.
        CustomData: `Deploy to ${name}? #{${namespace}.SUMMARY}`, NotificationArn: context.topicArn,
      });
    }
    return action === 'changeSet'
      ? {
        ...cloudFormation(actions.changeSet, 'CHANGE_SET_REPLACE', environment, runOrder, context),
        inputArtifacts: [{ name: 'Deployment' }],
      }
      : cloudFormation(actions.execute, 'CHANGE_SET_EXECUTE', environment, runOrder, context);
  };
  return releaseSteps(environment, waits).map(step =>
    actionOf(step, RELEASE.slice(0, RELEASE.indexOf(step) + 1).filter(s => !s.isBeside).length));
}

function cloudFormation(
  action: string,
  mode: 'CHANGE_SET_REPLACE' | 'CHANGE_SET_EXECUTE',
  environment: PlannedEnvironment,
  runOrder: number,
  context: StageContext,
): Action {
  const { place, roles, name } = environment;
  const common = {
    ActionMode: mode,
    StackName: environment.endpointStack,
    ChangeSetName: 'deploy-#{codepipeline.PipelineExecutionId}',
    RoleArn: context.fill(roles.cloudFormation.arn),
  };
  const source = {
    TemplatePath: `Deployment::${name}/template.json`,
    TemplateConfiguration: `Deployment::${name}/configuration.json`,
    // An acknowledgement, no right: an endpoint stack that was extended may have roles, which the CloudFormation role
    // then must be allowed to make.
    Capabilities: 'CAPABILITY_NAMED_IAM',
  };
  return {
    name: action,
    actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'CloudFormation', version: '1' },
    configuration: mode === 'CHANGE_SET_REPLACE' ? { ...common, ...source } : common,
    roleArn: context.fill(roles.deploy.arn),
    region: place.region === context.region ? undefined : place.region,
    runOrder,
  };
}
