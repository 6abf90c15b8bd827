import { decisionCalls, pushTasks } from './govern';
import { readForRequests } from './left-for-monitors';
import {
  artifacts, build, BUILD_ROLE, fetchSource, logExecutions, PIPELINE_ROLE, runTasks, startBuilds,
} from './pipelines';
import { type Call, calls, readBucket, type Step, type World, write } from './world';
import { watchOf } from '../../../../src/plan/endpoint/shift';
import type { PlannedGroup } from '../../../../src/plan/model';
import type { Place } from '../../../../src/plan/place';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';
import type { DeliverySource } from '../../../../src/plan/settings';

/** What the roles of a group's pipelines call. */
export function toolingSteps(world: World, group: PlannedGroup): Step[] {
  const { pipelines, roles, environments } = group;
  const { place } = pipelines;
  const { source, network } = world.plan.delivery;
  const { infrastructure } = world.plan;
  const bucket = world.bucket(pipelines.bucket!, place);
  const version = world.arn(group.build.place, 'sagemaker', `model-package/${group.build.modelPackageGroup}/1`);
  const assume = (role: PlannedRole): Call => ({ action: 'sts:AssumeRole', resource: world.role(role) });
  const replicas = (group.replicas ?? []).flatMap(r => artifacts(world, world.bucket(r.bucket, r.place)));
  const waits = environments.some(e => e.manualApproval);
  return [
    {
      principal: world.role(roles.buildPipeline!), name: 'build pipeline', source: PIPELINE_ROLE,
      calls: [
        ...fetchSource(world, source, place, bucket), ...startBuilds(world, place, [pipelines.buildProject!]),
        ...artifacts(world, bucket),
      ],
    },
    ...commitSteps(world, {
      place, source, pipeline: pipelines.buildPipeline, gate: pipelines.commitGate!, trigger: roles.buildTrigger,
      gateRole: roles.commitGate,
    }),
    {
      principal: world.role(roles.buildRunner), name: 'build project',
      source: `${BUILD_ROLE}; src/ci/model-build.ts`,
      calls: [...build(world, place, bucket, [pipelines.buildProject!], network), assume(roles.build)],
    },
    {
      principal: world.role(roles.gateTrigger), name: 'approval rule',
      source: 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets',
      calls: calls(world.arn(place, 'states', `stateMachine:${pipelines.stateMachine}`), ['states:StartExecution']),
    },
    {
      principal: world.role(roles.gate), name: 'approval gate', source: 'src/infra/deploy/approval-definition.ts',
      calls: [
        ...runTasks(world, world.arn(place, 'states', `stateMachine:${pipelines.stateMachine}`), {
          'sagemaker:DescribeModelPackage': [version],
          'dynamodb:PutItem': tablesOf(world, pipelines.stack),
          'dynamodb:DeleteItem': tablesOf(world, pipelines.stack),
          'codepipeline:StartPipelineExecution': [world.arn(place, 'codepipeline', pipelines.deployPipeline)],
        }),
        ...logExecutions(),
      ],
    },
    {
      principal: world.role(roles.deployPipeline!), name: 'deploy pipeline',
      source: `${PIPELINE_ROLE}; "Amazon S3 source action reference"`,
      calls: [
        ...sourceObjects(world, group),
        ...startBuilds(world, place, [pipelines.prepareProject!, pipelines.verifyProject!, pipelines.rollBackProject]),
        ...environments.map(e => assume(e.roles.deploy)),
        ...artifacts(world, bucket), ...replicas,
        ...(infrastructure
          && waits ? calls(world.fill(infrastructure.topicArn, infrastructure.place), ['sns:Publish']) : []),
      ],
    },
    {
      principal: world.role(roles.deployRunner), name: 'prepare, check, test, roll back and record',
      source: `${BUILD_ROLE}; tools/deploy/{aws,registry,prepare,rollbacks,roll_back,record_rollback}.py`,
      calls: [
        ...build(world, place, bucket, [
          pipelines.prepareProject!, pipelines.verifyProject!, pipelines.rollBackProject, pipelines.recordProject,
        ], network),
        ...recording(world, group), ...decisionCalls(world, group),
        ...readBuild(world, group, environments),
        ...environments.map(e => assume(e.roles.verify)), ...environments.map(e => assume(e.roles.retire)),
        ...environments.flatMap(e => [e.roles.rollBack, e.roles.apiRelease].flatMap(role => (role ? [assume(role)] : []))),
        ...environments.flatMap(e => [e.roles.publish, e.roles.replicate].filter(r => r !== undefined).map(assume)),
        ...(infrastructure ? calls(world.fill(infrastructure.busArn, infrastructure.place), ['events:PutEvents']) : []),
      ],
    },
    {
      principal: world.role(roles.recordTrigger), name: 'recording of failed deployments',
      source: 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets',
      calls: calls(world.arn(place, 'codebuild', `project/${pipelines.recordProject}`), ['codebuild:StartBuild']),
    },
    releaser(world, group, roles.releaser),
  ];
}

