import type { NamedDelivery } from '../model';
import type { GovernanceRoles, NamedGovernance } from './model';
import { bucketArn } from '../arn';
import { readPackages } from '../build/registry';
import { functionLog } from '../logs';
import { KMS_READ_WRITE, useKeyByAlias, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole, Principal, RoleId } from '../roles/role-model';

const LAMBDA: Principal = {
  service: 'lambda.amazonaws.com',
  anyAccount: 'Lambda names no source account when it assumes a role (Lambda guide, "Execution role").',
};

/** The roles of what records and decides in the tooling account. */
export function governanceRoles(named: NamedDelivery): GovernanceRoles {
  const { governance, groups, infrastructure } = named;
  const { decisions, roles } = governance;
  if (!decisions) { return {}; }
  const packages = groups.map(({ name, build }, i) => readPackages(
    build, `Packages${i}`, ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
    `Reads the versions of the group ${name}.`,
  ));
  const role = (
    id: RoleId, function_: string, purpose: string, assumes: ReadonlyArray<RoleId | undefined>, grants: Grant[],
  ): PlannedRole => ({
    ...id,
    purpose,
    assumedBy: LAMBDA,
    grants: [
      writeLogs(decisions.place, [functionLog(function_)], "Writes the function's log."),
      useOwnKey(KMS_READ_WRITE, 'Decrypts events that wait.'),
      ...packages,
      {
        sid: 'Roles', actions: ['sts:AssumeRole'], resources: assumes.flatMap(assumed => assumed?.arn ?? []),
        why: 'Sets an approval status with the role of the build account that may.',
      },
      {
        sid: 'Tell', actions: ['events:PutEvents'], resources: [infrastructure.busArn],
        why: 'Reports what was decided.',
      },
      ...grants,
    ],
  });
  return {
    ...(roles.recorder ? {
      recorder: role(
        roles.recorder, decisions.recorder, 'Records decisions, and refuses those that separation of duties forbids.',
        groups.map(group => group.roles.refuser), evidence(governance),
      ),
    } : {}),
    ...(roles.ruleApproval && decisions.ruleApproval ? {
      ruleApproval: role(
        roles.ruleApproval, decisions.ruleApproval, 'Checks the rules for each registered version.',
        groups.map(group => group.roles.ruleApprover), [],
      ),
    } : {}),
    ...(roles.jira && decisions.jira ? {
      jira: role(
        roles.jira, decisions.jira, 'Opens a Jira issue for each registered version and follows its transitions.',
        groups.map(group => group.roles.jiraApprover), [],
      ),
    } : {}),
  };
}

/** Writing records, and nothing else, into the bucket of evidence. */
function evidence({ audit }: NamedGovernance): Grant[] {
  if (!audit?.evidenceBucket) { return []; }
  return [
    {
      sid: 'Records',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucketArn(audit.evidenceBucket, '/records/*')],
      why: 'Appends a record, after the last one of its group.',
      wildcard: 'Records are stored by group and number.',
    },
    {
      sid: 'RecordsListed', actions: ['s3:ListBucket'], resources: [bucketArn(audit.evidenceBucket)],
      why: 'Finds the last record of a group.',
    },
    useKeyByAlias(
      'RecordsKey', audit.place, audit.keyAlias, ['kms:Decrypt', 'kms:GenerateDataKey'], 's3', 'Encrypts records.',
    ),
  ];
}
