import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CHANGE_WAYS } from '../../ci/infrastructure';
import { APPROVE } from '../../plan/infrastructure/approver';
import type { PlannedTier } from '../../plan/stacks/stack';
import { approvalAction, buildAction, skippedUnless } from '../shared/pipeline-actions';

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

/**
 * One tier: diff → (manual approval) → execution of exactly the change sets of the diff.
 *
 * With an approval, a stage in front looks whether anything changes at all, and the others are skipped if nothing
 * does. The diff that a person sees is made inside the stage, which works on one execution at a time: what an earlier
 * execution that waited there has changed is in it.
 */
export function tierStages(tier: PlannedTier, context: TierContext): Stage[] {
  const { key, deployProject: project } = context;
  const [look, diff, artifact] = [`Look-${key}`, `Diff-${key}`, `Diff_${key}`];
  const variables = { STAGE: key, EXECUTION_ID: '#{codepipeline.PipelineExecutionId}' };
  const shown = buildAction('Diff', project, 'Assembly', { ...CHANGE_WAYS.diff, ...variables }, {
    namespace: diff, outputArtifacts: [{ name: artifact }],
  });
  const executed = buildAction('Deploy', project, artifact, {
    ...CHANGE_WAYS.execute, ...variables, DIGEST: `#{${diff}.DIGEST}`,
  }, { runOrder: 3 });
  if (!tier.manualApproval) { return [{ name: tier.name, actions: [shown, executed] }]; }
  return [
    {
      name: look,
      actions: [buildAction('Look', project, 'Assembly', { ...CHANGE_WAYS.look, ...variables }, {
        namespace: look,
      })],
    },
    {
      name: tier.name,
      beforeEntry: skippedUnless('HasChanges', `#{${look}.CHANGES}`, 'yes'),
      actions: [shown, approval(diff, context), executed],
    },
  ];
}

/** The summary has at most 600 characters, which keeps the text below the limit of 1,000. */
function approval(diff: string, { project, key, topicArn }: TierContext): Action {
  return approvalAction(APPROVE, 2, {
    NotificationArn: topicArn,
    CustomData: `Infrastructure of ${project}, stage ${key}, commit #{Source.CommitId}: #{${diff}.DIFF}. `
      + `All changes are in the log of the action Diff and in its artifact (SHA-256 #{${diff}.DIGEST}).`,
    ExternalEntityLink: `#{${diff}.LOG}`,
  });
}
