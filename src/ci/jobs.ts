import { changeJob, synthJob } from './infrastructure';
import type { Job, JobRole } from './job';
import { modelBuild } from './model-build';
import { PROMOTE, SEAL } from './registry';
import { prepareJob, RECORD, ROLL_BACK, verifyJob } from './release';
import { upgradeJob } from './upgrade';
import type { DeliveryPlan, PlannedGroup } from '../plan/model';
import type { PlannedRole } from '../plan/roles/role-model';

/** A job of a delivery with the role that it runs with. */
export interface PlannedJob {
  readonly job: Job;
  readonly role: PlannedRole;
  /** Deployment group that it belongs to. */
  readonly group?: string;
}

/** Everything that runs commands in a delivery; the workflow of a host that upgrades by itself is not among it. */
export function jobsOf(plan: DeliveryPlan): PlannedJob[] {
  const { delivery, groups, infrastructure: { pipeline }, upgrade, promotion } = plan;
  const planned = (job: Job, group?: PlannedGroup): PlannedJob => ({
    job, role: roleOf(plan, job.role, group), ...(group ? { group: group.name } : {}),
  });
  return [
    ...groups.flatMap(group => [
      modelBuild(), SEAL, prepareJob(delivery.infrastructure, group.waves.length), verifyJob(group), ROLL_BACK, RECORD,
    ].map(job => planned(job, group))),
    ...(pipeline ? [synthJob(delivery.infrastructure), ...pipeline.deployers.map(({ type }) => changeJob(type))] : [])
      .map(job => planned(job)),
    ...(upgrade ? [planned(upgradeJob(delivery.source.type))] : []),
    ...(promotion ? [planned(PROMOTE)] : []),
  ];
}

function roleOf(plan: DeliveryPlan, role: JobRole | undefined, group?: PlannedGroup): PlannedRole {
  const [part, name] = (role ?? '').split('.') as ['group' | 'infrastructure' | 'upgrade' | 'promotion', string];
  const roles = (part === 'group' ? group : plan[part])?.roles as { readonly [name: string]: PlannedRole } | undefined;
  const found = roles?.[name];
  if (!found) { throw new Error(`The plan has no role ${role}.`); }
  return found;
}
