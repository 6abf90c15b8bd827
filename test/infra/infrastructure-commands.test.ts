import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, type Stack } from 'aws-cdk-lib/core';
import { Delivery } from '../../src/delivery/delivery';
import { SageMakerCicd } from '../../src/infra/sagemaker-cicd';
import { planOf } from '../../src/infra/shared/plan';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, resources, temporary } from '../../testing/deliveries/synth';
import type { Json } from '../../testing/iam/assembly';

afterAll(cleanUp);

function stacksOf(delivery: DeliveryOptions): { [name: string]: Stack } {
  return new SageMakerCicd(new App({ outdir: temporary() }), 'Delivery', {
    delivery: Delivery.of(delivery), directory: temporary(),
  }).stacks;
}

const whole = stacksOf(DELIVERIES.default);
const template = Template.fromStack(whole['churn-infrastructurepipeline']);
const apart = Template.fromStack(stacksOf(DELIVERIES.sevenAccounts)['churn-infrastructurepipeline']);

const specOf = (name: string) => JSON.parse(resources(template, 'AWS::CodeBuild::Project').map(p => p.Properties)
  .find(p => p.Name === name)!.Source.BuildSpec as string);
const stagesOf = (made: Template): Json[] =>
  resources(made, 'AWS::CodePipeline::Pipeline')[0].Properties.Stages as Json[];

describe('the commands', () => {
  /** Runs the commands of a deployer in a folder, with a Python that only notes what it is asked. */
  const run = (tool: string) => {
    const [bin, folder] = [temporary(), temporary()];
    fs.writeFileSync(path.join(bin, 'python3'), [
      '#!/bin/bash', 'printf "%s\\n" "$PWD: ${*/#-c/}" | head -1', 'case "$*" in *diff.py*)',
      'printf "export CHANGES=yes DIFF=sum DIGEST=dig\\n" > "${@: -1}/exports.sh" ;; esac', '',
    ].join('\n'), { mode: 0o755 });
    const commands: string[] = specOf('churn-infrastructuredeployprod').phases.build.commands;
    const script = [...commands, 'echo "$CHANGES|$DIFF|$DIGEST|$LOG"'].join('\n');
    const ran = spawnSync('bash', ['-ec', script], {
      encoding: 'utf-8', cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, TOOL: tool },
    });
    return { ...ran, folder, lines: ran.stdout.trim().split('\n') };
  };

  test('run the tools that were fetched into a folder of their own, never what lies beside the input', () => {
    const { lines, folder } = run('diff');
    const [fetched, unpacked, ran] = lines;
    const tools = fetched.split(':')[0];
    expect(tools).not.toBe(folder);
    expect(unpacked).toBe(`${tools}: -m zipfile -e tools.zip .`);
    expect(ran).toBe(`${folder}: ${tools}/diff.py cdk.out diff`);
  });
  test('hand on whether something changes, what, and its digest', () => {
    expect(run('diff').lines.at(-1)).toBe('yes|sum|dig|https://console.aws.amazon.com/codesuite/codebuild');
    expect(run('execute').lines.at(-2)).toMatch(/\/execute\.py \.$/);
  });
  test('refuse another tool', () => {
    expect(run('moon')).toMatchObject({ status: 1, stderr: 'Unknown tool: moon\n' });
  });
  test('install and run nothing of the commit where they can deploy', () => {
    const spec = specOf('churn-infrastructuredeployprod');
    expect(spec.phases.install.commands).toBeUndefined();
    expect(JSON.stringify(spec)).not.toMatch(/npm|npx|node/);
  });
  test('of the synth are the delivery\'s own, hand over the cloud assembly alone and say when they leave '
    + 'nothing', () => {
    const { phases, artifacts } = specOf('churn-infrastructuresynth');
    expect(phases.install.commands).toEqual(['npm ci']);
    expect(phases.build.commands[0]).toBe('npx cdk synth --quiet');
    expect(spawnSync('bash', ['-c', phases.build.commands[1] as string], {
      encoding: 'utf-8', cwd: temporary(),
    })).toMatchObject({ status: 1, stderr: expect.stringMatching(/synthCommand left no/) });
    expect(artifacts.files).toEqual(['cdk.out/**/*']);
  });
});

