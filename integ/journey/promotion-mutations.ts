import type { Mutation } from './mutation';
import { planPromotion } from '../../src/plan/promotion/roles';
import { PROMOTED_TO, PROMOTION } from '../../testing/deliveries/promotion';
import type { Json } from '../../testing/iam/assembly';

const { promoter, trigger } = planPromotion(PROMOTION, PROMOTED_TO).roles;

const named = (name: string) => (p: Json) => p.Name === name;
const SAVED_BY_SHA256 = /its SHA-256 is \w+;.*not with: is not what/;

/** Faults in the promotion of a delivery to another account and region. */
export const PROMOTION_FAULTS: readonly Mutation[] = [
  {
    name: 'the promotion\'s rule is off',
    change: a => a.resources('AWS::Events::Rule', named('churn-prod-promote'), r => {
      r.Properties.State = 'DISABLED';
    }),
    scenes: ['promoted'], noticed: /started no promotion/,
  },
  {
    name: 'the promotion\'s rule looks at another account',
    change: a => a.resources('AWS::Events::Rule', named('churn-prod-promote'), r => {
      r.Properties.EventPattern.account = [PROMOTED_TO.account];
    }),
    scenes: ['promoted'], noticed: /started no promotion/,
  },
  {
    name: 'the promotion\'s rule may not start the pipeline',
    change: a => a.withoutGrant(trigger!.name, 'Start'),
    scenes: ['promoted'], noticed: /started no promotion.*may not codepipeline:StartPipelineExecution/,
  },
  {
    name: 'the source\'s group admits nobody',
    change: a => a.resources('AWS::SageMaker::ModelPackageGroup', p => p.ModelPackageGroupName === 'churn-main', r => {
      const [statement] = r.Properties.ModelPackageGroupPolicy.Statement;
      statement.Condition.ArnEquals['aws:PrincipalArn'] = 'arn:aws:iam::1:role/x';
    }),
    scenes: ['promoted'], noticed: /Failed.*cannot be listed/,
  },
  {
    name: 'the source\'s bucket admits nobody',
    change: a => a.withoutStatement('AWS::S3::BucketPolicy', 'PolicyDocument', () => true, 'PromoteObjects'),
    scenes: ['promoted'], noticed: /Failed.*churn-main-artifacts/,
  },
  {
    name: 'the source\'s key admits nobody',
    change: a => a.withoutStatement('AWS::KMS::Key', 'KeyPolicy', () => true, 'PromoteDecrypt'),
    scenes: ['promoted'], noticed: /Failed.*churn-main-artifacts/,
  },
  {
    name: 'the promoter may read in its own account alone',
    change: a => a.role(promoter.name, statements => statements.map(s => (s.Sid === 'SourceObjects'
      ? { ...s, Condition: { StringEquals: { 's3:ResourceAccount': PROMOTED_TO.account } } } : s))),
    scenes: ['promoted'], noticed: /Failed.*churn-main-artifacts/,
  },
  {
    name: 'the promoter may not look images up',
    change: a => a.withoutGrant(promoter.name, 'Images'),
    scenes: ['promoted'], noticed: /Failed.*sagemaker-xgboost/,
  },
  {
    name: 'the promoter may not register',
    change: a => a.withoutAction(promoter.name, 'sagemaker:CreateModelPackage'),
    scenes: ['promoted'], noticed: /may not sagemaker:CreateModelPackage/,
  },
  {
    name: 'the promoter may write over copies',
    change: a => a.withoutGrant(promoter.name, 'NeverReplace'),
    scenes: ['promoted'], noticed: /may s3:PutObject over what was promoted/,
  },
  {
    name: 'the promotion copies without a condition',
    change: a => a.tool('promote.py', 'settings.kms_key, once=True', 'settings.kms_key'),
    scenes: ['promoted'], noticed: /may not s3:PutObject/,
  },
  {
    name: 'the registered address is promoted',
    change: a => a.tool('packages.py', 'as_served(self.package)', 'self.package'),
    scenes: ['promoted'], noticed: /Failed.*it was not made by the sealer|SHA-256|which nobody has measured/,
  },
  {
    name: 'every run makes a copy',
    change: a => a.tool('promote.py', 'if equal is None or above:', 'if True:'),
    scenes: ['promoted'], noticed: /made a second copy/,
  },
  {
    name: 'copies of rejected versions stay approved',
    change: a => a.tool('promote.py', '    withdraw(clients, known, say)\n', ''),
    scenes: ['promoted'], noticed: /the copies are Approved, Approved/,
  },
  {
    name: 'versions without a seal are promoted',
    change: a => a.resources('AWS::CodeBuild::Project', named('churn-prod-promote'), r => {
      r.Properties.Environment.EnvironmentVariables.push({
        Name: 'ACCEPT_UNSEALED', Type: 'PLAINTEXT', Value: 'true',
      });
    }),
    scenes: ['promoted_unsealed'], noticed: /it was to fail with: is not sealed|not with: is not sealed/,
  },
  {
    name: 'nobody looks for a seal',
    change: a => a.tool('promote.py', '        refuse_unsealed(package)\n', ''),
    scenes: ['promoted_unsealed'], noticed: /it was to fail with: is not sealed|not with: is not sealed/,
  },
  {
    name: 'the sealed object is not compared with its record',
    change: a => a.tool('sealed_copy.py', 'if found.at.uri != known.get(ADDRESS):', 'if True:'),
    scenes: ['promoted_changed'], noticed: SAVED_BY_SHA256,
  },
  {
    name: 'neither record nor SHA-256 are compared',
    change: a => {
      a.tool('sealed_copy.py', 'if found.at.uri != known.get(ADDRESS):', 'if True:');
      a.tool('sealed_copy.py', 'if has_seal(package) and sha256 != known[SHA256]:', 'if False:');
    },
    scenes: ['promoted_changed'], noticed: /it was to fail with: is not what/,
  },
  {
    name: 'an earlier copy is not looked at again',
    change: a => a.tool('promote.py', 'if has_seal(describe(clients.target, equal.arn) or {}):', 'if False:'),
    scenes: ['promoted_replaced'], noticed: /it was to fail with: is not what/,
  },
];
