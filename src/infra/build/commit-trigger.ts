import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { arn } from '../../delivery/arn';
import type { DeliverySource } from '../../delivery/delivery';
import type { PlannedGroup } from '../../delivery/plan';
import { fill } from '../private/fill';
import { makeRole } from '../private/planned-role';

/** Starts the build pipeline when its branch is pushed to CodeCommit; the other sources trigger their pipeline themselves. */
export function startOnCommit(scope: Construct, group: PlannedGroup, source: DeliverySource): events.CfnRule {
  const { pipelines, roles } = group;
  return new events.CfnRule(scope, 'CommitRule', {
    name: pipelines.commitRule,
    description: `A push to ${group.sourceBranch} starts ${pipelines.buildPipeline}`,
    eventPattern: {
      'source': ['aws.codecommit'],
      'detail-type': ['CodeCommit Repository State Change'],
      'resources': [fill(scope, arn(pipelines.place, 'codecommit', source.repository))],
      'detail': { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: [group.sourceBranch] },
    },
    targets: [{
      id: 'Pipeline',
      arn: fill(scope, arn(pipelines.place, 'codepipeline', pipelines.buildPipeline)),
      roleArn: makeRole(scope, 'TriggerRole', roles.buildTrigger!).roleArn,
    }],
  });
}
