import type { PlannedUpgrade } from './model';
import { SourceType } from '../../options/source';
import { arn } from '../arn';
import type { Delivery, DeliveryGroup } from '../delivery';
import { upgradeRoles } from './roles';
import type { PlannedPipelines } from '../deploy/model';
import { nameOf } from '../names/name-of';

/** Branch that upgrades are pushed to, one at a time. */
export const UPGRADE_BRANCH = 'upgrade/sagemaker-cicd-projen';

/** Minute, hour, day of month, month, day of week: 05:00 UTC. */
const SCHEDULES: { readonly [schedule: string]: readonly [string, string] } = { daily: ['*', '*'], weekly: ['*', '1'], monthly: ['1', '*'] };

/** The schedule as cron has it in GitHub workflows; undefined for `never`. */
export function cronSchedule(schedule: string): string | undefined {
  const days = SCHEDULES[schedule];
  return days && `0 5 ${days[0]} * ${days[1]}`;
}

/** The same for EventBridge, where one of the two days is a question mark and Monday is number 2 (EventBridge user guide, "Cron expressions"). */
function eventBridgeSchedule(schedule: string): string | undefined {
  const days = SCHEDULES[schedule];
  if (!days) { return undefined; }
  return days[1] === '*' ? `cron(0 5 ${days[0]} * ? *)` : 'cron(0 5 ? * MON *)';
}

/** Whether a GitHub workflow opens the pull requests. */
export function isGitHub(type: SourceType): boolean {
  return type === SourceType.GITHUB || type === SourceType.GITHUB_ENTERPRISE;
}

/** The scheduled build of a delivery; undefined when a GitHub workflow does it, or nobody should. It belongs to the first group. */
export function planUpgrade(delivery: Delivery, group: DeliveryGroup, pipelines: PlannedPipelines): PlannedUpgrade | undefined {
  const { source, upgrade, network } = delivery;
  const schedule = eventBridgeSchedule(upgrade.schedule);
  if (!schedule || !upgrade.pullRequests || isGitHub(source.type)) { return undefined; }
  const words = [delivery.name, group.name] as const;
  const project = nameOf('codeBuild', ...words, 'upgrade');
  const pipeline = source.type === SourceType.CODECOMMIT ? undefined : nameOf('codePipeline', ...words, 'upgrade');
  const targetArn = pipeline ? arn(pipelines.place, 'codepipeline', pipeline) : arn(pipelines.place, 'codebuild', `project/${project}`);
  return {
    group: group.name, sourceBranch: group.sourceBranch, schedule, project, pipeline, targetArn,
    rule: nameOf('rule', ...words, 'upgrades'),
    roles: upgradeRoles({ words, source, pipelines, project, pipeline, targetArn, network, branch: UPGRADE_BRANCH }),
  };
}
