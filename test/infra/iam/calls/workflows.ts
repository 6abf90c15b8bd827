import { decisionCalls, evidenceCalls } from './govern';
import { BUILD_ROLE, logExecutions, runTasks } from './pipelines';
import { itemCalls } from './requests';
import { keepRecords, readBuild, sourceOf, tablesOf } from './tooling';
import { type Call, calls, log, type Step, type World } from './world';
import { bootstrapRoleArn } from '../../../../src/plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../../../../src/plan/infrastructure/deployers';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { Place } from '../../../../src/plan/place';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';

const DEPLOY = { 'dynamodb:LeadingKeys': ['deploy'] };

/** What a job that has its role calls by itself. */
const JOB = 'src/ci; STS API reference, AssumeRoleWithWebIdentity';

/** What is published under a parameter's name, as the job reads it. */
export function published(world: World, place: Place, name: string): Call[] {
  const parameter = world.arn(place, 'ssm', `parameter/${name}`);
  const found = world.policies.resources.get(parameter);
  if (!found) { throw new Error(`no template has the parameter ${parameter}`); }
  const { bucket, key } = JSON.parse(found.properties.Value as string) as { bucket: string; key: string };
  return [...calls(parameter, ['ssm:GetParameter']), ...calls(`arn:aws:s3:::${bucket}/${key}`, ['s3:GetObject'])];
}

/** A return, with what it is told and nothing else. */
export function startReturn(world: World, { pipelines: { place, rollBackProject } }: PlannedGroup): Call[] {
  return calls(world.arn(place, 'codebuild', `project/${rollBackProject}`), ['codebuild:StartBuild'], {
    'codebuild:environment.environmentVariables.name': ['ROLL_BACK_IN', 'EXECUTION_ID', 'STARTED_BY'],
  });
}

/** What the jobs of a group's workflows call, and what stays in AWS beside them. */
export function workflowSteps(world: World, group: PlannedGroup): Step[] {
  const { pipelines: { place }, roles, environments, workflows } = group;
  const { deploy, requests: table, codeParameter, toolsParameter } = workflows!;
  const inAws = world.plan.delivery.engine.github!.approvals === 'aws' && workflows!.decisions === undefined;
  const assume = (role: PlannedRole): Call => ({ action: 'sts:AssumeRole', resource: world.role(role) });
  const items = (kind: string, ...actions: string[]) => itemCalls(world, place, table, kind, actions);
  return [
    {
      principal: world.role(roles.buildRunner), name: 'job that builds',
      source: `${JOB}; src/ci/model-build.ts; tools/deploy/{take,finish}.py`,
      calls: [
        assume(roles.build), ...items('build', 'GetItem', 'Query', 'UpdateItem'),
        ...published(world, place, toolsParameter),
        ...tell(world, REQUESTS, 'Workflow Failed'),
      ],
    },
    {
      principal: world.role(roles.assembler!), name: `assemble of ${deploy}`, source: `${JOB}; SSM API reference, GetParameter`,
      calls: published(world, place, codeParameter),
    },
    {
      principal: world.role(roles.preparer!), name: `take, prepare, check and end of ${deploy}`,
      source: `${JOB}; tools/deploy/{take,prepare,check,await_approval,finish,sweep}.py`,
      calls: [
        ...published(world, place, toolsParameter), ...decide(world, group, environments),
        ...['deploy', 'build'].flatMap(kind => items(kind, 'GetItem', 'Query', 'UpdateItem')),
        ...environments.map(e => assume(e.roles.verify)),
        ...environments.flatMap(e => [e.roles.publish, e.roles.replicate].filter(r => r !== undefined).map(assume)),
      ],
    },
    ...environments.map(e => ({
      principal: world.role(e.roles.shipper!), name: `deploy-${e.name} of ${deploy}`,
      source: `${JOB}; tools/deploy/{check,await_approval,change_set,execute_change_set,probe,shift,smoke_test}.py`,
      calls: [
        ...published(world, place, toolsParameter), ...decide(world, group, [e]),
        ...items('deploy', 'GetItem', 'Query'), ...(inAws ? items('approval', 'GetItem', 'Query') : []),
        ...[e.roles.deploy, e.roles.verify, e.roles.retire, e.roles.apiRelease].filter(r => r !== undefined).map(assume),
      ],
    })),
    ...stays(world, group),
  ];
}

