import { FOLDERS, sealedPrefix } from '../../../plan/build/prefixes';
import { modelPackageGroupArn } from '../../../plan/build/registry';
import type { DeliveryPlan, PlannedGroup } from '../../../plan/model';
import type { PlannedRole } from '../../../plan/roles/role-model';

/** Tools that every function that decides takes along. */
export const SHARED_TOOLS = [
  ...['approval_aws', 'approval_events', 'approval_queue', 'approval_settings', 'bound', 'package_reports'].map(
    name => `govern/${name}.py`),
  ...['objects', 'package_groups', 'package_request', 'registry', 'seal', 'targets'].map(name => `deploy/${name}.py`),
  '../runner/local_runner/records.py',
];

/** A group with the role that decides in its build account. */
export interface DecidedGroup {
  readonly group: PlannedGroup;
  readonly role: PlannedRole;
}

/** The groups for whose versions there is a role. */
export function decidedGroups(
  plan: DeliveryPlan, roleOf: (group: PlannedGroup) => PlannedRole | undefined,
): DecidedGroup[] {
  return plan.groups.flatMap(group => {
    const role = roleOf(group);
    return role ? [{ group, role }] : [];
  });
}

/** What the functions work on; texts with the plan's placeholders, which the tools fill in with where they run. */
export function approvalSettings(plan: DeliveryPlan, groups: readonly DecidedGroup[], more: object): object {
  return {
    project: plan.delivery.name,
    bus: plan.infrastructure.busArn,
    groups: groups.map(({ group: { name, build }, role }) => ({
      name,
      modelPackageGroup: modelPackageGroupArn(build),
      role: role.arn,
      runs: `s3://${build.artifactBucket}/${build.pipelineName}/${FOLDERS.processing[0]}`,
      sealed: sealedPrefix(build),
    })),
    ...more,
  };
}
