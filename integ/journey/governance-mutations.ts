import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const APPROVER = 'churn-main-approver';

/** Changes each condition of the trust policy of the role that approves. */
function trust(assembly: Assembly, change: (condition: Json) => void): void {
  assembly.resources('AWS::IAM::Role', p => p.RoleName === APPROVER, ({ Properties: p }) => {
    p.AssumeRolePolicyDocument.Statement.filter((s: Json) => s.Condition).forEach((s: Json) => change(s.Condition));
  });
}

/** Takes statements out of the policy of the bucket of evidence. */
function evidence(assembly: Assembly, sids: RegExp): void {
  assembly.resources('AWS::S3::BucketPolicy', p => JSON.stringify(p).includes('RecordsWriters'), ({ Properties: p }) => {
    p.PolicyDocument.Statement = p.PolicyDocument.Statement.filter((s: Json) => !sids.test(s.Sid ?? ''));
  });
}

/** Faults in who is let in, what is recorded and what stands behind a deployment. */
export const GOVERNANCE_FAULTS: readonly Mutation[] = [
  {
    name: 'the name of a session is not bound to whoever takes the role on',
    change: a => trust(a, c => { delete c.StringEquals['sts:RoleSessionName']; delete c.StringLike; }),
    scenes: ['signed_in'], noticed: /under another name may take on/,
  },
  {
    name: 'sessions need no source identity',
    change: a => trust(a, c => { delete c.StringEquals['sts:SourceIdentity']; }),
    scenes: ['signed_in'], noticed: /(as somebody else|without saying who he is) may take on/,
  },
  {
    name: 'users need no second factor',
    change: a => trust(a, c => { delete c.Bool; }),
    scenes: ['signed_in'], noticed: /without a second factor may take on/,
  },
  {
    name: 'a federated session may say itself who it is',
    change: a => a.resources('AWS::IAM::Role', p => p.RoleName === 'churn-main-releaser', ({ Properties: p }) => {
      p.AssumeRolePolicyDocument.Statement.filter((s: Json) => s.Condition?.Null).forEach((s: Json) => {
        s.Condition = { ArnEquals: s.Condition.ArnEquals };
      });
    }),
    scenes: ['signed_in'], noticed: /a federated session (under another name|that says itself who it is) may take on/,
  },
  {
    name: 'the recorder does not compare people',
    change: a => a.tool(
      'judge.py', 'if signer.person and settings.identities.same(signer.person, person):', 'if False:',
    ),
    scenes: ['own_approval'], noticed: /was accepted, though: somebody else must/,
  },
  {
    name: 'the recorder asks for no reason',
    change: a => a.tool('judge.py', /problems\.append\("There is no reason[^"]*"\)/, 'pass'),
    scenes: ['own_approval'], noticed: /was accepted, though: no reason/,
  },
  {
    name: 'the recorder lets people in whom nobody named',
    change: a => a.tool('judge.py', 'if settings.gxp and signer.person and not signer.person.known:', 'if False:'),
    scenes: ['own_approval'], noticed: /was accepted, though: zoe is not in governance\.identities/,
  },
  {
    name: 'a refused approval stays',
    change: a => a.tool('recorder.py', /self\._take_back\(record, decision, group\)\n/, 'pass\n'),
    scenes: ['own_approval'], noticed: /a refused approval was not taken back/,
  },
  {
    name: 'the recorder may not take an approval back',
    change: a => a.withoutGrant('churn-main-refuser', 'TakeBack'),
    scenes: ['own_approval'], noticed: /a refused approval was not taken back|churn-main-refuser\S* may not/,
  },
  {
    name: 'nobody is told of a refusal',
    change: a => a.tool(
      'recorder.py', '            self._tell(record, decision)\n        elif', '            pass\n        elif',
    ),
    scenes: ['own_approval'], noticed: /nobody was told of a refused approval/,
  },
  {
    name: 'records name no record before them',
    change: a => a.tool('records.py', '"previous": before["hash"] if before else None,', '"previous": None,'),
    scenes: ['own_approval'], noticed: /the chain of main is broken/,
  },
  {
    name: 'an event is recorded as often as it comes',
    change: a => a.tool('records.py', 'if event is not None and record.get("event") == event:', 'if False:'),
    scenes: ['own_approval'], noticed: /an event that came twice made 1 further records/,
  },
  {
    name: 'decisions are not forwarded',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-forwarddecisions', ({ Properties: p }) => {
      p.State = 'DISABLED';
    }),
    scenes: ['own_approval'], noticed: /Approved of churn-main\/1 made 0 records/,
  },
  {
    name: 'the trails log nothing',
    change: a => a.resources('AWS::CloudTrail::Trail', () => true, ({ Properties: p }) => { p.IsLogging = false; }),
    scenes: ['own_approval'], noticed: /Approved of churn-main\/1 made 0 records/,
  },
  {
    name: 'pushes are not kept',
    change: a => {
      for (const gate of ['churn-main-commits', 'churn-infrastructurecommits']) {
        a.definition(gate, text => text.replace(/("StartAt\\?":\\?")KeepPush/, '$1IsUpdate'));
      }
      a.resources('AWS::Events::Rule', p => p.Name === 'churn-pushes', ({ Properties: p }) => { p.State = 'DISABLED'; });
    },
    scenes: ['own_approval'], noticed: /who pushed \w+ was kept 0 times/,
  },
  {
    name: 'the gate may not keep pushes',
    change: a => evidence(a, /^PushesWriters$/),
    scenes: ['own_approval'], noticed: /may not s3:PutObject on .*pushes/,
  },
  {
    name: 'accepted decisions are not announced',
    change: a => a.tool('recorder.py', 'elif stands and record["decision"] == now:', 'elif False:'),
    scenes: ['decided'], noticed: /an accepted approval started 0 deployments/,
  },
  {
    name: 'a release is not held back though it was refused',
    change: a => a.tool(
      'decision_records.py', 'if record["outcome"] != "accepted" or record["decision"] != "Approved":', 'if False:',
    ),
    scenes: ['decided'], noticed: /it was to fail with: was refused/,
  },
  {
    name: 'deployments move no stages',
    change: a => a.tool('life_cycle.py', /if "proven" not in moves:/, 'if True:'),
    scenes: ['decided'], noticed: /is in the stage Development/,
  },
  {
    name: 'whoever takes approvals back may approve',
    change: a => a.role('churn-main-refuser', statements => statements.map(s => (s.Sid === 'TakeBack'
      ? { ...s, Condition: undefined } : s))),
    scenes: ['decided'], noticed: /churn-main-refuser may approve/,
  },
  {
    name: 'whoever approves may change stages',
    change: a => a.role(APPROVER, statements => statements.map(s => (
      s.Sid === 'Resume' ? { ...s, Condition: undefined } : s))),
    scenes: ['decided'], noticed: /may take churn-main\/\d+ out of production/,
  },
  {
    name: 'records can be replaced',
    change: a => evidence(a, /^RecordsWriteOnceNothingReplaced$/),
    scenes: ['decided'], noticed: /churn-recorder may write records\/main\/00000001\.json/,
  },
  {
    name: 'the gate listens to the registry',
    change: a => a.resources('AWS::Events::Rule', p => p.Name === 'churn-main-approvals', ({ Properties: p }) => {
      p.EventPattern = {
        'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'],
        'detail': p.EventPattern.detail,
      };
    }),
    scenes: ['unrecorded'], noticed: /the registry's own event started a deployment/,
  },
  {
    name: 'the check does not ask for a record',
    change: a => a.tool(
      'registry.py', 'if approval == "Approved" and not recorded(found["ModelPackageArn"]):', 'if False:',
    ),
    scenes: ['unrecorded'], noticed: /it was to fail with: approved without an accepted record/,
  },
  {
    name: 'changes of the infrastructure are not recorded',
    change: a => a.resources('AWS::Events::Rule', p => JSON.stringify(p.EventPattern ?? {}).includes('PutApprovalResult')
      && JSON.stringify(p.Targets).includes('Queue'), ({ Properties: p }) => { p.State = 'DISABLED'; }),
    scenes: ['infrastructure_decided'], noticed: /approvals are recorded as \[\]|was not recorded within/,
  },
];
