import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const ARTIFACTS = (p: Json) => JSON.stringify(p.Bucket ?? '').includes('Artifacts');

function withoutProtection(sid: string): (assembly: Assembly) => void {
  return a => a.withoutStatement('AWS::S3::BucketPolicy', 'PolicyDocument', ARTIFACTS, sid);
}

/** Faults in the sealing of a delivery of one account. */
export const SEALING: readonly Mutation[] = [
  {
    name: 'nothing is sealed',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-seal', r => {
      r.Properties.State = 'DISABLED';
    }),
    scenes: ['sealed'], noticed: /churn-main\/1 is not sealed/,
  },
  {
    name: 'the sealing rule may not start the project',
    change: a => a.withoutGrant('churn-main-sealtrigger', 'Start'),
    scenes: ['sealed'], noticed: /churn-main\/1 is not sealed.*may not codebuild:StartBuild/,
  },
  {
    name: 'the sealer may not see how often an artifact was written',
    change: a => a.withoutAction('churn-main-sealer', 's3:ListBucketVersions'),
    scenes: ['sealed'], noticed: /churn-main\/1 is not sealed/,
  },
  {
    name: 'the sealer may not record what it sealed',
    change: a => a.withoutAction('churn-main-sealer', 'sagemaker:UpdateModelPackage'),
    scenes: ['sealed'], noticed: /churn-main\/1 is not sealed/,
  },
  {
    name: 'the sealer copies without a condition',
    change: a => a.tool('copying.py', '{"IfNoneMatch": "*"} if once else {}', '{}'),
    scenes: ['sealed'], noticed: /churn-main\/1 is not sealed/,
  },
  {
    name: 'the sealer may approve',
    // Its permission excludes a status, too.
    change: a => a.role('churn-main-sealer', statements => statements.filter(s => s.Sid !== 'NeverDecide').map(s => (
      s.Sid === 'Record' ? { ...s, Condition: undefined } : s))),
    scenes: ['sealed'], noticed: /churn-main-sealer may sagemaker:UpdateModelPackage what is sealed/,
  },
  {
    name: 'what is sealed may be replaced',
    change: withoutProtection('WriteOnceNothingReplaced'),
    scenes: ['sealed'], noticed: /churn-main-sealer may s3:PutObject what is sealed/,
  },
  {
    name: 'training jobs may write anywhere, and nobody protects what is sealed',
    change: a => {
      withoutProtection('WriteOnceOneWriter')(a);
      a.role('churn-main-training', statements => statements.map(s => (s.Sid === 'Results'
        ? { ...s, Resource: '*' } : s)));
    },
    scenes: ['sealed'], noticed: /churn-main-training may s3:PutObject what is sealed/,
  },
  {
    name: 'endpoints are made from the registered address',
    change: a => a.resources('AWS::SageMaker::Model', () => true, r => {
      delete r.Properties.PrimaryContainer.InferenceSpecificationName;
    }),
    scenes: ['sealed'], noticed: /serves b'replaced', which nobody has measured/,
  },
  {
    name: 'an artifact that was written twice is sealed',
    change: a => {
      a.tool('sealer.py', 'if len(versions) > 1:', 'if False:');
      a.tool('sealer.py', '[only] = versions', 'only = versions[0]');
    },
    scenes: ['unsealed'], noticed: /nobody was notified: a version of churn-main was not sealed/,
  },
  {
    name: 'nobody is notified of a failed sealing',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-forwardfailures', r => {
      r.Properties.EventPattern.$or = r.Properties.EventPattern.$or.filter((o: Json) =>
        o.source[0] !== 'aws.codebuild');
    }),
    scenes: ['unsealed'], noticed: /nobody was notified: a version of churn-main was not sealed/,
  },
  {
    name: 'neither preparation nor checks compare the seal',
    change: a => {
      a.tool('prepare.py', 'print(f"sealed: {verify(s3, package.details, targets.sealed)}")', 'pass');
      a.tool('check.py', 'verify(aws.own("s3", targets.registry_region), package.details, targets.sealed)', 'pass');
    },
    scenes: ['unsealed'], noticed: /it was to fail with: is not sealed|not with: is not sealed/,
  },
];
