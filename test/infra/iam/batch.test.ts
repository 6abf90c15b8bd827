import { worldOf } from './deliveries';
import { allowed, rolesBut } from './kept-out';
import type { PlannedEnvironment } from '../../../src/plan/endpoint/model';
import { cleanUp } from '../../../testing/deliveries/synth';

jest.setTimeout(180_000);
afterAll(cleanUp);

const world = worldOf('batch');
const environments = world.plan.groups.flatMap(group => group.environments);
const named = environments.map(environment => [environment.name, environment] as const);
const pipelineOf = ({ place, batch }: PlannedEnvironment) =>
  world.arn(place, 'sagemaker', `pipeline/${batch!.pipelineName}`);
const rolesOf = ({ roles }: PlannedEnvironment, ...names: ReadonlyArray<keyof PlannedEnvironment['roles']>) =>
  names.flatMap(name => (roles[name] ? [world.role(roles[name])] : []));

/** What roles other than these may do. */
async function others(but: readonly string[], actions: readonly string[], resource: string): Promise<unknown> {
  return allowed(world.policies, rolesBut(world, ...but).flatMap(principal =>
    actions.map(action => ({ principal, action, resource }))));
}

describe.each(named)('the score pipeline of %s', (_, environment) => {
  test('is changed by CloudFormation\'s role alone', async () => {
    const own = rolesOf(environment, 'cloudFormation');
    const changes = ['CreatePipeline', 'UpdatePipeline', 'DeletePipeline'].map(a => `sagemaker:${a}`);
    expect(await others(own, changes, pipelineOf(environment))).toEqual([]);
    expect(await allowed(world.policies, own.map(principal => ({
      principal, action: 'sagemaker:UpdatePipeline', resource: pipelineOf(environment),
    })))).toHaveLength(1);
  });
  test('is started by its schedule, its rule and the smoke test alone', async () => {
    const own = rolesOf(environment, 'verify', 'schedule', 'arrival');
    expect(own).toHaveLength(2);
    expect(await others(own, ['sagemaker:StartPipelineExecution'], pipelineOf(environment))).toEqual([]);
  });
  test('shares what started it with no other pipeline', async () => {
    const elsewhere = [
      ...environments.filter(e => e !== environment).map(pipelineOf),
      ...world.plan.groups.map(({ build }) => world.arn(build.place, 'sagemaker', `pipeline/${build.pipelineName}`)),
    ];
    const starters = rolesOf(environment, 'schedule', 'arrival', 'score', 'forwarder');
    expect(await allowed(world.policies, starters.flatMap(principal => elsewhere.map(resource => ({
      principal, action: 'sagemaker:StartPipelineExecution', resource,
    }))))).toEqual([]);
  });
  test('makes no model, and only jobs of its own', async () => {
    const { place, batch } = environment;
    const model = world.arn(place, 'sagemaker', 'model/Model-a1b2');
    const job = world.arn(place, 'sagemaker', 'transform-job/mine');
    expect(await others(rolesOf(environment, 'cloudFormation'), ['sagemaker:CreateModel'], model)).toEqual([]);
    expect(await others([], ['sagemaker:CreateTransformJob'], job)).toEqual([]);
    expect(batch).toBeDefined();
  });
  test('has data that its model reads and writes, and nobody else of the delivery', async () => {
    const { batch, place } = environment;
    const data = world.bucket(batch!.bucket, place);
    const own = rolesOf(environment, 'model');
    for (const key of ['input/customers.csv', 'output/k3x9/customers.csv.out']) {
      expect(await others(own, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], `${data}/${key}`)).toEqual([]);
    }
    const testers = rolesOf(environment, 'model', 'verify');
    expect(await others(testers, ['s3:GetObject', 's3:PutObject'], `${data}/smoke-test/1/rows`)).toEqual([]);
    // Not even its model changes what is to be scored.
    expect(await others([], ['s3:PutObject', 's3:DeleteObject'], `${data}/input/customers.csv`)).toEqual([]);
  });
});
