import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, CfnResource, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { InfrastructureStack } from '../../src/infra/infrastructure/infrastructure-stack';
import { planOf } from '../../src/infra/shared/plan';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, resources, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

/** The infrastructure stack where an app has it: below the construct of the whole delivery. */
function stackOf(delivery: DeliveryOptions, app = new App()): InfrastructureStack {
  const plan = planOf(delivery);
  return new InfrastructureStack(new Construct(app, 'Delivery'), plan.infrastructure.stack, plan);
}

const template = Template.fromStack(stackOf(DELIVERIES.default));

describe('the commands', () => {
  const projects = resources(template, 'AWS::CodeBuild::Project').map(p => p.Properties);
  const spec = (name: string) => JSON.parse(projects.find(p => p.Name === name)!.Source.BuildSpec as string);
  /** Runs the deploy command with a command line of the CDK that only notes its arguments. */
  const run = (tier: string) => {
    const folder = temporary();
    fs.writeFileSync(path.join(folder, 'npx'), '#!/bin/bash\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const command = spec('churn-infrastructuredeploy').phases.build.commands.join('\n');
    return spawnSync('bash', ['-c', command], {
      encoding: 'utf-8', env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TIER: tier },
    });
  };
  /** An app with the stacks of the plan, each with one resource, in the order and with the needs of the plan. */
  const assembly = () => {
    const app = new App({ outdir: temporary() });
    const parent = new Construct(app, 'Delivery');
    const stage = new Stage(parent, 'Endpoints');
    const made: { [name: string]: Stack } = {};
    for (const { name, deployedBy, needs } of planOf(DELIVERIES.default).stacks) {
      made[name] = new Stack(deployedBy === 'infrastructure' ? parent : stage, name, { stackName: name });
      new CfnResource(made[name], 'R', { type: 'AWS::SNS::Topic' });
      if (deployedBy === 'infrastructure') { needs.forEach(need => made[name].addStackDependency(made[need])); }
    }
    return app.synth().directory;
  };

  test('deploy the stacks of a tier by their exact paths', () => {
    const args = run('preprod').stdout.split('\n');
    expect(args.slice(0, 5)).toEqual(['--no', '--', 'cdk', 'deploy', '--app']);
    expect(args.filter(a => a.startsWith('Delivery/'))).toEqual(planOf(
      DELIVERIES.default,
    ).infrastructure.pipeline!.tiers.find(t => t.type === 'preprod')!.stacks.map(s => `Delivery/${s}`));
    expect(args).toEqual(expect.arrayContaining([
      '--exclusively', '--require-approval', 'never', '--method', 'change-set',
    ]));
    expect(run('self').stdout.split('\n').filter(a =>
      a.startsWith('Delivery/'))).toEqual(['Delivery/churn-infrastructure']);
  });
  test('refuse a tier that there is none of', () => {
    expect(run('moon')).toMatchObject({ status: 1, stderr: "No stacks are known for the tier 'moon'.\n" });
  });
  test('name stacks in the way that the CDK finds them, all of them and no endpoint', () => {
    const tiers = ['self', 'dev', 'preprod', 'prod'].flatMap(tier =>
      run(tier).stdout.split('\n').filter(a => a.startsWith('Delivery/')));
    const cdk = path.resolve(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const listed = spawnSync('node', [cdk, 'ls', '--app', assembly(), ...tiers], { encoding: 'utf-8' }).stdout
      .split('\n')
      .filter(Boolean)
      .map(line => line.split(' ')[0]);
    expect(listed.sort()).toEqual([...tiers].sort());
    expect(listed.sort()).toEqual(planOf(DELIVERIES.default).stacks.filter(s =>
      s.deployedBy === 'infrastructure').map(s => `Delivery/${s.name}`).sort());
  });
  test('of the synth are the delivery\'s own and say when they leave nothing', () => {
    const { phases, artifacts } = spec('churn-infrastructuresynth');
    expect(phases.install.commands).toEqual(['npm ci']);
    expect(phases.build.commands[0]).toBe('npx cdk synth --quiet');
    expect(spawnSync('bash', ['-c', phases.build.commands[1] as string], {
      encoding: 'utf-8', cwd: temporary(),
    })).toMatchObject({ status: 1, stderr: expect.stringMatching(/synthCommand left no/) });
    expect(artifacts.files).toEqual(['cdk.out/**/*', 'package.json', 'package-lock.json']);
  });
  test('install nothing but the locked packages, without their scripts, where they can deploy', () => {
    expect(spec('churn-infrastructuredeploy').phases.install.commands).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
    ]);
  });
});
