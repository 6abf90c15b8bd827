import { itemCalls } from './requests';
import { calls, log, type Step, type World } from './world';
import { functionLog } from '../../../../src/plan/logs';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { AwsResource } from '../../../../testing/iam/policies';

/** A resource of the construct that trains a group's model again. */
export function ofRetraining(world: World, { pipelines }: PlannedGroup, type: string, id: string): AwsResource {
  const found = world.resourcesOf(type, pipelines.stack).find(({ logicalId }) => logicalId.startsWith(`Retraining${id}`));
  if (!found) { throw new Error(`${pipelines.stack} has no ${type} Retraining${id}`); }
  return found;
}

/** What the function calls that trains a group's model again, and what rules bring it. */
export function retrainingSteps(world: World, group: PlannedGroup): Step[] {
  const { retraining, roles, pipelines, build, workflows } = group;
  if (!retraining) { return []; }
  const { place } = retraining;
  const sagemaker = (resource: string) => world.arn(build.place, 'sagemaker', resource);
  const queue = ofRetraining(world, group, 'AWS::SQS::Queue', 'WorkQueue').arn;
  const table = ofRetraining(world, group, 'AWS::DynamoDB::Table', 'Memory').arn;
  const { bus } = world.plan.infrastructure;
  const rules = [retraining.monitorRule, retraining.newData?.rule].flatMap(rule => (rule ? [`${bus}/${rule}`] : []));
  return [
    {
      principal: world.role(roles.retrainer!), name: 'retraining',
      source: 'Lambda guide, "Configuring an Amazon SQS queue as an event source", Permissions; tools/retrain/*.py',
      calls: [
        ...log(world, place, functionLog(retraining.function)),
        ...calls(queue, [
          'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage',
        ].map(action => `sqs:${action}`)),
        ...calls(table, ['GetItem', 'PutItem', 'UpdateItem'].map(action => `dynamodb:${action}`)),
        ...(workflows ? itemCalls(world, place, workflows.requests, 'build', ['GetItem', 'PutItem'])
          : calls(world.arn(place, 'codepipeline', pipelines.buildPipeline), [
            'codepipeline:GetPipelineExecution', 'codepipeline:StartPipelineExecution',
          ])),
        ...(retraining.settings.commit === 'live' || retraining.environments.length > 0 ? [
          ...calls(sagemaker(`model-package/${build.modelPackageGroup}/1`), [
            'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages',
          ]),
          ...calls(sagemaker(`model-package-group/${build.modelPackageGroup}`), ['sagemaker:ListModelPackages']),
        ] : []),
        ...calls(world.fill(world.plan.infrastructure.busArn, place), ['events:PutEvents']),
      ],
    },
    ...[...rules, ...(retraining.scheduleRule ? [retraining.scheduleRule] : [])].map((rule): Step => ({
      principal: 'events.amazonaws.com', name: `work of ${rule}`,
      source: 'EventBridge guide, "Using resource-based policies for Amazon EventBridge", Amazon SQS permissions',
      calls: calls(queue, ['sqs:SendMessage'], { 'aws:SourceArn': world.arn(place, 'events', `rule/${rule}`) }),
    })),
  ];
}
