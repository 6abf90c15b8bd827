import { actions, allow, type Service, type ServiceScope } from './statement';

/** Services that only roles around monitors are passed to. */
export const PASSED_TO_OF_MONITORS = ['scheduler'] as const;

/** Whether something is monitored in an account. */
export function hasMonitors({ plan, account }: Pick<ServiceScope, 'plan' | 'account'>): boolean {
  return plan.groups.flatMap(group => group.environments)
    .some(({ place, monitoring }) => monitoring !== undefined && place.account === account);
}

/**
 * State machines of monitors, and the schedules that start them (schemas of the types: permissions of their handlers).
 * Schedules are in the group that every account has.
 */
export const monitors: Service = ({ named }) => [
  allow('MonitorMachines', actions('states', `CreateStateMachine DeleteStateMachine DescribeStateMachine
    ListTagsForResource TagResource UntagResource UpdateStateMachine`), named('states', 'stateMachine:{}*')),
  allow('MonitorSchedules', actions('scheduler', 'CreateSchedule DeleteSchedule GetSchedule UpdateSchedule'),
    named('scheduler', 'schedule/default/{}*')),
];
