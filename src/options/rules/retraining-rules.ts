import type { OptionProblem } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import type { RetrainingOptions } from '../retraining';

const HOURS = { hour: 1, hours: 1, day: 24, days: 24 } as const;

/** What a schedule and the limits of retraining have to do with each other, of the project and of each group. */
export const retrainingRules: RuleFamily = options => [
  'retraining', ...entryPaths(options, 'deploymentGroups').map(path => `${path}.retraining`),
].map(path => rule<[Partial<RetrainingOptions> | undefined]>([path], (retraining = {}) => {
  const { schedule } = retraining;
  return schedule === undefined ? [] : [...spelling(`${path}.schedule`, schedule), ...tooOften(path, retraining)];
}));

/** EventBridge user guide, "Setting a schedule pattern for scheduled rules": units of rates, fields of cron. */
function spelling(path: string, schedule: string): OptionProblem[] {
  const rate = /^rate\((\d+) (hour|day)(s?)\)$/.exec(schedule);
  if (rate) {
    const [, number, unit, plural] = rate;
    const isOne = Number(number) === 1;
    return isOne === (plural === '') ? [] : [problem(
      path, schedule, `"rate(${number} ${unit}${isOne ? '' : 's'})": EventBridge takes the unit of 1 without, of others `
        + 'with an s',
      'Write it like that.',
    )];
  }
  const fields = schedule.slice('cron('.length, -1).trim().split(/\s+/);
  return fields.length === 6 ? [] : [problem(
    path, schedule, 'six fields: minutes, hours, day of the month, month, day of the week, year',
    'Write for example "cron(0 3 ? * MON *)", each Monday at 3:00 UTC.',
  )];
}

/** A schedule whose every second start would be held back is not what was meant. */
function tooOften(
  path: string, { schedule, coolDownHours = 24, maxPerDay = 1 }: Partial<RetrainingOptions>,
): OptionProblem[] {
  const rate = /^rate\((\d+) (hours?|days?)\)$/.exec(schedule!);
  if (!rate) { return []; }
  const hours = Number(rate[1]) * HOURS[rate[2] as keyof typeof HOURS];
  if (hours < coolDownHours) {
    return [problem(
      `${path}.schedule`, schedule, `a rate of at least ${coolDownHours} hours, the cool-down after each retraining`,
      `Train less often, or lower ${path}.coolDownHours.`,
    )];
  }
  const needed = Math.floor(24 / hours);
  return needed <= maxPerDay ? [] : [problem(
    `${path}.schedule`, schedule, `a rate of at most ${maxPerDay} in 24 hours`,
    `Train less often, or raise ${path}.maxPerDay.`,
  )];
}
