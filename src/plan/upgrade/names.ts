import { eventBridgeSchedule, isGitHub } from './schedule';
import { SourceType } from '../../options/source';
import { arn } from '../arn';
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
  if (!schedule || !upgrade.pullRequests || isGitHub(source.type)) { return undefined; }
  const words = [delivery.name, group.name] as const;
  const place = placeOf(tooling);
  const { regional, role } = namerFor(place);
  const project = regional('codeBuild', ...words, 'upgrade');
  const pipeline = source.type === SourceType.CODECOMMIT ? undefined : regional('codePipeline', ...words, 'upgrade');
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
