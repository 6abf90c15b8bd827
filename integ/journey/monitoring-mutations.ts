import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const STAGING = 'churn-main-staging';

/** No run of the monitor has left anything. */
const NO_RUN = /0 runs of data-quality/;
/** The execution of the machine ends with this, and with it the journey. */
const FAILED = (cause: string) => new RegExp(`0 runs of data-quality|a state machine failed.*${cause}`);

/** Replaces a text in the resources of a type that the test accepts. */
function inText(a: Assembly, type: string, accept: (p: Json) => boolean, text: string, replacement: string): void {
  a.resources(type, accept, resource => {
    resource.Properties = JSON.parse(JSON.stringify(resource.Properties).replaceAll(text, replacement)) as Json;
  });
}

const named = (name: string) => (p: Json) => p.Name === name;

/** What is spoilt of schedules, machine, alarms and rules. */
const TEMPLATES: readonly Mutation[] = [
  {
    name: 'monitors are switched off',
    change: a => a.resources('AWS::Scheduler::Schedule', p => JSON.stringify(p.Target.Input).includes('data-quality'),
      r => { r.Properties.State = 'DISABLED'; }),
    scenes: ['as_trained'], noticed: NO_RUN,
  },
  {
    name: 'monitors run before the table has the rows',
    change: a => a.resources('AWS::Scheduler::Schedule', p => JSON.stringify(p.Target.Input).includes('data-quality'),
      r => { r.Properties.ScheduleExpression = 'cron(5 * * * ? *)'; }),
    scenes: ['as_trained'], noticed: /0 runs of data-quality/,
  },
  {
    name: 'schedules say when they start instead of when they were due',
    change: a => inText(a, 'AWS::Scheduler::Schedule', () => true, '<aws.scheduler.scheduled-time>',
      '2026-01-01T00:45:00Z'),
    scenes: ['as_trained'], noticed: /rows as in training are found to be no-rows/,
  },
  {
    name: 'nobody is told what a run has found',
    change: a => a.definition(`${STAGING}-monitor`, text => text.replace(/"Next\\?":\\?"Tell\\?"/, all => (
      all.replace('Tell', 'Done')))),
    scenes: ['drifts'], noticed: /people are told \[\]/,
  },
  {
    name: 'events of monitors stay in their account',
    change: a => a.resources('AWS::Events::Rule', named(`${STAGING}-forwardmonitoring`), r => {
      r.Properties.State = 'DISABLED';
    }),
    scenes: ['drifts'], noticed: /people are told \[\]/,
  },
  {
    name: 'the alarm on violations never fires',
    change: a => a.resources('AWS::CloudWatch::Alarm', p => /-violations|-drift-age/.test(
      JSON.stringify(p.AlarmName)), r => { r.Properties.Threshold = 1000; }),
    scenes: ['drifts'], noticed: /no alarm fires/,
  },
  {
    name: 'what monitors ask for reaches nobody',
    change: a => a.resources('AWS::Events::Rule', named('churn-main-retrainmonitors'), r => {
      r.Properties.State = 'DISABLED';
    }),
    scenes: ['drifts'], noticed: /a drift starts 0 builds/,
  },
  {
    name: 'the build does not know why it was started',
    change: a => a.stages('churn-main-build', stages => JSON.parse(JSON.stringify(stages)
      .replaceAll('#{variables.RetrainingReason}', 'none')) as Json[]),
    scenes: ['drifts'], noticed: /the build does not know its reason/,
  },
];

/** What is spoilt of the roles around monitors. */
const ROLES: readonly Mutation[] = [
  {
    name: 'schedules may not start the machine',
    change: a => a.withoutGrant(`${STAGING}-monitorschedule`, 'Start'),
    scenes: ['as_trained'], noticed: /may not states:StartExecution/,
  },
  {
    name: 'the machine may not make the rule that tells of the end of jobs',
    change: a => a.withoutGrant(`${STAGING}-monitor`, 'EndOfJobs'),
    scenes: ['as_trained'], noticed: FAILED('may not events:PutTargets'),
  },
  {
    name: 'the machine may not pass the role of jobs',
    change: a => a.withoutGrant(`${STAGING}-monitor`, 'PassJobRole'),
    scenes: ['as_trained'], noticed: FAILED('may not iam:PassRole'),
  },
  {
    name: 'the job may not read what was captured',
    change: a => a.withoutGrant(`${STAGING}-monitorjob`, 'Source'),
    scenes: ['as_trained'], noticed: /0 runs of data-quality/,
  },
  {
    name: 'the job may not measure',
    change: a => a.withoutGrant(`${STAGING}-monitorjob`, 'Metrics'),
    scenes: ['as_trained'], noticed: /people are told of nothing: .*FAILED: run of a monitor/,
  },
  {
    name: 'deployments may not leave baselines',
    change: a => a.withoutGrant(`${STAGING}-publish`, 'Baselines'),
    scenes: ['as_trained'], noticed: /may not s3:(Get|Put)Object|has no statistics.json/,
  },
  {
    name: 'deployments may not leave records',
    change: a => a.withoutGrant(`${STAGING}-publish`, 'Record'),
    scenes: ['as_trained'], noticed: /no record says since when staging serves/,
  },
];

