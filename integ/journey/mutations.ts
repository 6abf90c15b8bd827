import { INFRASTRUCTURE } from './infrastructure-mutations';
import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';

const DEPLOY = 'churn-main-deploy';
const stage = (name: string) => (s: Json) => s.Name === name;
const provider = (action: Json) => action.ActionTypeId.Provider as string;
const isAgain = (action: Json) => /^checkagain/i.test(action.Name);

function swapped(stages: Json[], one: string, other: string): Json[] {
  const [i, j] = [stages.findIndex(stage(one)), stages.findIndex(stage(other))];
  return stages.map((s, k) => (k === i ? stages[j] : k === j ? stages[i] : s));
}

function withoutActions(stages: Json[], drop: (action: Json) => boolean): Json[] {
  return stages.map(s => ({ ...s, Actions: s.Actions.filter((a: Json) => !drop(a)) }));
}

/** Faults in the delivery of one account. */
export const ONE_ACCOUNT: readonly Mutation[] = [
  {
    name: 'the approval gate may not start the pipeline',
    change: a => a.withoutGrant('churn-main-gate', 'Start'),
    scenes: ['approve'], noticed: /may not codepipeline:StartPipelineExecution/,
  },
  {
    name: 'the deploy pipeline may not start builds',
    change: a => a.withoutAction('churn-main-deploypipeline', 'codebuild:StartBuild'),
    scenes: ['created'], noticed: /may not codebuild:StartBuild/,
  },
  {
    name: 'the checks may not list packages',
    change: a => a.withoutAction('churn-main-deployrunner', 'sagemaker:ListModelPackages'),
    scenes: ['roll_back'], noticed: /may not sagemaker:ListModelPackages/,
  },
  {
    name: 'CloudFormation may not update the endpoint',
    change: a => a.withoutAction('churn-main-staging-cloudformation', 'sagemaker:UpdateEndpoint'),
    scenes: ['approve'], noticed: /may not sagemaker:UpdateEndpoint/,
  },
  {
    name: 'CloudFormation may not pass the model its role',
    change: a => a.withoutGrant('churn-main-staging-cloudformation', 'PassModelRole'),
    scenes: ['approve'], noticed: /may not iam:PassRole/,
  },
  {
    name: 'the model may not decrypt its artifact',
    change: a => a.role('churn-main-staging-model', statements => statements
      .map(s => ({ ...s, Action: [s.Action].flat().filter((x: string) => !x.startsWith('kms:')) }))
      .filter(s => s.Action.length > 0)),
    scenes: ['approve'], noticed: /cannot be loaded.*kms:Decrypt/,
  },
  {
    name: 'nobody trusts the deploy role\'s caller',
    change: a => a.resources('AWS::IAM::Role', p => p.RoleName === 'churn-main-prod-deploy', r => {
      r.Properties.AssumeRolePolicyDocument.Statement[0].Condition = {
        ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/somebody-else' },
      };
    }),
    scenes: ['approve'], noticed: /may not sts:AssumeRole .*churn-main-prod-deploy/,
  },
  {
    name: 'whoever builds may approve',
    change: a => a.withoutGrant('churn-main-pipeline', 'NeverApprove'),
    scenes: ['approve'], noticed: /may register a package that is approved already/,
  },
  {
    name: 'the approval rule has a wrong target',
    change: a => a.resources('AWS::Events::Rule', p => /approvals/.test(p.Name)
      && JSON.stringify(p.Targets).includes('StateMachine'), r => {
      r.Properties.Targets[0].Arn = 'arn:aws:states:eu-west-1:111111111111:stateMachine:churn-main-gone';
    }),
    scenes: ['approve'], noticed: /may not states:StartExecution on .*churn-main-gone/,
  },
  {
    name: 'the approval rules do not name the group',
    change: a => a.resources(
      'AWS::Events::Rule', p => p.EventPattern?.detail?.ModelPackageGroupName !== undefined,
      r => { delete r.Properties.EventPattern.detail.ModelPackageGroupName; },
    ),
    scenes: ['repeated'], noticed: /an event of the group churn-main-other is let in/,
  },
  {
    name: 'the approval rules do not name the account',
    change: a => a.resources('AWS::Events::Rule', p =>
      p.EventPattern?.detail?.ModelPackageGroupName !== undefined, r => { delete r.Properties.EventPattern.account; }),
    scenes: ['repeated'], noticed: /an event of the account 999999999999 is let in/,
  },
  {
    name: 'the gate\'s memory has no condition',
    change: a => a.definition('churn-main-gate', text => text.replace(
      /"ConditionExpression":"[^"]*"/, '"ConditionExpression":"attribute_exists(ModelPackageArn) OR :status = :status"',
    )),
    scenes: ['repeated'], noticed: /an event that came twice started a deployment/,
  },
  {
    name: 'the gate does not compare the event with the registry',
    change: a => a.definition('churn-main-gate', text =>
      text.replace('"StringEqualsPath":"$.detail.ModelApprovalStatus"', '"IsPresent":true')),
    scenes: ['repeated'], noticed: /an event that is not true any more started a deployment/,
  },
  {
    name: 'production comes before staging',
    change: a => a.stages(DEPLOY, stages => swapped(stages, 'deploy-staging', 'deploy-prod')),
    scenes: ['approve'], noticed: /asks for an approval before staging has the version/,
  },
  {
    name: 'production has no manual approval',
    change: a => a.stages(DEPLOY, stages => withoutActions(stages, action => provider(action) === 'Manual')),
    scenes: ['approve'], noticed: /asked for approval before nothing; the options want it before \['prod'\]/,
  },
  {
    name: 'nothing is checked after the manual approval',
    change: a => a.stages(DEPLOY, stages => withoutActions(stages, isAgain)),
    scenes: ['rejected_while_waiting'], noticed: /it was to fail with: is now Rejected/,
  },
  {
    name: 'the check lets everything pass that is not approved',
    change: a => a.tool('check.py', 'if not package.approved:', 'if False:'),
    scenes: ['rejected_while_waiting'], noticed: /with: is now Rejected/,
  },
  {
    name: 'an execution that a newer one has overtaken goes on',
    change: a => a.tool('check.py', 'if now and now.started_at > started_at:', 'if False:'),
    scenes: ['infrastructure'], noticed: /it was to fail with: newer execution/,
  },
  {
    name: 'executions wait for each other',
    change: a => a.resources('AWS::CodePipeline::Pipeline', p => p.Name === DEPLOY, r => {
      r.Properties.ExecutionMode = 'QUEUED';
    }),
    scenes: ['roll_back'], noticed: /the rollback waits in front of deploy-/,
  },
  {
    name: 'an execution without a package means "no model"',
    change: a => a.tool('decide.py', 'if current is None:', 'if True:'),
    scenes: ['infrastructure'], noticed: /it was to fail with: newer execution/,
  },
  {
    name: 'an execution without a package takes the newest one',
    change: a => a.tool('decide.py', 'if package.approved and not refusal:', 'if False:'),
    scenes: ['infrastructure'], noticed: /an infrastructure commit put churn-main\/\d+ into prod/,
  },
  {
    name: 'a package of any group is taken',
    change: a => a.tool('registry.py', 'if version_in(arn, group) is None:', 'if False:'),
    scenes: ['by_hand'], noticed: /with: this pipeline deploys only churn-main/,
  },
  {
    name: 'the smoke test never invokes the endpoint',
    change: a => {
      a.tool('smoke_test.py', 'for _ in range(2):', 'for _ in range(0):');
      // Golden rows would ask it too.
      a.tool('smoke_test.py', 'if expected:\n', 'if False:\n');
    },
    scenes: ['approve'], noticed: /nobody invoked churn-main-staging/,
  },
  {
    name: 'a deleted stack takes the endpoint with it',
    change: a => a.resources('AWS::SageMaker::Endpoint', () => true, r => { r.DeletionPolicy = 'Delete'; }),
    scenes: ['torn_down'], noticed: /nothing serves in staging/,
  },
  {
    name: 'a commit to the branch starts nothing',
    change: a => a.resources('AWS::Events::Rule', p => /commit/.test(p.Name), r => {
      r.Properties.EventPattern.detail.referenceName = ['main2'];
    }),
    scenes: ['commit'], noticed: /a new branch started 0 builds/,
  },
  {
    name: 'the build may not assume the build role',
    change: a => a.withoutGrant('churn-main-buildrunner', 'BuildRole'),
    scenes: ['commit'], noticed: /may not sts:AssumeRole/,
  },
  {
    name: 'the build may not look for the newest approved version',
    change: a => a.withoutGrant('churn-main-build', 'Approved'),
    scenes: ['commit'], noticed: /may not sagemaker:ListModelPackages/,
  },
];

