import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { Delivery } from '../../src/delivery/delivery';
import type { DeliveryOptions } from '../../src/options/delivery';
import type { UpgradeOptions } from '../../src/options/upgrade';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const SCRIPTS = path.resolve(__dirname, '..', '..', 'tools', 'upgrade');

/** What there is of upgrades in a delivery's stacks. */
function upgradesOf(delivery: DeliveryOptions): { projects: Json[]; rules: Json[]; pipelines: Json[]; roles: Json[] } {
  const all = Object.values(templatesOf(delivery));
  const named = (type: string, property: string): Json[] =>
    all.flatMap(template => resources(template, type)).map(resource =>
      resource.Properties).filter(p => /-upgrade/.test(p[property] as string));
  return {
    projects: named('AWS::CodeBuild::Project', 'Name'), rules: named('AWS::Events::Rule', 'Name'),
    pipelines: named('AWS::CodePipeline::Pipeline', 'Name'), roles: named('AWS::IAM::Role', 'RoleName'),
  };
}

const withUpgrade = (upgrade: UpgradeOptions): DeliveryOptions => ({ ...DELIVERIES.buildOnly, upgrade });

test('a CodeCommit repository is cloned and upgraded each Monday by default, once for all groups', () => {
  const { projects, rules, pipelines } = upgradesOf({
    ...DELIVERIES.default, deploymentGroups: [{ name: 'dev' }, { name: 'main' }],
  });
  expect(pipelines).toEqual([]);
  expect(projects).toHaveLength(1);
  expect(projects[0]).toMatchObject({
    Name: 'churn-dev-upgrade', SourceVersion: 'refs/heads/dev', Source: { Type: 'CODECOMMIT' },
    Artifacts: { Type: 'NO_ARTIFACTS' },
  });
  expect(JSON.stringify(projects[0].Source.Location)).toContain('/v1/repos/churn');
  expect(rules.map(rule => rule.ScheduleExpression)).toEqual(['cron(0 5 ? * MON *)']);
  expect(JSON.stringify(rules[0].Targets)).toContain('project/churn-dev-upgrade');
});

test.each([['daily', 'cron(0 5 * * ? *)'], ['monthly', 'cron(0 5 1 * ? *)']])('%s means %s', (schedule, expression) => {
  expect(upgradesOf(withUpgrade({ schedule })).rules[0].ScheduleExpression).toBe(expression);
});

test.each<[string, DeliveryOptions]>([
  ['upgrades are never looked for', withUpgrade({ schedule: 'never' })],
  ['no pull requests are wanted', withUpgrade({ pullRequests: false })],
  ['a GitHub workflow does it', DELIVERIES.twoGroups],
])('there is no scheduled build when %s', (_, delivery) => {
  expect(upgradesOf(delivery)).toEqual({ projects: [], rules: [], pipelines: [], roles: [] });
});

test('a repository behind a connection is fetched by a pipeline, which the schedule alone starts', () => {
  const { projects, rules, pipelines } = upgradesOf(DELIVERIES.gitLab);
  expect(projects[0].Source.Type).toBe('CODEPIPELINE');
  expect(JSON.stringify(rules[0].Targets)).toContain(':churn-main-upgrade');
  expect(pipelines).toHaveLength(1);
  expect(pipelines[0].Triggers).toBeUndefined();
  expect(pipelines[0].Stages[0].Actions[0].Configuration).toMatchObject({
    FullRepositoryId: 'team/churn', DetectChanges: 'false',
  });
});

describe('the role of the build', () => {
  const statements = (delivery: DeliveryOptions): Json[] =>
    upgradesOf(delivery).roles.find(role => /runner/.test(role.RoleName))!.Policies[0].PolicyDocument.Statement;

  test('pushes to the branch of upgrades alone and cannot merge', () => {
    const all = statements(DELIVERIES.buildOnly);
    const push = all.find(s => [s.Action].flat().includes('codecommit:GitPush'));
    expect(push.Condition).toEqual({
      StringEqualsIfExists: { 'codecommit:References': 'refs/heads/upgrade/sagemaker-cicd-projen' },
    });
    expect(JSON.stringify(all)).not.toMatch(/codecommit:[^"]*(Merge|Delete|Approv|Override)/);
    expect(JSON.stringify(all)).not.toMatch(/sts:|iam:|cloudformation:|s3:/);
  });
  test('behind a connection writes below one prefix of the bucket and knows no repository', () => {
    const all = statements(DELIVERIES.gitLab);
    const writes = all.filter(s => JSON.stringify(s.Action).includes('PutObject'));
    expect(writes).toHaveLength(1);
    expect(JSON.stringify(writes[0].Resource)).toMatch(/\/upgrades\/\*"/);
    expect(JSON.stringify(all)).not.toContain('codecommit');
  });
});

test.each([
  ['CodeCommit', DELIVERIES.buildOnly, 'codecommit.sh'],
  ['GitLab', DELIVERIES.gitLab, 'patch.sh'],
])('the build of %s runs the scripts as they are', (_, delivery, last) => {
  interface Spec { readonly phases: { readonly [name: string]: { readonly commands: string[] } } }
  const { phases } = JSON.parse(upgradesOf(delivery).projects[0].Source.BuildSpec as string) as Spec;
  const commands = Object.values(phases).flatMap(phase => phase.commands);
  expect(commands.map(command => command.split('\n').at(-2) ?? command)).toEqual([
    'fi', 'npm ci', 'npm run --silent setup', 'npm run --silent upgrade || test -f build/upgrade/result.json',
    lastLine(last),
  ]);
});

function lastLine(file: string): string | undefined {
  return fs.readFileSync(path.join(SCRIPTS, file), 'utf8').trim().split('\n').at(-1);
}

test('the construct alone says when the delivery wants no scheduled build', () => {
  const stack = new Stack(new App(), 'X');
  const props = { delivery: Delivery.of(withUpgrade({ schedule: 'never' })) } as unknown as infra.ModelPipelineProps;
  expect(() => new infra.UpgradeBuild(stack, 'Upgrade', { ...props })).toThrow(/option upgrade: "never"/);
});
