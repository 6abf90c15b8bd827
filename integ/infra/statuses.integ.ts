import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { type Statuses, STATUSES } from '../../src/infra/shared/statuses';

const sdk = process.env.SDK_VENV;
if (!sdk) { throw new Error('SDK_VENV must name a Python environment made from integ/requirements/sdk.txt.'); }

/** What a script of the newest botocore prints as JSON; the deploy tools can be imported. */
function ask<T>(script: string): T {
  return JSON.parse(execFileSync(path.join(sdk!, 'bin', 'python'), ['-c', script], {
    encoding: 'utf8', env: { ...process.env, PYTHONPATH: path.join(__dirname, '..', '..', 'tools', 'deploy') },
  })) as T;
}

/** Where botocore lists the statuses of each kind. */
const SHAPES: { readonly [kind in keyof typeof STATUSES]: readonly [service: string, shape: string] } = {
  training: ['sagemaker', 'PipelineExecutionStatus'], pipeline: ['codepipeline', 'PipelineExecutionStatus'],
  gate: ['stepfunctions', 'ExecutionStatus'], build: ['codebuild', 'StatusType'], alarm: ['cloudwatch', 'StateValue'],
  approval: ['sagemaker', 'ModelApprovalStatus'],
};

const enums = ask<{ readonly [shape: string]: readonly string[] }>(`
import json, botocore.session
session = botocore.session.get_session()
wanted = json.loads(${JSON.stringify(JSON.stringify([
  ...Object.values(SHAPES), ['sagemaker', 'ModelPackageStatus'], ['cloudformation', 'StackStatus'],
  ['sagemaker', 'EndpointStatus'],
]))})
print(json.dumps({".".join(w): session.get_service_model(w[0]).shape_for(w[1]).enum for w in wanted}))
`);

test.each(Object.entries(SHAPES))('the rules know every status of botocore: %s', (kind, shape) => {
  const { told, untold }: Statuses = STATUSES[kind as keyof typeof STATUSES];
  // Events of CodePipeline have capitals, and write "CANCELED" (user guide, "Monitoring CodePipeline events").
  const listed = enums[shape.join('.')].map(status =>
    (kind === 'pipeline' ? status.toUpperCase().replace('CANCELLED', 'CANCELED') : status));
  expect([...told, ...Object.keys(untold)].sort()).toEqual([...listed].sort());
});

test('the deploy tools know every status of a model package, of a stack and of an endpoint', () => {
  const known = ask<{ readonly lost: string[]; readonly stack: string[]; readonly endpoint: string[] }>(`
import json, package_groups, serving, stack
print(json.dumps({
  "lost": package_groups.LOST, "stack": [*stack.NOT_THERE, *stack.USABLE, *stack.FAILED_CREATION, *stack.STUCK],
  "endpoint": [serving.IN_SERVICE, *serving.UNDER_WAY, *serving.DEAD, *serving.OTHERS],
}))
`);
  const under = ['Pending', 'InProgress'];
  expect([...known.lost, 'Completed', ...under].sort()).toEqual([...enums['sagemaker.ModelPackageStatus']].sort());
  expect(known.stack.sort()).toEqual(enums['cloudformation.StackStatus'].filter(status =>
    !status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS').sort());
  expect(known.endpoint.sort()).toEqual([...enums['sagemaker.EndpointStatus']].sort());
});
