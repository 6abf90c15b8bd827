import { eventBridgeSchedule } from './schedule';
import { HOSTS } from '../../options/knowledge/hosts';
import { arn } from '../arn';
import { enginesOf } from '../engines';
import { namerFor } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliverySettings } from '../settings';

/**
 * The scheduled build of a delivery; undefined when a GitHub workflow does it, or nobody should. It belongs to the
 * first group.
 */
export function nameUpgrade(delivery: DeliverySettings) {
  const { source, upgrade, tooling, deploymentGroups: [group] } = delivery;
  const schedule = eventBridgeSchedule(upgrade.schedule);
  if (!schedule || enginesOf(delivery).upgrade !== 'codepipeline') { return undefined; }
  const words = [delivery.name, group.name] as const;
  const place = placeOf(tooling);
  const { regional, role } = namerFor(place);
  const project = regional('codeBuild', ...words, 'upgrade');
  const pipeline = HOSTS[source.type].inAws ? undefined : regional('codePipeline', ...words, 'upgrade');
  return {
    group: group.name,
    sourceBranch: group.sourceBranch,
    schedule,
    rule: regional('rule', ...words, 'upgrades'),
    project,
    pipeline,
    targetArn: pipeline ? arn(
      place,
      'codepipeline',
      pipeline.name,
    ) : arn(place, 'codebuild', `project/${project.name}`),
    roles: {
      trigger: role(...words, 'upgradetrigger'),
      runner: role(...words, 'upgraderunner'),
      ...(pipeline ? { pipeline: role(...words, 'upgradepipeline') } : {}),
    },
  };
}
