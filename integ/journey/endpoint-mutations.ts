import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const PARTS = ['AWS::SageMaker::Model', 'AWS::SageMaker::EndpointConfig'];

function replacedParts(assembly: Assembly, policy: string): void {
  for (const type of PARTS) {
    assembly.resources(type, () => true, (resource: Json) => { resource.UpdateReplacePolicy = policy; });
  }
}

/** Faults in how a deployment is proven, and in what it leaves. */
export const ENDPOINT_FAULTS: readonly Mutation[] = [
  {
    name: 'the smoke test does not compare what is served with what was deployed',
    change: a => a.tool('smoke_test.py', 'if serving is None:', 'if serving is not None: return serving\n    if True:'),
    // The event of the endpoint records it a moment later, and the next check refuses.
    scenes: ['went_back'],
    noticed: /it was to fail with: SageMaker rolled back to it|Deployment refused: Version \d+ was rolled back/,
  },
  {
    name: 'what is replaced is removed by CloudFormation',
    change: a => replacedParts(a, 'Delete'),
    scenes: ['went_back'], noticed: /the configuration or the model that churn-main-staging serves is gone/,
  },
  {
    name: 'what the stack says counts as live',
    change: a => a.tool('live.py', 'if agrees(stack, serving):', 'if True:'),
    scenes: ['went_back'], noticed: /SageMaker rolled back to it|serves in staging|nobody was notified: ASTRAY/,
  },
  {
    name: 'nobody is notified that an endpoint went back',
    change: a => a.tool('decide_all.py', 'tell(aws, targets, ASTRAY, astray)', 'pass'),
    scenes: ['went_back'], noticed: /nobody was notified: ASTRAY/,
  },
  {
    name: 'another attempt changes nothing',
    change: a => a.tool('decide_all.py', '(1 if now.astray else 0)', '0'),
    scenes: ['went_back'], noticed: /SageMaker rolled back to it/,
  },
  {
    name: 'the checks may not look at endpoint configurations',
    change: a => a.withoutAction('churn-main-staging-verify', 'sagemaker:DescribeEndpointConfig'),
    scenes: ['went_back'], noticed: /may not sagemaker:DescribeEndpointConfig/,
  },
  {
    name: 'the model may not look at the alarms of its deployment',
    change: a => a.withoutAction('churn-main-prod-model', 'cloudwatch:DescribeAlarms'),
    scenes: ['approve'], noticed: /the alarms cannot be looked at/,
  },
  {
    name: 'CloudFormation may not make the alarms of a deployment',
    change: a => a.withoutAction('churn-main-prod-cloudformation', 'cloudwatch:PutMetricAlarm'),
    scenes: ['approve'], noticed: /may not cloudwatch:PutMetricAlarm/,
  },
  {
    name: 'the alarms count the old instances too',
    change: a => a.resources('AWS::CloudWatch::Alarm', p => p.MetricName === 'Invocation5XXErrors', alarm => {
      alarm.Properties.Dimensions.pop();
    }),
    scenes: ['approve'], noticed: /do not watch \S+ alone/,
  },
  {
    name: 'nobody waits while SageMaker maintains the endpoint',
    change: a => a.tool('serving.py', 'if found is None or found["EndpointStatus"] not in UNDER_WAY:', 'if True:'),
    scenes: ['maintained'], noticed: /Cannot update in-progress endpoint/,
  },
  {
    name: 'what was replaced may not be removed',
    change: a => a.withoutGrant('churn-main-staging-retire', 'Remove'),
    scenes: ['replaced'], noticed: /configurations and \d models are left in staging.*LEFT OVER/,
  },
  {
    name: 'what was replaced may not be listed',
    change: a => a.withoutGrant('churn-main-prod-retire', 'List'),
    scenes: ['replaced'], noticed: /are left in prod.*LEFT OVER/,
  },
  {
    name: 'nothing before the served pair is kept',
    change: a => a.tool('retire.py', ' or c in stays', ''),
    scenes: ['replaced'], noticed: /1 configurations and \d models are left in staging/,
  },
  {
    name: 'what failed its test is kept in place of what was proven',
    change: a => a.tool('retire.py', 'well = [c for c in older if PROVEN_TAG in c.tags]', 'well = older[:1]'),
    scenes: ['went_back'], noticed: /configurations of churn-main\/2, churn-main\/1 are left in staging/,
  },
  {
    name: 'the smoke test compares no answers',
    change: a => a.tool('smoke_test.py', 'if differing:', 'if False:'),
    scenes: ['other_answers'], noticed: /it was to fail with: does not answer as/,
  },
  {
    name: 'the preparation may not read golden rows',
    change: a => a.withoutGrant('churn-main-deployrunner', 'Reports'),
    scenes: ['other_answers'], noticed: /it was to fail with: does not answer as/,
  },
  {
    name: 'golden rows are believed whatever the package records',
    change: a => a.tool('golden.py', 'if how := unrecorded(found, recorded):', 'if how := "":'),
    scenes: ['changed_rows'], noticed: /it was to fail with: GoldenRowsSha256/,
  },
];
