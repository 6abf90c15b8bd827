import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const DEPLOY = 'deploy-main.yml';
const INFRASTRUCTURE = 'infrastructure.yml';
const ISSUER = 'token.actions.githubusercontent.com';

/** A job compares what others have left with the digest that they tell. */
const COMPARES = /^ +echo "\$DIGEST {2}\$FILE".*\n/;

/** Takes a condition out of the trust of a role. */
function withoutCondition(assembly: Assembly, role: string, claim: string): void {
  assembly.resources('AWS::IAM::Role', p => p.RoleName === role, ({ Properties: p }) => {
    p.AssumeRolePolicyDocument.Statement.forEach((statement: Json) => {
      delete statement.Condition.StringEquals[`${ISSUER}:${claim}`];
    });
  });
}

/** Faults in a delivery that workflows run: in what is rendered, in the templates and in the tools. */
export const WORKFLOW_FAULTS: readonly Mutation[] = [
  {
    name: 'the job that deploys to production names no environment',
    change: a => a.workflow(DEPLOY).job('deploy-prod', /^ {4}environment: main-prod\n/, ''),
    scenes: ['deployed'], noticed: /deploy-prod: sign in: Could not assume role .*prod-shipper/,
  },
  {
    name: 'the job that deploys to production takes on the role of another job',
    change: a => a.workflow(DEPLOY).job('deploy-prod', 'churn-main-prod-shipper', 'churn-main-preparer'),
    scenes: ['attacked'], noticed: /no job takes on .*prod-shipper/,
  },
  {
    name: 'production does not wait for a decision',
    change: a => a.workflow(DEPLOY).withoutStep('deploy-prod', 'await_approval'),
    scenes: ['deployed'], noticed: /people were asked about \[\], not about \['prod'\]/,
  },
  {
    name: 'a run takes what another run has taken at the same moment',
    change: a => a.tool('workflow_requests.py', 'f"#status = :seen AND {unchanged}"',
      'f"(#status = :seen OR attribute_exists(#status)) AND ({unchanged} OR attribute_exists(#run))"'),
    scenes: ['raced'], noticed: /gh-\d+ has the request for .*, which gh-1 had taken at the same moment/,
  },
  {
    name: 'every run ends well',
    change: a => a.workflow(DEPLOY).job('end', /OUTCOME: .*/, 'OUTCOME: done'),
    scenes: ['refused'], noticed: /the request for .* has not failed/,
  },
  {
    name: 'no run ends well',
    change: a => a.workflow(DEPLOY).job('end', /OUTCOME: .*/, 'OUTCOME: failed'),
    scenes: ['deployed'], noticed: /the request for .* is not done/,
  },
  {
    name: 'a version is not looked at again after its approval',
    change: a => a.workflow(DEPLOY).withoutStep('deploy-prod', 'check'),
    scenes: ['withdrawn'], noticed: /serves in prod; it was rejected before it was let in/,
  },
  {
    name: 'production takes its deployment from wherever it comes',
    change: a => a.workflow(DEPLOY).job('deploy-prod', COMPARES, ''),
    scenes: ['exchanged'], noticed: /deploy-prod did not notice that Deployment was exchanged/,
  },
  {
    name: 'production takes its infrastructure from wherever it comes',
    change: a => a.workflow(INFRASTRUCTURE).job('deploy-prod', COMPARES, ''),
    scenes: ['change_exchanged'], noticed: /deploy-prod did not notice that Assembly was exchanged/,
  },
  {
    name: 'a change is not compared with the one that was shown',
    change: a => a.tool('programs.py', 'if hashlib.sha256(content).hexdigest() != digest:', 'if False:'),
    scenes: ['change_forged'], noticed: /(not|it was to fail) with: someone replaced it/,
  },
  {
    name: 'an approval of a change is one of whatever the run shows',
    change: a => a.tool('approvals_table.py', 'digest[:DIGITS]', 'digest[:0]'),
    scenes: ['change_refused'], noticed: /what attempt 2 shows of self was let in by the approval of attempt 1/,
  },
  {
    name: 'the branch of a job that prepares is not looked at',
    change: a => withoutCondition(a, 'churn-main-preparer', 'ref'),
    scenes: ['attacked'], noticed: /preparer lets in: nothing but ref is another's$/,
  },
  {
    name: 'production may be deployed from any branch that calls the workflow',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'ref'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: .*a workflow of another branch that calls this one/,
  },
  {
    name: 'the role of production may be of any repository with its names',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'repository_id'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: .*nothing but repository_id is another's/,
  },
  {
    name: 'the role of production may be taken on by any workflow',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'job_workflow_ref'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: .*nothing but job_workflow_ref is another's/,
  },
  {
    name: 'the subject of the role of production is not looked at',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'sub'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: .*nothing but sub is another's/,
  },
  {
    name: 'the deployer of the infrastructure may be any environment\'s',
    change: a => withoutCondition(a, 'churn-infrastructuredeployerprod', 'environment'),
    scenes: ['attacked'], noticed: /deployerprod lets in: nothing but environment is another's$/,
  },
  {
    name: 'the job that deploys production\'s infrastructure names no environment',
    change: a => a.workflow(INFRASTRUCTURE).job('deploy-prod', /^ {4}environment: .*\n/, ''),
    scenes: ['attacked'], noticed: /the job itself does not get .*deployerprod/,
  },
  {
    name: 'the job that takes a request has no identity',
    change: a => a.workflow(DEPLOY).job('take', /^ {6}id-token: write.*\n/, ''),
    scenes: ['deployed'], noticed: /no run takes the request .*sign in: .*`id-token` permission/,
  },
];

/** Faults in a delivery over several accounts, whose workflows an App starts. */
export const STARTED_WORKFLOW_FAULTS: readonly Mutation[] = [
  {
    name: 'the gate asks with another id than it writes down',
    change: a => a.definition('churn-main-gate', text =>
      text.replace('"id.$":"States.Format(\'{}.000Z-{}\'', '"id.$":"States.Format(\'{}.001Z-{}\'')),
    scenes: ['deployed'], noticed: /no run takes the request for .*: none was started/,
  },
];
