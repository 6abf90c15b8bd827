import type { Mutation } from './mutation';

/** Faults in what is recorded of versions that failed, and in the return of an endpoint to the version before. */
export const ROLLBACK_FAULTS: readonly Mutation[] = [
  {
    name: 'what was rolled back is not looked at',
    change: a => a.tool('rollbacks.py', 'return None if found is None or found.cleared else found', 'return None'),
    scenes: ['recorded'], noticed: /it was to fail with: was rolled back in|serves in staging/,
  },
  {
    name: 'a failed change set is not recorded',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-record', rule => {
      rule.Properties.State = 'DISABLED';
    }),
    scenes: ['recorded'], noticed: /nobody was notified: ROLLED BACK/,
  },
  {
    name: 'nobody may start the recording',
    change: a => a.withoutGrant('churn-main-recordtrigger', 'Start'),
    scenes: ['recorded'], noticed: /nobody was notified: ROLLED BACK.*may not codebuild:StartBuild/,
  },
  {
    name: 'the recording may not read why the stack went back',
    change: a => a.withoutAction('churn-main-staging-verify', 'cloudformation:DescribeStackEvents'),
    scenes: ['recorded'], noticed: /nobody was notified: ROLLED BACK/,
  },
  {
    name: 'records may not be written',
    change: a => a.withoutGrant('churn-main-deployrunner', 'Records'),
    scenes: ['recorded'], noticed: /AccessDenied|may not s3:/,
  },
  {
    name: 'the newest approved version is deployed whatever was rolled back',
    change: a => a.tool(
      'decide_all.py', 'targets.registry, partial(reaches, environment), recorded)',
      'targets.registry, recorded=recorded)',
    ),
    scenes: ['recorded'], noticed: /\d serves in staging of main, not/,
  },
  {
    name: 'a version that failed on the way to an environment is deployed there in place of another',
    change: a => a.tool('rollbacks.py', ' or e.wave < environment.wave', ''),
    scenes: ['recorded'], noticed: /\d serves in prod of main, not/,
  },
  {
    name: 'what an endpoint went back from is not recorded',
    change: a => {
      a.tool('smoke_test.py', 'if not Decision(**record["decision"]).is_new:', 'if True:');
      a.tool('record_rollback.py', 'if live is None or live.astray is None:', 'if True:');
    },
    scenes: ['went_back'], noticed: /it was to fail with: was rolled back in staging/,
  },
  {
    name: 'what becomes of an endpoint is not forwarded',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-prod-forwardendpoint', rule => {
      rule.Properties.State = 'DISABLED';
    }),
    scenes: ['went_back_later'], noticed: /nobody was told that churn-main-prod went back later/,
  },
  {
    name: 'nobody compares an endpoint that has changed',
    change: a => a.tool('record_rollback.py', 'if live is None or live.astray is None:', 'if True:'),
    scenes: ['went_back_later'], noticed: /nobody was told that churn-main-prod went back later/,
  },
  {
    name: 'alarms are not forwarded',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-prod-forwardendpoint', rule => {
      rule.Properties.EventPattern.$or.pop();
    }),
    scenes: ['alarmed'], noticed: /no alarm has churn-main-prod returned/,
  },
  {
    name: 'no rule waits for alarms',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-watch', rule => {
      rule.Properties.State = 'DISABLED';
    }),
    scenes: ['alarmed'], noticed: /no alarm has churn-main-prod returned/,
  },
  {
    name: 'the recording may not start the return',
    change: a => a.withoutGrant('churn-main-deployrunner', 'Return'),
    scenes: ['alarmed'], noticed: /no alarm has churn-main-prod returned/,
  },
  {
    name: 'what an alarm returns is not recorded',
    change: a => a.tool(
      'watch.py', 'told = note(self._aws, self._targets, self._environment, package, reason, execution, by=by)',
      'told = reason',
    ),
    scenes: ['alarmed'], noticed: /nobody was notified: Why: the alarm/,
  },
  {
    name: 'an alarm blames a version that was live before',
    change: a => a.tool(
      'watch.py', 'if decision is None or decision.package != package or not decision.is_new:', 'if False:',
    ),
    scenes: ['alarmed'], noticed: /which was live before, is returned|nobody was notified: Version \d+ stays/,
  },
  {
    name: 'nobody may look whether an alarm fires still',
    change: a => a.withoutGrant('churn-main-prod-verify', 'RollbackAlarms'),
    scenes: ['alarmed'], noticed: /no alarm has churn-main-prod returned/,
  },
  {
    name: 'people may not start the pipeline',
    change: a => a.withoutGrant('churn-main-releaser', 'Start'),
    scenes: ['returned'], noticed: /may not codepipeline:StartPipelineExecution/,
  },
  {
    name: 'the return may not change the endpoint',
    change: a => a.withoutGrant('churn-main-prod-rollback', 'Endpoint'),
    scenes: ['returned'], noticed: /serves in prod, not/,
  },
  {
    name: 'the return may not give the endpoint a proven configuration',
    change: a => a.withoutGrant('churn-main-prod-rollback', 'ProvenConfig'),
    scenes: ['returned'], noticed: /serves in prod, not/,
  },
  {
    name: 'what is left at a return keeps its proof',
    change: a => a.tool('roll_back.py', 'self._unprove(now.config)', 'pass'),
    scenes: ['returned'], noticed: /not with: no configuration of an earlier proven version is left/,
  },
  {
    name: 'a return does not record what it leaves',
    change: a => {
      a.tool('roll_back.py', 'self._record(now.package, package)', 'pass');
      a.tool('record_rollback.py', 'if live is None or live.astray is None:', 'if True:');
    },
    scenes: ['returned'], noticed: /nobody was notified: ROLLED BACK/,
  },
  {
    name: 'an execution that returned one environment deploys to all',
    change: a => a.tool('decide_all.py', 'if roll_back_in:', 'if False:'),
    scenes: ['returned'], noticed: /the return of prod deployed to staging/,
  },
];