/** Reading what is known of a version, and recording and telling what becomes of it. */
function decide(world: World, group: PlannedGroup, environments: PlannedGroup['environments']): Call[] {
  return [
    ...readBuild(world, group, environments), ...keepRecords(world, group), ...decisionCalls(world, group),
    ...tell(world, 'sagemaker-cicd-projen', 'Version Rolled Back'), ...tell(world, REQUESTS, 'Workflow Failed'),
  ];
}

const REQUESTS = 'sagemaker-cicd.requests';
export const REQUESTED = 'Workflow Requested';

/** An event on the delivery's bus (`tools/deploy/{tell,workflow_requests}.py`). */
function tell(world: World, source: string, type: string): Call[] {
  const { busArn, place } = world.plan.infrastructure;
  return calls(world.fill(busArn, place), ['events:PutEvents'], {
    'events:source': [source], 'events:detail-type': [type],
  });
}

/** The approval gate, recording and return, which never wait for the repository's host; and people. */
function stays(world: World, group: PlannedGroup): Step[] {
  const { pipelines, roles, environments, build, workflows } = group;
  const { place, stateMachine, rollBackProject, recordProject } = pipelines;
  const { requests: table, decisions } = workflows!;
  const { infrastructure, delivery: { engine: { github } } } = world.plan;
  const tableArn = world.arn(place, 'dynamodb', `table/${table}`);
  const bus = world.fill(infrastructure.busArn, infrastructure.place);
  const [machine, watch] = [stateMachine, workflows!.watch.machine].map(name => (
    world.arn(place, 'states', `stateMachine:${name}`)));
  const items = (kind: string, ...actions: string[]) => itemCalls(world, place, table, kind, actions);
  const assume = (role: PlannedRole): Call => ({ action: 'sts:AssumeRole', resource: world.role(role) });
  const targets = 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets';
  return [
    {
      principal: world.role(roles.gateTrigger), name: 'approval rule', source: targets,
      calls: [machine, watch].flatMap(each => calls(each, ['states:StartExecution'])),
    },
    {
      principal: world.role(roles.gate), name: 'approval gate', source: 'src/infra/deploy/approval-definition.ts',
      calls: [
        ...runTasks(world, machine, {
          'sagemaker:DescribeModelPackage': [
            world.arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`),
          ],
          'dynamodb:PutItem': [...tablesOf(world, pipelines.stack), tableArn],
          'dynamodb:DeleteItem': tablesOf(world, pipelines.stack),
          'dynamodb:GetItem': [tableArn],
          'events:PutEvents': [bus],
        }).map(call => (call.resource === tableArn ? { ...call, context: DEPLOY } : call)),
        ...logExecutions(),
      ],
    },
    {
      principal: world.role(roles.gate), name: 'watch of requests', source: 'src/infra/workflows/request-watch-definition.ts',
      calls: [
        ...runTasks(world, watch, { 'dynamodb:GetItem': [], 'dynamodb:UpdateItem': [], 'events:PutEvents': [bus] }),
        ...['deploy', 'build'].flatMap(kind => items(kind, 'GetItem', 'UpdateItem')),
        ...logExecutions(),
      ],
    },
    {
      principal: world.role(roles.deployRunner), name: 'return and record',
      source: `${BUILD_ROLE}; tools/deploy/{roll_back,record_rollback,github_executions,workflow_requests}.py`,
      calls: [
        ...[rollBackProject, recordProject].flatMap(project => log(world, place, `/aws/codebuild/${project}`)),
        ...sourceOf(world, place, recordProject),
        ...decide(world, group, environments),
        ...items('deploy', 'GetItem', 'PutItem', 'Query'),
        ...startReturn(world, group),
        ...environments.flatMap(({ roles: { verify, retire, rollBack, apiRelease } }) => (
          [verify, retire, rollBack, apiRelease].filter(r => r !== undefined).map(assume))),
      ],
    },
    {
      principal: world.role(roles.recordTrigger), name: 'recording of failed deployments', source: targets,
      calls: calls(world.arn(place, 'codebuild', `project/${recordProject}`), ['codebuild:StartBuild']),
    },
    {
      principal: world.role(roles.releaser), name: 'releasing by hand',
      source: 'tools/operate/{approve_deployment,retry_deployment}.py; CodeBuild API reference, BatchGetBuilds',
      calls: [
        ...items('deploy', 'PutItem', 'GetItem', 'Query'),
        ...(decisions ? start(world, place, decisions) : []),
        ...(github!.approvals === 'aws' && !decisions ? items('approval', 'PutItem', 'GetItem', 'Query') : []),
        ...tell(world, REQUESTS, REQUESTED),
        ...startReturn(world, group),
        ...calls(world.arn(place, 'codebuild', `project/${rollBackProject}`), ['codebuild:BatchGetBuilds']),
      ],
    },
    ...starterSteps(world, group),
  ];
}

/** A decision that is recorded. */
function start(world: World, place: Place, machine: string): Call[] {
  return calls(world.arn(place, 'states', `stateMachine:${machine}`), ['states:StartExecution']);
}

/** What the function calls that starts workflows, where there is a GitHub App. */
function starterSteps(world: World, { roles: { starter }, workflows, pipelines }: PlannedGroup): Step[] {
  const { place } = pipelines;
  const { infrastructure, delivery: { engine: { github } } } = world.plan;
  if (!starter) { return []; }
  const queueOf = (part: string) => world.resourcesOf('AWS::SQS::Queue', pipelines.stack)
    .find(({ logicalId }) => logicalId.startsWith(`StarterWork${part}`))!.arn;
  return [{
    principal: world.role(starter), name: 'start of workflows',
    source: 'Lambda guide, "Configuring an Amazon SQS queue as an event source", Permissions; tools/start/*.py',
    calls: [
      ...log(world, place, `/aws/lambda/${workflows!.starter!.function}`),
      ...calls(queueOf('Queue'), ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
        action => `sqs:${action}`,
      )),
      ...calls(queueOf('DeadLetters'), ['sqs:SendMessage']),
      ...['deploy', 'build'].flatMap(kind => itemCalls(world, place, workflows!.requests, kind, ['GetItem'])),
      ...calls(github!.app!.keyArn, ['kms:Sign'], { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256' }),
      ...calls(world.fill(infrastructure.busArn, infrastructure.place), ['events:PutEvents']),
    ],
  }, {
    principal: 'events.amazonaws.com', name: `work of ${workflows!.starter!.rule}`,
    source: 'EventBridge guide, "Using resource-based policies for Amazon EventBridge", Amazon SQS permissions',
    calls: calls(queueOf('Queue'), ['sqs:SendMessage'], {
      'aws:SourceArn': world.arn(place, 'events', `rule/${infrastructure.bus}/${workflows!.starter!.rule}`),
    }),
  }];
}

/** What the jobs of the workflow call that deploys the infrastructure. */
export function infrastructureWorkflowSteps(world: World): Step[] {
  const { infrastructure: { workflow, roles, place }, delivery } = world.plan;
  if (!workflow || !roles.differ) { return []; }
  const { name, deployers, approvals, decisions, toolsParameter } = workflow;
  const tools = published(world, place, toolsParameter);
  const bootstrap = (places: readonly Place[], ...kinds: string[]) => places.flatMap(where => kinds.flatMap(kind =>
    calls(world.fill(bootstrapRoleArn(delivery, kind, where), where), ['sts:AssumeRole'])));
  const source = `${JOB}; tools/infrastructure; CDK guide, "Bootstrapping template contract"`;
  const records = decisions && roles.approver
    ? evidenceCalls(world, 'records/infrastructure/00000001.json', ['s3:GetObject']) : [];
  const approval = (...actions: string[]) => (
    approvals === undefined ? [] : itemCalls(world, place, approvals, 'approval', actions));
  return [
    {
      principal: world.role(roles.differ), name: `diff of ${name}`, source,
      calls: [...tools, ...bootstrap(deployers.flatMap(({ places }) => places), 'lookup')],
    },
    ...deployers.map(({ type, places }) => ({
      principal: world.role(roles[DEPLOYER_ROLES[type]]!), name: `deploy-${type} of ${name}`, source,
      calls: [...tools, ...bootstrap(places, 'lookup', 'deploy', 'file-publishing'), ...approval('GetItem'), ...records],
    })),
    ...(roles.approver ? [{
      principal: world.role(roles.approver), name: 'approving changes of the infrastructure',
      source: 'tools/operate/approve_deployment.py', calls: decisions ? start(world, place, decisions) : approval('PutItem'),
    }] : []),
  ];
}
