import type { NamedInfrastructurePipeline } from './model';
import { arn } from '../arn';
import { buildLog } from '../logs';
import { lookAtPipeline } from '../roles/look-at-pipeline';
import type { PlannedRole, RoleId } from '../roles/role-model';
import type { DeliverySettings } from '../settings';
import type { Tiers } from '../stacks/tiers';

/** How the action is called in which a person approves what a stage would change. */
export const APPROVE = 'Approve';

/** Whether a stage of the infrastructure pipeline waits for a person. */
export function asksAnybody({ infrastructure, deploymentGroups }: DeliverySettings): boolean {
  return infrastructure.diffApproval
    || deploymentGroups.some(group => group.deployEnvironments.some(environment => environment.manualApproval));
}

/** Whether people answer in AWS; otherwise the reviewers of the host's environments do. */
export function asksInAws({ engine: { github } }: Pick<DeliverySettings, 'engine'>): boolean {
  return github?.approvals !== 'environments';
}

/** The role of people who approve what changes in the infrastructure. */
export function approverRole(
  { approvers, governance }: DeliverySettings, id: RoleId, { name, deployers }: NamedInfrastructurePipeline,
  { self, tiers }: Tiers,
): PlannedRole {
  const { place } = id;
  const asking = [self, ...tiers].filter(tier => tier.manualApproval);
  const logs = deployers.filter(({ type }) => asking.some(tier => tier.type === type))
    .map(({ project }) => arn(place, 'logs', `log-group:${buildLog(project)}`));
  return {
    ...id,
    purpose: 'Assumed by people who approve changes of the infrastructure pipeline.',
    assumedBy: {
      account: place.account, named: approvers?.infrastructure ?? approvers?.deployments,
      bound: governance.boundIdentities,
    },
    grants: [
      {
        sid: 'Approve',
        actions: ['codepipeline:PutApprovalResult'],
        resources: asking.map(tier => arn(place, 'codepipeline', `${name}/${tier.name}/${APPROVE}`)),
        why: "Records a person's decision about a change.",
      },
      lookAtPipeline(place, name),
      // CloudWatch Logs decrypts with its own rights (CloudWatch Logs guide, "Encrypt log data in CloudWatch Logs using
      // AWS KMS": the key's policy names the service).
      {
        sid: 'ReadDiff',
        actions: ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
        resources: logs.flatMap(group => [group, `${group}:log-stream:*`]),
        why: 'Reads the changes from the log of the action that shows them.',
        wildcard: 'The service generates the names of log streams.',
      },
    ],
  };
}