describe('the stages', () => {
  const shape = (stages: Json[]) => stages.map(s => [s.Name, s.Actions.map((a: Json) => a.Name)]);
  const approval = ['Diff', 'Approve', 'Deploy'];
  test('show a diff, ask, and execute, in production and for the pipeline itself; what does not change is '
    + 'skipped', () => {
    expect(shape(stagesOf(apart))).toEqual([
      ['Source', ['Source']], ['Synth', ['Synth']],
      ['Look-self', ['Look']], ['SelfMutate', approval],
      ['Deploy-dev', ['Diff', 'Deploy']],
      ['Look-preprod', ['Look']], ['Deploy-preprod', approval],
      ['Look-prod', ['Look']], ['Deploy-prod', approval],
    ]);
    for (const stage of stagesOf(apart).filter(s => s.Actions.length === 3)) {
      const [, key] = /(self|preprod|prod)/.exec(stage.Name.replace('SelfMutate', 'self') as string)!;
      expect(stage.BeforeEntry.Conditions).toEqual([{
        Result: 'SKIP', Rules: [expect.objectContaining({
          Configuration: { Variable: `#{Look-${key}.CHANGES}`, Value: 'yes', Operator: 'EQ' },
        })],
      }]);
      expect(stage.Actions.map((a: Json) => a.RunOrder)).toEqual([1, 2, 3]);
    }
  });
  test('of one account are one, with an approval', () => {
    expect(shape(stagesOf(template)).slice(2)).toEqual([
      ['Look-self', ['Look']], ['SelfMutate', approval], ['Look-prod', ['Look']], ['Deploy-prod', approval],
    ]);
  });
  test('execute what was shown: the artifact of the diff, with the digest that the pipeline itself keeps', () => {
    const { Actions: [diff,, deploy] } = stagesOf(template).find(s => s.Name === 'Deploy-prod')!;
    expect(deploy.InputArtifacts).toEqual(diff.OutputArtifacts);
    expect(JSON.parse(deploy.Configuration.EnvironmentVariables as string)).toEqual(expect.arrayContaining([
      { name: 'TOOL', value: 'execute', type: 'PLAINTEXT' },
      { name: 'DIGEST', value: `#{${diff.Namespace}.DIGEST}`, type: 'PLAINTEXT' },
    ]));
  });
  test('ask in fewer characters than an action takes, whatever the summary and the name', () => {
    const actions = stagesOf(apart).flatMap(s => s.Actions as Json[]);
    const texts = actions.flatMap(a => a.Configuration.CustomData ?? []) as string[];
    expect(texts).toHaveLength(3);
    for (const text of texts) {
      const filled = text.replace('churn', 'n'.repeat(100)).replace(/#\{[^}]+DIFF\}/, 's'.repeat(615))
        .replace(/#\{[^}]+DIGEST\}/, 'd'.repeat(64)).replace(/#\{[^}]+\}/, 'c'.repeat(40));
      expect(filled).not.toContain('#{');
      expect(filled.length).toBeLessThanOrEqual(1000);
    }
  });
  test('without production ask nobody unless asked to', () => {
    const delivery: DeliveryOptions = {
      ...DELIVERIES.default, deploymentGroups: [{ name: 'main', buildEnvironment: { type: EnvironmentType.DEV } }],
    };
    const asks = (options: DeliveryOptions) => stagesOf(Template.fromStack(
      stacksOf(options)['churn-infrastructurepipeline'],
    )).flatMap(s => s.Actions).filter((a: Json) => a.Name === 'Approve').length;
    expect(asks(delivery)).toBe(0);
    expect(asks({ ...delivery, infrastructure: { diffApproval: true } })).toBe(2);
  });
});

describe('a pipeline starts when it is made', () => {
  test('so the infrastructure pipeline\'s stack comes after all others', () => {
    const last = whole['churn-infrastructurepipeline'];
    expect(last.dependencies.map(s => s.stackName).sort()).toEqual(
      Object.keys(whole).filter(name => name !== last.stackName).sort(),
    );
  });
});

test('the tools know the planned stacks of each stage, by place, and nothing of the endpoints', () => {
  const app = new App({ outdir: temporary() });
  const { plan } = { plan: planOf(Delivery.of(DELIVERIES.sevenAccounts)) };
  new SageMakerCicd(app, 'Delivery', { delivery: Delivery.of(DELIVERIES.sevenAccounts), directory: temporary() });
  const { directory } = app.synth();
  const [folder] = fs.readdirSync(directory).filter(name => fs.existsSync(path.join(directory, name, 'stages.json')));
  const { stages, qualifier } = JSON.parse(fs.readFileSync(path.join(directory, folder, 'stages.json'), 'utf-8'));
  expect(qualifier).toBe('mlteam');
  expect(Object.keys(stages as object)).toEqual(['self', 'dev', 'preprod', 'prod']);
  const named = (Object.values(stages as object) as Json[][][]).flat(2);
  expect(named.map(s => [s.name, s.account]).sort()).toEqual(plan.stacks.filter(s => s.deployedBy === 'infrastructure')
    .map(s => [s.name, s.place.account]).sort());
});
