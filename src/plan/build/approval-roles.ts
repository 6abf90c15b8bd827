import type { NamedGovernance } from '../govern/model';
import type { NamedGroup } from '../model';
import type { BuildRoles } from './model';
import { modelPackagesArn, readPackages } from './registry';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';

const VERSIONS = 'The registry assigns the version numbers.';

/** The roles in a build account that set an approval status for something other than a person. */
export function approvalRoles(
  { build, roles }: NamedGroup, governance: NamedGovernance,
): Pick<BuildRoles, 'ruleApprover' | 'jiraApprover' | 'refuser'> {
  const look = readPackages(
    build, 'Packages', ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
    'Reads the package before it decides.',
  );
  const set = (sid: string, statuses: readonly string[], why: string): Grant => ({
    sid,
    actions: ['sagemaker:UpdateModelPackage'],
    resources: [modelPackagesArn(build)],
    conditions: { StringEquals: { 'sagemaker:ModelApprovalStatus': statuses } },
    why,
    wildcard: VERSIONS,
  });
  const assumedBy = (function_: RoleId | undefined, id: RoleId | undefined, purpose: string, ...grants: Grant[]) => (
    function_ && id ? { ...id, purpose, assumedBy: { role: function_.arn }, grants: [look, ...grants] } : undefined);
  const made = {
    ruleApprover: assumedBy(
      governance.roles.ruleApproval, roles.ruleApprover, 'Approves versions for which all rules hold.',
      set('Approve', ['Approved'], 'Approves by rule; it cannot reject.'),
    ),
    jiraApprover: assumedBy(
      governance.roles.jira, roles.jiraApprover, 'Approves and rejects versions as their Jira issues say.',
      set('Decide', ['Approved', 'Rejected'], 'Sets what was decided in Jira.'),
    ),
    refuser: assumedBy(
      governance.roles.recorder, roles.refuser, 'Takes back an approval that was refused.',
      set('TakeBack', ['PendingManualApproval'], 'Has the version wait for another approval.'),
    ),
  };
  return Object.fromEntries(Object.entries(made).filter(([, role]) => role !== undefined)) as {
    [R in keyof typeof made]?: PlannedRole
  };
}
