import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const DEPLOY = 'deploy-main.yml';
const INFRASTRUCTURE = 'infrastructure.yml';
const ISSUER = 'token.actions.githubusercontent.com';

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
    scenes: ['deployed'], noticed: /prod-shipper/,
  },
  {
    name: 'the job that deploys to production takes on the role of another job',
    change: a => a.workflow(DEPLOY).job('deploy-prod', 'churn-main-prod-shipper', 'churn-main-preparer'),
    scenes: ['attacked'], noticed: /preparer|no job takes on .*prod-shipper/,
  },
  {
    name: 'production does not wait for a decision',
    change: a => a.workflow(DEPLOY).withoutStep('deploy-prod', 'await_approval'),
    scenes: ['deployed'], noticed: /people were asked about/,
  },
  {
    name: 'a run takes what it finds unconditionally',
    change: a => a.tool('workflow_requests.py', 'ConditionExpression=condition,', ''),
    scenes: ['deployed'], noticed: /ValidationException|ConditionExpression|unused/,
  },
  {
    name: 'every run ends well',
    change: a => a.workflow(DEPLOY).job('end', /OUTCOME: .*/, 'OUTCOME: failed'),
    scenes: ['deployed'], noticed: /the request for .* is not done/,
  },
  {
    name: 'the gate asks with another id than it writes down',
    change: a => a.definition('churn-main-gate', text =>
      text.replace(/"id":\{"S\.\$":"[^"]*"\},"status"/, '"id":{"S":"1"},"status"')),
    scenes: ['deployed'], noticed: /./,
  },
  {
    name: 'the workflow may be any branch\'s',
    change: a => withoutCondition(a, 'churn-main-preparer', 'ref'),
    scenes: ['attacked'], noticed: /preparer lets in: /,
  },
  {
    name: 'the role of production may be of any repository with its names',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'repository_id'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: /,
  },
  {
    name: 'the role of production may be taken on by any workflow',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'job_workflow_ref'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: /,
  },
  {
    name: 'the subject of the role of production is not looked at',
    change: a => withoutCondition(a, 'churn-main-prod-shipper', 'sub'),
    scenes: ['attacked'], noticed: /prod-shipper lets in: /,
  },
  {
    name: 'the deployer of the infrastructure may be any environment\'s',
    change: a => withoutCondition(a, 'churn-infrastructuredeployerprod', 'environment'),
    scenes: ['attacked'], noticed: /deployerprod lets in: /,
  },
  {
    name: 'the job that deploys production\'s infrastructure names no environment',
    change: a => a.workflow(INFRASTRUCTURE).job('deploy-prod', /^ {4}environment: .*\n/, ''),
    scenes: ['attacked'], noticed: /deployerprod/,
  },
  {
    name: 'the job that takes a request has no identity',
    change: a => a.workflow(DEPLOY).job('take', /^ {6}id-token: write.*\n/, ''),
    scenes: ['deployed'], noticed: /id-token|identity/,
  },
];