/** What is spoilt of the job, and of what decides about retrainings. */
const TOOLS: readonly Mutation[] = [
  {
    name: 'an hour that is compacted again is there twice',
    change: a => a.tool('hour_files.py', ' in seen and is_new:', ' in seen and False:'),
    scenes: ['again'], noticed: /rows are in the table after two runs/,
  },
  {
    name: 'columns that must not be stored are',
    change: a => {
      a.tool('prediction_rows.py', 'left = frozenset(omitted)', 'left = frozenset()');
      a.tool('predictions.py', ' and c.name not in omit', '');
    },
    scenes: ['truth_comes'], noticed: /the table keeps name/,
  },
  {
    name: 'broken data is taken for a drift',
    change: a => a.tool('found.py', 'if any(one["check"] in BROKEN_CHECKS for one in violations):', 'if False:'),
    scenes: ['breaks'], noticed: /broken data is found to be violations/,
  },
  {
    name: 'broken data trains again',
    change: a => {
      a.tool('results.py', '"retrain": outcome == VIOLATIONS and', '"retrain":');
      a.tool('retrain_cause.py', 'detail.get("retrain") is not True or detail.get("outcome") != "violations"', 'False');
    },
    scenes: ['breaks'], noticed: /broken data is found to be broken/,
  },
  {
    name: 'every reason trains again',
    change: a => a.tool('results.py', ' and reason in settings.retrain_on', ''),
    scenes: ['truth_comes'], noticed: /quality is no reason to train again here/,
  },
  {
    name: 'a changed baseline is believed',
    change: a => a.tool('baselines.py', 'if found != self.record["sha256"][name]:', 'if False:',
      'monitor_job.py'),
    scenes: ['tampered'], noticed: /a changed baseline is believed|\d executions fail/,
  },
  {
    name: 'nobody waits for labels',
    change: a => a.tool('windows.py', 'end -= int(monitor.get("waitHours") or 0) * HOUR', 'pass'),
    scenes: ['truth_comes'], noticed: /bad answers are found to be/,
  },
  {
    name: 'thresholds of the options are not looked at',
    change: a => a.tool('settings.json', /"thresholds":\s*\{[^}]*\}/, '"thresholds":{"age":0.9}', 'monitor_job.py'),
    scenes: ['drifts'], noticed: /a drift is found to be/,
  },
  {
    name: 'a retraining is started within the cool-down',
    // The version of the first one waits for its approval, which holds the second one, too.
    change: a => {
      a.tool('retrain_limits.py', 'if now < free - SLACK:', 'if False:');
      a.tool('retrain_waiting.py', 'package.approval != PENDING or reason == NO_REASON', 'True');
    },
    scenes: ['drifts'], noticed: /builds more start within the cool-down/,
  },
  {
    name: 'what was held back is told each hour',
    change: a => a.tool('retrain.py', 'if is_new:', 'if True:'),
    scenes: ['drifts'], noticed: /people are told 2 times that a retraining is held back/,
  },
  {
    name: 'the newest commit is built in place of the live one',
    change: a => a.tool('retrain_engine.py', '**({"sourceRevisions": revisions} if commit else {})', '**{}'),
    scenes: ['drifts'], noticed: /is built, [0-9a-f]+ is live/,
  },
  {
    name: 'a build is started for no reason',
    change: a => a.tool('retrain_engine.py', 'variables=[{"name": REASON, "value": reason}]',
      'variables=[{"name": REASON, "value": "none"}]'),
    scenes: ['drifts'], noticed: /the build is started with the reason 'none'/,
  },
];

/** Faults in monitors, in what they read and tell, and in what they train again. */
export const MONITORING_FAULTS: readonly Mutation[] = [...TEMPLATES, ...ROLES, ...TOOLS];
