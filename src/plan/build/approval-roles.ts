import type { NamedGovernance } from '../govern/model';
import type { NamedGroup } from '../model';
import type { BuildRoles, NamedBuild } from './model';
import { below } from './prefixes';
import { readPackages } from './registry';
import { bucketArn } from '../arn';
import { setStatus } from '../govern/decision-grants';
import type { Stage } from '../govern/stages';
import { KMS_GET, useOwnKey } from '../roles/grants';
import type { Grant, PlannedRole, RoleId } from '../roles/role-model';

/** Reading what a version's pipeline reported, and whether its artifact is sealed. */
function readReports(build: NamedBuild): Grant[] {
  return [
    {
      sid: 'Reports',
      actions: ['s3:GetObject'],
      resources: [...below(build, 'processing'), ...below(build, 'sealer')],
      why: 'Reads reports of the evaluation and of the data, and what is recorded of the sealed artifact.',
      wildcard: 'The pipeline and the registry assign the keys; the folders are exact.',
    },
    {
      sid: 'ReportsListed', actions: ['s3:ListBucket'], resources: [bucketArn(build.artifactBucket)],
      why: 'Tells a report that is not there from one that it may not read.',
    },
    useOwnKey(KMS_GET, 'Decrypts the reports.'),
  ];
}

/** The roles in a build account that set an approval status for something other than a person. */
export function approvalRoles(
  { build, roles }: NamedGroup, governance: NamedGovernance, lifeCycleStages: boolean,
): Pick<BuildRoles, 'ruleApprover' | 'jiraApprover' | 'refuser'> {
  const look = readPackages(
    build, 'Packages', ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
    'Reads the package before it decides.',
  );
  const set = (sid: string, statuses: readonly string[], why: string, notIn: readonly Stage[] = []): Grant =>
    setStatus(build, sid, statuses, why, lifeCycleStages ? notIn : []);
  const assumedBy = (function_: RoleId | undefined, id: RoleId | undefined, purpose: string, ...grants: Grant[]) => (
    function_ && id ? { ...id, purpose, assumedBy: { roles: [function_.arn] }, grants: [look, ...grants] } : undefined);
  const made = {
    ruleApprover: assumedBy(
      governance.roles.ruleApproval, roles.ruleApprover, 'Approves versions for which all rules hold.',
      set('Approve', ['Approved'], 'Approves a new version by rule; it cannot reject.', [
        'QA', 'PreProduction', 'Production', 'Archived',
      ]),
      ...readReports(build),
    ),
    jiraApprover: assumedBy(
      governance.roles.jira, roles.jiraApprover, 'Approves and rejects versions as their Jira issues say.',
      set('Decide', ['Approved', 'Rejected'], 'Sets what was decided in Jira.', ['Archived']),
      ...readReports(build),
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
