import { type Call, calls, log, type Step, type World } from './world';
import type { NamedDecisions } from '../../../../src/plan/govern/model';
import { functionLog } from '../../../../src/plan/logs';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';

const LAMBDA = 'Lambda guide, "Configuring an Amazon SQS queue as an event source", Permissions';

/** What the functions call that approve by rule and through Jira, and the roles that they take on. */
export function approvalSteps(world: World): Step[] {
  const { governance: { decisions, roles }, groups } = world.plan;
  if (!decisions) { return []; }
  return [
    ...(roles.ruleApproval ? [worker(world, decisions, {
      role: roles.ruleApproval, name: decisions.ruleApproval!, tool: 'rule_approval', part: 'RuleApproval',
      takesOn: groups.flatMap(group => group.roles.ruleApprover ?? []),
    })] : []),
    ...(roles.jira && roles.jiraWebhook ? [
      worker(world, decisions, {
        role: roles.jira, name: decisions.jira!, tool: 'jira_work', part: 'JiraApproval',
        takesOn: groups.flatMap(group => group.roles.jiraApprover ?? []),
        more: [...secret(world), ...table(world, ['GetItem', 'PutItem', 'UpdateItem'])],
      }),
      webhook(world, decisions, roles.jiraWebhook),
    ] : []),
    ...groups.flatMap(group => [
      ...decider(world, group, group.roles.ruleApprover, ['Approved'], 'rule_approval'),
      ...decider(world, group, group.roles.jiraApprover, ['Approved', 'Rejected'], 'jira_decisions'),
    ]),
    ...brought(world),
  ];
}

interface Worker {
  readonly role: PlannedRole;
  readonly name: string;
  readonly tool: string;
  readonly part: string;
  readonly takesOn: readonly PlannedRole[];
  readonly more?: readonly Call[];
}

function worker(world: World, decisions: NamedDecisions, made: Worker): Step {
  return {
    principal: world.role(made.role), name: made.name, source: `${LAMBDA}; tools/govern/${made.tool}.py`,
    calls: [
      ...calls(queue(world, `${made.part}WorkQueue`), [
        'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage',
      ].map(action => `sqs:${action}`)),
      ...shared(world, decisions, made.name),
      ...made.takesOn.map(role => ({ action: 'sts:AssumeRole', resource: world.role(role) })),
      ...made.more ?? [],
    ],
  };
}

function webhook(world: World, decisions: NamedDecisions, role: PlannedRole): Step {
  return {
    principal: world.role(role), name: decisions.jiraWebhook!, source: 'tools/govern/jira_webhook.py',
    calls: [
      ...calls(queue(world, 'JiraApprovalWorkQueue'), ['sqs:SendMessage']),
      ...shared(world, decisions, decisions.jiraWebhook!), ...secret(world), ...table(world, ['GetItem', 'PutItem']),
    ],
  };
}

/** What every function does; queue, table and log are under one key. */
function shared(world: World, decisions: NamedDecisions, name: string): Call[] {
  return [
    ...log(world, decisions.place, functionLog(name)),
    ...calls(world.key(decisions.keyAlias, decisions.place), ['kms:Decrypt', 'kms:GenerateDataKey']),
    { action: 'events:PutEvents', resource: world.fill(world.plan.infrastructure.busArn, decisions.place) },
  ];
}

function secret(world: World): Call[] {
  const { jira } = world.plan.delivery.governance;
  return calls(jira!.secretArn, ['secretsmanager:GetSecretValue']);
}

function table(world: World, actions: readonly string[]): Call[] {
  const found = world.resourcesOf('AWS::DynamoDB::Table', world.plan.governance.decisions!.stack);
  return found.flatMap(({ arn }) => calls(arn, actions.map(action => `dynamodb:${action}`)));
}

function queue(world: World, logicalId: string): string {
  const found = world.resourcesOf('AWS::SQS::Queue', world.plan.governance.decisions!.stack)
    .find(one => one.logicalId.startsWith(logicalId));
  if (!found) { throw new Error(`no queue ${logicalId}`); }
  return found.arn;
}

/** What the role of a build account does that a function takes on. */
function decider(
  world: World, { build }: PlannedGroup, role: PlannedRole | undefined, statuses: readonly string[], tool: string,
): Step[] {
  if (!role) { return []; }
  const sagemaker = (resource: string) => world.arn(build.place, 'sagemaker', resource);
  const version = sagemaker(`model-package/${build.modelPackageGroup}/1`);
  const bucket = world.bucket(build.artifactBucket, build.place);
  const key = build.kmsKeyArn ?? world.key(build.keyAlias, build.place);
  return [{
    principal: world.role(role), name: role.name, source: `tools/govern/${tool}.py, package_reports.py`,
    calls: [
      ...calls(version, ['sagemaker:DescribeModelPackage']),
      ...calls(sagemaker(`model-package-group/${build.modelPackageGroup}`), ['sagemaker:ListModelPackages']),
      ...calls(`${bucket}/${build.pipelineName}/runs/k3x9/Evaluate/evaluation/gate.json`, ['s3:GetObject']),
      ...calls(`${bucket}/${build.pipelineName}/sealed/${build.modelPackageGroup}/1/model.tar.gz`, ['s3:GetObject']),
      ...calls(bucket, ['s3:ListBucket']),
      ...calls(key, ['kms:Decrypt']),
      ...statuses.flatMap(status => calls(version, ['sagemaker:UpdateModelPackage'], {
        'sagemaker:ModelApprovalStatus': status,
      })),
    ],
  }];
}

/** What rules bring into the queues of the functions. */
function brought(world: World): Step[] {
  const { stack } = world.plan.governance.decisions!;
  const queues = world.resourcesOf('AWS::SQS::Queue', stack).filter(({ logicalId }) => /WorkQueue/.test(logicalId));
  return queues.flatMap(({ arn, policy }) => (policy?.Statement ?? []).flatMap((statement): Step[] => {
    const rule = (statement.Condition?.ArnEquals as { [key: string]: string | string[] } | undefined)?.['aws:SourceArn'];
    return rule === undefined || statement.Effect !== 'Allow' ? [] : [{
      principal: 'events.amazonaws.com', name: `work of ${[rule].flat()[0].split('/').pop()}`,
      source: 'EventBridge guide, "Using resource-based policies for Amazon EventBridge", Amazon SQS permissions',
      calls: calls(arn, ['sqs:SendMessage'], { 'aws:SourceArn': [rule].flat()[0] }),
    }];
  }));
}
