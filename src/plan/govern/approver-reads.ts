import { readRecords } from './evidence-grants';
import type { NamedGovernance } from './model';
import { bucketArn } from '../arn';
import { FOLDERS } from '../build/prefixes';
import type { PlannedGroup } from '../model';
import { KMS_GET, useOwnKey } from '../roles/grants';
import type { Grant } from '../roles/role-model';

/**
 * A group whose approvers see what they decide about, and what became of their decisions; only where decisions are
 * recorded.
 */
export function letApproversRead(group: PlannedGroup, governance: NamedGovernance): PlannedGroup {
  const records = readRecords(governance, [group.chain]);
  if (records.length === 0) { return group; }
  const { approver } = group.roles;
  const grants = [...approver.grants, ...readReports(group), ...records];
  return { ...group, roles: { ...group.roles, approver: { ...approver, grants } } };
}

/** The reports of evaluation and data; the model itself is not shown to anybody. */
function readReports({ build }: PlannedGroup): Grant[] {
  const [runs] = FOLDERS.processing;
  return [
    {
      sid: 'Reports',
      actions: ['s3:GetObject'],
      resources: [bucketArn(build.artifactBucket, `/${build.pipelineName}/${runs}/*.json`)],
      why: 'Shows metrics, comparison and data before the decision.',
      wildcard: 'Reports are stored by execution.',
    },
    useOwnKey(KMS_GET, 'Decrypts reports.'),
  ];
}
