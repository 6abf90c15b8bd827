import { askForDeployments, decide, startReturn, tellOnly, useRequests, useTableKey } from './grants';
import { type NamedWorkflows, WORKFLOW_REQUESTED } from './model';
import { arn } from '../arn';
import { asksInAws } from '../infrastructure/approver';
import type { NamedInfrastructure } from '../infrastructure/model';
import type { NamedGroup } from '../model';
import type { PlannedRole } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** The role of people who approve deployments, return endpoints, or have a version tried again. */
export function releaser(
  delivery: DeliverySettings, { roles, pipelines }: NamedGroup, workflows: NamedWorkflows,
  { busArn }: NamedInfrastructure,
): PlannedRole {
  const { approvers, governance } = delivery;
  const { place } = pipelines;
  const entered = asksInAws(delivery) && workflows.decisions === undefined;
  return {
    ...roles.releaser,
    purpose: 'Assumed by people who approve deployments, roll back, or try a version again.',
    assumedBy: { account: place.account, named: approvers?.deployments, bound: governance.boundIdentities },
    grants: [
      ...(entered ? [useRequests(
        'Approve', place, workflows, 'ask', ['approval'], "Records a person's decision about a deployment.",
      )] : []),
      ...(workflows.decisions === undefined ? []
        : [decide(place, workflows.decisions, 'Decides about a deployment; the decision counts when it is recorded.')]),
      askForDeployments(place, workflows, 'Has a version tried again; only approved versions are deployed.'),
      tellOnly(busArn, WORKFLOW_REQUESTED, 'Has the workflow started that takes what was asked for.'),
      useRequests('Look', place, workflows, 'read', [
        'deploy', 'build', ...(workflows.decisions ? [] : ['approval' as const]),
      ], 'Shows what waits.'),
      useTableKey('Encrypts requests.'),
      startReturn(pipelines, 'Returns an endpoint to the version before, also while the host of the repository is down.'),
      {
        sid: 'Watch', actions: ['codebuild:BatchGetBuilds'],
        resources: [arn(place, 'codebuild', `project/${pipelines.rollBackProject}`)],
        why: 'Shows what becomes of it.',
      },
    ],
  };
}
