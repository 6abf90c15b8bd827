import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';

const PIPELINE = 'churn-infrastructure';
const STACK = 'churn-infrastructurepipeline';

/** Faults in the pipeline that deploys the infrastructure of several accounts. */
export const INFRASTRUCTURE: readonly Mutation[] = [
  {
    name: 'the deployer of development may assume the roles of production\'s bootstrap',
    change: a => a.role('churn-infrastructuredeployerdev', statements => statements.map(s => (s.Sid === 'Bootstrap'
      ? { ...s, Resource: 'arn:aws:iam::666666666666:role/cdk-mlteam-deploy-role-666666666666-eu-west-1' } : s))),
    scenes: ['unseen'], noticed: /may not sts:AssumeRole on .*cdk-mlteam|deployerdev may assume .*666666666666/,
  },
  {
    name: 'the deployer of development may assume every role of a bootstrap',
    change: a => a.role('churn-infrastructuredeployerdev', statements => statements.map(s => (s.Sid === 'Bootstrap'
      ? { ...s, Resource: 'arn:aws:iam::*:role/cdk-mlteam-*' } : s))),
    scenes: ['unseen'], noticed: /deployerdev may assume .*cdk-mlteam/,
  },
  {
    name: 'the infrastructure pipeline changes itself without an approval',
    change: a => a.stages(PIPELINE, stages => stages.map(s => (s.Name === 'SelfMutate'
      ? { ...s, Actions: s.Actions.filter((action: Json) => action.Name !== 'Approve') } : s))),
    scenes: ['unseen'], noticed: /changes itself without an approval/,
  },
  {
    name: 'production changes without an approval of the diff',
    change: a => a.stages(PIPELINE, stages => stages.map(s => (s.Name === 'Deploy-prod'
      ? { ...s, Actions: s.Actions.filter((action: Json) => action.Name !== 'Approve') } : s))),
    scenes: ['infrastructure'], noticed: /the options want it in/,
  },
  {
    name: 'an approved diff is taken from wherever it comes',
    change: a => a.tool('programs.py', 'if hashlib.sha256(content).hexdigest() != digest:', 'if False:'),
    scenes: ['unseen'], noticed: /it was to fail with: someone replaced it/,
  },
  {
    name: 'what does not change is deployed too',
    change: a => a.tool('programs.py', '"CHANGES": "yes" if counts else "no"', '"CHANGES": "no"'),
    scenes: ['infrastructure'], noticed: /asked for approval in \[\]/,
  },
  {
    name: 'the infrastructure pipeline is made before the other stacks',
    change: a => a.stack(STACK, artifact => { artifact.dependencies = artifact.dependencies.slice(0, 1); }),
    scenes: ['first_deployment'], noticed: /churn-infrastructure may start before .* is there/,
  },
  {
    name: 'a pipeline starts before its stack is complete',
    change: a => a.resources('AWS::CodePipeline::Pipeline', p => p.Name === 'churn-main-deploy', r => {
      delete r.DependsOn;
    }),
    scenes: ['first_deployment'], noticed: /churn-main-deploy may start before .* of its stack is there/,
  },
];
