import { FOUND_BY } from '../../options/knowledge/monitoring-matrix';
import { arn } from '../../plan/arn';
import { modelPackageGroupArn } from '../../plan/build/registry';
import type { Engine } from '../../plan/engines';
import type { PlannedGroup } from '../../plan/model';
import { MONITOR_WORDS } from '../../plan/monitor/settings';
import type { Place } from '../../plan/place';
import type { NamedRetraining } from '../../plan/retrain/model';

/** What the function works on, as `tools/retrain/retrain_settings.py` reads it; with the plan's placeholders. */
export function retrainingSettings(
  project: string, group: PlannedGroup, retraining: NamedRetraining, busArn: string, type?: Engine,
): object {
  const { settings, environments, newData, scheduleRule, place } = retraining;
  return {
    project,
    group: group.name,
    bus: busArn,
    pipeline: group.pipelines.buildPipeline,
    ...(group.workflows ? {
      engine: { type, table: group.workflows.requests },
    } : {}),
    modelPackageGroup: modelPackageGroupArn(group.build),
    commit: settings.commit,
    coolDownHours: settings.coolDownHours,
    maxPerDay: settings.maxPerDay,
    environments: Object.fromEntries(environments.map(environment => [environment.name, {
      ...where(environment.place),
      reasons: Object.fromEntries(environment.reasons.map(reason => [reason, MONITOR_WORDS[FOUND_BY[reason]]])),
    }])),
    ...(newData === undefined ? {} : {
      newData: { ...where(newData.place), bucket: newData.bucket, prefix: newData.prefix },
    }),
    ...(scheduleRule === undefined ? {} : { scheduleRule: arn(place, 'events', `rule/${scheduleRule}`) }),
  };
}

/** Account and region; where the function runs unless the options say. */
function where({ account, region }: Place) {
  return { account: account ?? '{account}', region: region ?? '{region}' };
}
