import { askForDeployments, startReturn, tellOnly, useRequests, useTableKey } from './grants';
import { type NamedWorkflows, WORKFLOW_REQUESTED } from './model';
import { DeploymentApprovals } from '../../options/github-actions';
import { arn } from '../arn';
import type { NamedInfrastructure } from '../infrastructure/model';
import type { NamedGroup } from '../model';
import type { PlannedRole } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** The role of people who approve deployments, return endpoints, or have a version tried again. */
export function releaser(
  delivery: DeliverySettings, { roles, pipelines }: NamedGroup, workflows: NamedWorkflows,
  { busArn }: NamedInfrastructure,
): PlannedRole {
  const { approvers, governance, engine } = delivery;
  const { place } = pipelines;
  return {
    ...roles.releaser,
    purpose: 'Assumed by people who approve deployments, roll back, or try a version again.',
    assumedBy: { account: place.account, named: approvers?.deployments, bound: governance.boundIdentities },
    grants: [
      ...(engine.github!.approvals === DeploymentApprovals.AWS ? [useRequests(
        'Approve', place, workflows, 'ask', ['approval'], "Records a person's decision about a deployment.",
      )] : []),
      askForDeployments(place, workflows, 'Has a version tried again; only approved versions are deployed.'),
      tellOnly(busArn, WORKFLOW_REQUESTED, 'Has the workflow started that takes what was asked for.'),
      useRequests('Look', place, workflows, 'read', ['deploy', 'build', 'approval'], 'Shows what waits.'),
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
