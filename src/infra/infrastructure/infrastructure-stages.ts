import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { PlannedTier } from '../../plan/stacks/stack';

type Stage = CfnPipeline.StageDeclarationProperty;
type Action = CfnPipeline.ActionDeclarationProperty;

/** What the stages refer to. */
export interface TierContext {
  /** Name of the delivery. */
  readonly project: string;
  /** The tier by the name that the tools know. */
  readonly key: string;
  /** The project that reaches the tier's accounts and no others. */
  readonly deployProject: string;
  /** Where waiting approvals are announced. */
  readonly topicArn: string;
}

/** An action that is a build. */
export function buildAction(
  name: string,
  project: string,
  input: string,
  more: Partial<Pick<Action, 'outputArtifacts' | 'namespace' | 'runOrder'>> = {},
  variables: { readonly [name: string]: string } = {},
): Action {
  const given = Object.entries(variables).map(([variable, value]) => ({ name: variable, value, type: 'PLAINTEXT' }));
  return {
    name,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: {
      ProjectName: project, ...(given.length > 0 ? { EnvironmentVariables: JSON.stringify(given) } : {}),
    },
    inputArtifacts: [{ name: input }],
    runOrder: 1,
    ...more,
  };
}

/**
 * One tier: diff → (approval by hand) → execution of exactly the change sets of the diff.
 *
 * With an approval, a stage in front looks whether anything changes at all, and the others are skipped if nothing
 * does. The diff that a person sees is made inside the stage, which works on one execution at a time: what an earlier
 * execution that waited there has changed is in it.
 */
export function tierStages(tier: PlannedTier, context: TierContext): Stage[] {
  const { key, deployProject: project } = context;
  const [look, diff, artifact] = [`Look-${key}`, `Diff-${key}`, `Diff_${key}`];
  const variables = { STAGE: key, EXECUTION_ID: '#{codepipeline.PipelineExecutionId}' };
  const shown = buildAction('Diff', project, 'Assembly', {
    namespace: diff, outputArtifacts: [{ name: artifact }],
  }, { TOOL: 'diff', ...variables });
  const executed = buildAction('Deploy', project, artifact, { runOrder: 3 }, {
    TOOL: 'execute', ...variables, DIGEST: `#{${diff}.DIGEST}`,
  });
  if (!tier.manualApproval) { return [{ name: tier.name, actions: [shown, executed] }]; }
  return [
    {
      name: look,
      actions: [buildAction('Look', project, 'Assembly', { namespace: look }, {
        TOOL: 'diff', KEEP: 'no', ...variables,
      })],
    },
    {
      name: tier.name,
      beforeEntry: {
        conditions: [{
          result: 'SKIP',
          rules: [{
            name: 'HasChanges',
            ruleTypeId: { category: 'Rule', owner: 'AWS', provider: 'VariableCheck', version: '1' },
            configuration: { Variable: `#{${look}.CHANGES}`, Value: 'yes', Operator: 'EQ' },
          }],
        }],
      },
      actions: [shown, approval(diff, context), executed],
    },
  ];
}

/** The summary has at most 600 characters, which keeps the text below the limit of 1,000. */
function approval(diff: string, { project, key, topicArn }: TierContext): Action {
  return {
    name: 'Approve',
    actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
    configuration: {
      NotificationArn: topicArn,
      CustomData: `Infrastructure of ${project}, stage ${key}, commit #{Source.CommitId}: #{${diff}.DIFF}. `
        + `All changes are in the log of the action Diff and in its artifact (SHA-256 #{${diff}.DIGEST}).`,
      ExternalEntityLink: `#{${diff}.LOG}`,
    },
    runOrder: 2,
  };
}