/** What only several accounts can do wrong. */
export const SEVEN_ACCOUNTS: readonly Mutation[] = [
  {
    name: 'the bus lets the build account not in',
    change: a => a.resources('AWS::Events::EventBusPolicy', p => p.Statement.Principal.AWS !== undefined, r => {
      r.Properties.Statement.Principal = { AWS: 'arn:aws:iam::999999999999:root' };
    }),
    scenes: ['approve'], noticed: /may not events:PutEvents on .*event-bus\/churn-events/,
  },
  {
    name: 'events are forwarded to a bus that is not there',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-forwardapprovals', r => {
      r.Properties.Targets[0].Arn = 'arn:aws:events:eu-west-1:111111111111:event-bus/gone';
    }),
    scenes: ['approve'], noticed: /there is no event bus .*gone/,
  },
  {
    name: 'failures of the build account stay there',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-forwardfailures', r => {
      r.Properties.EventPattern.account = ['999999999999'];
    }),
    scenes: ['training_failed'], noticed: /nobody was notified: Failed: SageMaker pipeline churn-main/,
  },
  {
    name: 'the topic wants to know from EventBridge for which account it works',
    change: a => a.resources('AWS::SNS::TopicPolicy', () => true, r => {
      for (const statement of r.Properties.PolicyDocument.Statement) {
        if (statement.Principal.Service !== 'events.amazonaws.com') { continue; }
        statement.Condition = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
      }
    }),
    scenes: ['training_failed'], noticed: /nobody was notified: Failed: SageMaker pipeline churn-main/,
  },
  {
    name: 'the registry does not let the tooling account look',
    change: a => a.withoutStatement('AWS::SageMaker::ModelPackageGroup', 'ModelPackageGroupPolicy', p =>
      p.ModelPackageGroupName === 'churn-main', 'Look'),
    scenes: ['approve'], noticed: /may not sagemaker:DescribeModelPackage/,
  },
  {
    name: 'the registry does not let the other accounts serve',
    change: a => a.withoutStatement('AWS::SageMaker::ModelPackageGroup', 'ModelPackageGroupPolicy', p =>
      p.ModelPackageGroupName === 'churn-main', 'Serve'),
    scenes: ['approve'], noticed: /may not sagemaker:CreateModel on .*model-package/,
  },
  {
    name: 'the build\'s bucket lets no other account read',
    change: a => a.withoutStatement('AWS::S3::BucketPolicy', 'PolicyDocument', () => true, 'ReadersObjects'),
    scenes: ['approve'], noticed: /may not s3:GetObject/,
  },
  {
    name: 'the keys let no other account decrypt',
    change: a => a.withoutStatement('AWS::KMS::Key', 'KeyPolicy', () => true, 'Readers'),
    scenes: ['approve'], noticed: /kms:Decrypt/,
  },
  {
    name: 'another account\'s verify role trusts nobody of the tooling account',
    change: a => a.resources('AWS::IAM::Role', p => /^churn-main-acceptance-verify/.test(p.RoleName), r => {
      r.Properties.AssumeRolePolicyDocument.Statement[0].Condition = {
        ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/somebody-else' },
      };
    }),
    scenes: ['created'], noticed: /sts:AssumeRole on .*777777777777:role\/churn-main-acceptance-verify/,
  },
  {
    name: 'the second environment of a wave is tested no more',
    change: a =>
      a.stages('churn-dev-deploy', stages => withoutActions(stages, action => /^smoketest-dev-b/.test(action.Name))),
    group: 'dev', scenes: ['approve'], noticed: /nobody invoked churn-dev-dev-b/,
  },
  {
    name: 'the infrastructure pipeline asks nobody before production',
    change: a =>
      a.stages('churn-infrastructure', stages => withoutActions(stages, action => provider(action) === 'Manual')),
    scenes: ['infrastructure'], noticed: /the options want it in/,
  },
  {
    name: 'the infrastructure pipeline may not assume the roles of the bootstrap',
    change: a => a.role('churn-infrastructuredeployerprod', statements =>
      statements.filter(s => ![s.Action].flat().includes('sts:AssumeRole'))),
    scenes: ['infrastructure'], noticed: /may not sts:AssumeRole on .*cdk-mlteam/,
  },
  ...INFRASTRUCTURE,
];
