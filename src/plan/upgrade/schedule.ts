/** Branch that upgrades are pushed to, one at a time. */
export const UPGRADE_BRANCH = 'upgrade/sagemaker-cicd-projen';

/** Day of month and day of week; always at 05:00 UTC. */
const SCHEDULES: { readonly [schedule: string]: readonly [string, string] } = {
  daily: ['*', '*'],
  weekly: ['*', '1'],
  monthly: ['1', '*'],
};

/** The schedule as cron has it in GitHub workflows; undefined for `never`. */
export function cronSchedule(schedule: string): string | undefined {
  const days = SCHEDULES[schedule];
  return days && `0 5 ${days[0]} * ${days[1]}`;
}

/**
 * The same for EventBridge, where one of the two days is a question mark and Monday is number 2 (EventBridge user
 * guide, "Cron expressions").
 */
export function eventBridgeSchedule(schedule: string): string | undefined {
  const days = SCHEDULES[schedule];
  if (!days) { return undefined; }
  return days[1] === '*' ? `cron(0 5 ${days[0]} * ? *)` : 'cron(0 5 ? * MON *)';
}
