import { logExecutions } from './pipelines';
import { itemCalls } from './requests';
import { log, type Call, calls, type Step, type World } from './world';
import { keptPushes } from '../../../../src/infra/source/kept-pushes';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { Place } from '../../../../src/plan/place';
import type { DeliverySource } from '../../../../src/plan/settings';

/** What decisions need: the recorder, and the role that takes a refused approval back. */
export function governSteps(world: World): Step[] {
  const { governance, groups } = world.plan;
  const { decisions, roles } = governance ?? {};
  if (!decisions || !roles?.recorder) { return trailSteps(world); }
  return [
    ...trailSteps(world),
    ...(roles.decisions ? [{
      principal: world.role(roles.decisions), name: 'decisions about what workflows deploy',
      source: 'Step Functions guide, "Using CloudWatch Logs to log execution history", IAM policies',
      calls: logExecutions(),
    }] : []),
    {
      principal: world.role(roles.recorder), name: 'recorder',
      source: 'tools/govern/{recorder,change,builds,people,*_approval,evidence}.py; Lambda guide, "Using Lambda with '
        + 'Amazon SQS", permissions of the execution role',
      calls: recorderCalls(world),
    },
    ...groups.flatMap(group => (group.roles.refuser ? [{
      principal: world.role(group.roles.refuser), name: `refusal in ${group.name}`, source: 'tools/govern/recorder.py',
      calls: calls(version(world, group), ['sagemaker:UpdateModelPackage'], {
        'sagemaker:ModelApprovalStatus': 'PendingManualApproval',
      }),
    }] : [])),
  ];
}

/** What the trails do by themselves, and who forwards signs of tampering. */
function trailSteps(world: World): Step[] {
  const { governance, infrastructure } = world.plan;
  return (governance?.audit?.trails ?? []).flatMap(({ place, roles, trail }): Step[] => [
    {
      principal: world.role(roles.forwarder), name: `signs of tampering in ${place.account} ${place.region}`,
      source: 'EventBridge guide, "Sending and receiving events between accounts"',
      calls: calls(world.fill(infrastructure.busArn, infrastructure.place), ['events:PutEvents']),
    },
    ...(roles.logs && trail ? [{
      principal: world.role(roles.logs), name: `log of the trail in ${place.account}`,
      source: 'CloudTrail guide, "Role policy document for CloudTrail to use CloudWatch Logs"',
      calls: log(world, place, trail.logGroup),
    }] : []),
  ]);
}

function recorderCalls(world: World): Call[] {
  const { governance: { decisions }, delivery, groups, infrastructure } = world.plan;
  const { place, queue, recorder } = decisions!;
  const { separationOfDuties, sourceTokenArn } = delivery.governance;
  const pipeline = (name: string) => world.arn(place, 'codepipeline', name);
  const source = delivery.source;
  return [
    ...log(world, place, `/aws/lambda/${recorder}`),
    ...queueCalls(world, world.arn(place, 'sqs', queue)),
    ...evidenceCalls(world, 'records/main/00000001.json', ['s3:GetObject', 's3:PutObject']),
    ...calls(world.fill(infrastructure.busArn, infrastructure.place), ['events:PutEvents']),
    ...groups.flatMap(group => [
      ...calls(version(world, group), ['sagemaker:DescribeModelPackage']),
      ...calls(
        `${world.bucket(group.build.artifactBucket, group.build.place)}/churn/evaluation/evaluation.json`, ['s3:GetObject'],
      ),
      ...calls(world.role(group.roles.refuser!), ['sts:AssumeRole']),
      ...(group.workflows ? workflowCalls(world, group) : [
        ...calls(pipeline(group.pipelines.deployPipeline), [
          'codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions',
        ]),
        ...(separationOfDuties
          ? calls(pipeline(group.pipelines.buildPipeline), ['codepipeline:ListPipelineExecutions']) : []),
      ]),
    ]),
    ...(infrastructure.workflow?.decisions === undefined ? [] : decided(world, place, infrastructure.workflow.decisions)),
    ...(infrastructure.pipeline ? calls(pipeline(infrastructure.pipeline.name), [
      'codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions',
    ]) : []),
    ...(separationOfDuties && source.type === 'codecommit' ? [
      ...calls(world.arn(place, 'codecommit', source.repository), ['codecommit:GetCommit']),
      ...evidenceCalls(world, `pushes/${source.repository}/abc/1.json`, ['s3:GetObject', 's3:PutObject']),
    ] : []),
    ...(sourceTokenArn === undefined ? [] : calls(sourceTokenArn, ['secretsmanager:GetSecretValue'])),
  ];
}

/** What was decided about a deployment, and who asked for it; who built is asked of GitHub. */
function workflowCalls(world: World, { workflows, pipelines: { place } }: PlannedGroup): Call[] {
  return [
    ...decided(world, place, workflows!.decisions!), ...itemCalls(world, place, workflows!.requests, 'deploy', ['Query']),
  ];
}

/** A decision is the input of an execution. */
function decided(world: World, place: Place, machine: string): Call[] {
  return calls(world.arn(place, 'states', `execution:${machine}:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`), [
    'states:DescribeExecution',
  ]);
}

/** Lambda takes messages with the function's role, and decrypts them with the queue's key. */
function queueCalls(world: World, queue: string): Call[] {
  const key = world.policies.resources.get(queue)?.key;
  return [
    ...calls(queue, ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']),
    ...(key ? calls(key, ['kms:Decrypt']) : []),
  ];
}

/** What a commit gate does with the bucket of evidence; HeadObject needs the right to read. */
export function pushTasks(world: World, { repository }: DeliverySource): { [action: string]: string[] } {
  const kept = world.plan.governance ? keptPushes(world.plan) : undefined;
  if (!kept) { return {}; }
  const object = `${world.bucket(kept.bucket, world.plan.governance.audit!.place)}/pushes/${repository}/abc/1.json`;
  return { 's3:PutObject': [object], 's3:HeadObject': [object] };
}

/** What the deploy tools read of decisions, and the manual approvals whose records they wait for. */
export function decisionCalls(world: World, group: PlannedGroup): Call[] {
  const { pipelines, environments, name, workflows } = group;
  if (!world.plan.governance?.decisions) { return []; }
  return [
    ...evidenceCalls(world, `records/${name}/00000001.json`, ['s3:GetObject']),
    ...(!workflows && environments.some(environment => environment.manualApproval)
      ? calls(world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline), [
        'codepipeline:ListActionExecutions',
      ]) : []),
  ];
}

/** Reading records, or writing them where they are not yet. */
export function evidenceCalls(world: World, key: string, actions: readonly string[]): Call[] {
  const audit = world.plan.governance.audit!;
  const bucket = world.bucket(audit.evidenceBucket!, audit.place);
  return [
    // Whoever writes says that nothing may be there (S3 user guide, "Conditional writes").
    ...actions.flatMap(action => calls(`${bucket}/${key}`, [action], action === 's3:PutObject'
      ? { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' } : undefined)),
    ...calls(bucket, ['s3:ListBucket']),
  ];
}

function version(world: World, { build }: PlannedGroup): string {
  return world.arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`);
}