/** What is known of a version, for whoever decides what is deployed. */
export function readBuild(
  world: World, { build: built }: PlannedGroup, environments: PlannedGroup['environments'],
): Call[] {
  const sagemaker = (resource: string) => world.arn(built.place, 'sagemaker', resource);
  const bucket = world.bucket(built.artifactBucket, built.place);
  return [
    ...calls(sagemaker(`model-package/${built.modelPackageGroup}/1`), [
      'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages',
    ]),
    ...calls(sagemaker(`model-package-group/${built.modelPackageGroup}`), ['sagemaker:ListModelPackages']),
    // The approval's message shows the metrics of the evaluation; the endpoint is to give its golden answers.
    // Where there is an API, it checks requests by the schema of the model; monitors compare with its baselines.
    ...['evaluation.json', 'golden.json', ...readForRequests(environments)].flatMap(file =>
      calls(`${bucket}/churn/evaluation/${file}`, ['s3:GetObject'])),
    // What is deployed is compared with what was sealed.
    ...calls(`${bucket}/${built.pipelineName}/sealed/${built.modelPackageGroup}/1/model.tar.gz`, ['s3:GetObject']),
  ];
}

/** What was deployed, and what was rolled back where. */
export function keepRecords(world: World, { pipelines: { records, place } }: PlannedGroup): Call[] {
  const bucket = world.bucket(records, place);
  return [
    ...['executions/0123', 'rollbacks/prod/1'].flatMap(key =>
      calls(`${bucket}/${key}.json`, ['s3:GetObject', 's3:PutObject'])),
    ...calls(bucket, ['s3:ListBucket']),
  ];
}

/** What was rolled back where, and the source of the project that no pipeline hands one. */
function recording(world: World, group: PlannedGroup): Call[] {
  const { environments, pipelines } = group;
  return [
    ...keepRecords(world, group),
    ...calls(world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline), [
      'codepipeline:GetPipelineExecution',
      ...(environments.some(watchOf) ? ['codepipeline:StartPipelineExecution'] : []),
    ]),
    ...sourceOf(world, pipelines.place, pipelines.recordProject),
  ];
}

/** The source of a project that no pipeline hands one. */
export function sourceOf(world: World, place: Place, name: string): Call[] {
  const project = world.policies.resources.get(world.arn(place, 'codebuild', `project/${name}`));
  const tools = project?.properties.Source.Location as string;
  return [
    ...calls(`arn:aws:s3:::${tools}`, ['s3:GetObject', 's3:GetObjectVersion']),
    ...calls(`arn:aws:s3:::${tools.split('/')[0]}`, ['s3:GetBucketAcl', 's3:GetBucketLocation']),
  ];
}

function releaser(world: World, { pipelines }: PlannedGroup, role: PlannedRole): Step {
  const pipeline = world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline);
  return {
    principal: world.role(role), name: 'approving deployments by hand',
    source: 'CodePipeline user guide, "Manage approval actions"; tools/operate/start.py',
    calls: [...approvalsOf(world, pipeline), ...calls(pipeline, ['codepipeline:StartPipelineExecution'])],
  };
}

/** Looking at a pipeline, and answering every approval in it. */
export function approvalsOf(world: World, pipeline: string): Call[] {
  const found = world.resourcesOf('AWS::CodePipeline::Pipeline').find(p => p.arn === pipeline);
  const stages = (found?.properties.Stages
    ?? []) as { Name: string; Actions: { Name: string; ActionTypeId: { Category: string } }[] }[];
  const approvals = stages.flatMap(({ Name: stage, Actions: actions }) => actions.filter(a =>
    a.ActionTypeId.Category === 'Approval')
    .map(a => `${pipeline}/${stage}/${a.Name}`));
  return [
    ...approvals.flatMap(action => calls(action, ['codepipeline:PutApprovalResult'])),
    ...calls(pipeline, [
      'GetPipeline', 'GetPipelineExecution', 'GetPipelineState', 'ListActionExecutions', 'ListPipelineExecutions',
    ].map(a => `codepipeline:${a}`)),
  ];
}

/** How commits start a pipeline. */
export interface CommitStart {
  readonly place: Place;
  readonly source: DeliverySource;
  readonly pipeline: string;
  readonly gate?: string;
  readonly trigger?: PlannedRole;
  readonly gateRole?: PlannedRole;
}

/** A commit starts a pipeline: directly, or through a state machine that looks at the changed paths. */
export function commitSteps(world: World, start: CommitStart): Step[] {
  const { place, source, gate, trigger, gateRole } = start;
  if (!trigger) { return []; }
  const pipeline = world.arn(place, 'codepipeline', start.pipeline);
  const rules = 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets';
  // Sources behind a connection start their pipelines themselves, and have no commit rule.
  if (!gate || !gateRole) {
    return [{
      principal: world.role(trigger), name: `commit rule of ${start.pipeline}`, source: rules,
      calls: calls(pipeline, ['codepipeline:StartPipelineExecution']),
    }];
  }
  const stateMachine = world.arn(place, 'states', `stateMachine:${gate}`);
  return [
    {
      principal: world.role(trigger), name: `commit rule of ${start.pipeline}`, source: rules,
      calls: calls(stateMachine, ['states:StartExecution']),
    },
    {
      principal: world.role(gateRole), name: `commit gate of ${start.pipeline}`,
      source: 'the definition of the state machine',
      calls: [
        ...runTasks(world, stateMachine, {
          'codecommit:GetDifferences': [world.arn(place, 'codecommit', source.repository)],
          'codepipeline:StartPipelineExecution': [pipeline],
          ...pushTasks(world, source),
        }),
        ...logExecutions(),
      ],
    },
  ];
}

/** What the approval gate remembers. */
export function tablesOf(world: World, stack: string): string[] {
  return world.resourcesOf('AWS::DynamoDB::Table', stack).filter(({ logicalId }) => /^Gate/.test(logicalId))
    .map(t => t.arn);
}

/** The source actions of the deploy pipeline, from its template. */
function sourceObjects(world: World, { pipelines }: PlannedGroup): Call[] {
  const arn = world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline);
  const found = world.policies.resources.get(arn);
  if (!found) { throw new Error(`no template has the pipeline ${arn}`); }
  const actions = found.properties.Stages[0].Actions as { Configuration: { S3Bucket: string; S3ObjectKey: string } }[];
  return actions.flatMap(({ Configuration: { S3Bucket: bucket, S3ObjectKey: key } }) => [
    ...calls(`arn:aws:s3:::${bucket}/${key}`, ['s3:GetObject', 's3:GetObjectVersion']),
    ...calls(`arn:aws:s3:::${bucket}`, ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning']),
  ]);
}

/** The scheduled build that looks for newer versions. */
export function upgradeSteps(world: World): Step[] {
  const { upgrade, delivery: { source, network }, groups } = world.plan;
  if (!upgrade) { return []; }
  const { place, bucket: name } = groups.find(g => g.name === upgrade.group)!.pipelines;
  const bucket = world.bucket(name!, place);
  const repository = world.arn(place, 'codecommit', source.repository);
  const { roles, pipeline } = upgrade;
  const branch = { 'codecommit:References': 'refs/heads/upgrade/sagemaker-cicd-projen' };
  return [
    {
      principal: world.role(roles.trigger), name: 'upgrade schedule',
      source: 'EventBridge guide, "Using identity-based policies for Amazon EventBridge", targets',
      calls: calls(world.fill(upgrade.targetArn, place), [
        pipeline ? 'codepipeline:StartPipelineExecution' : 'codebuild:StartBuild',
      ]),
    },
    {
      principal: world.role(roles.runner), name: 'upgrade build',
      source: `${BUILD_ROLE}; tools/upgrade/{codecommit,patch}.sh`,
      calls: [
        ...build(world, place, bucket, [upgrade.project], network).filter(c => c.action.startsWith('logs:')
          || c.action.startsWith('ec2:')),
        ...(pipeline
          ? [...readBucket(bucket, 'churn/Source/a1b2c3'), ...write(bucket, 'upgrades/2026-01-01-0123/upgrade.patch')]
          : [
            ...calls(repository, ['GitPull', 'GitPush'].map(a => `codecommit:${a}`)),
            ...calls(repository, ['codecommit:GitPush'], branch),
            ...calls(repository, [
              'CreatePullRequest', 'GetPullRequest', 'ListPullRequests', 'UpdatePullRequestDescription',
              'UpdatePullRequestTitle',
            ].map(a => `codecommit:${a}`)),
          ]),
        // The log of the build and what CodeBuild keeps are under the project's key (CodeBuild user guide, "Data
        // encryption").
        ...artifacts(world, bucket).filter(c => c.action.startsWith('kms:')),
      ],
    },
    ...(pipeline && roles.pipeline ? [{
      principal: world.role(roles.pipeline), name: 'upgrade pipeline', source: PIPELINE_ROLE,
      calls: [
        ...fetchSource(world, source, place, bucket), ...startBuilds(world, place, [upgrade.project]),
        ...artifacts(world, bucket),
      ],
    }] : []),
  ];
}
