import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Aspects, type IAspect, Token } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { infra } from '../../src';
import { Delivery } from '../../src/delivery/delivery';
import { onlyThese } from '../../src/infra/deploy/deploy-source';
import type { DeliveryOptions } from '../../src/options/delivery';
import { OptionError } from '../../src/options/engine/option-error';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, repository, stacksOf, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

/** Everything that a synth wrote, by path. */
function files(folder: string): { [path: string]: string } {
  const found = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(found.map(f =>
    path.join(f.parentPath, f.name)).sort().map(f => [path.relative(folder, f), fs.readFileSync(f, 'utf-8')]));
}

test('two synths of the same repository write the same bytes', () => {
  const root = repository(DELIVERIES.twoGroups);
  const [first, second] = [0, 1].map(() => {
    const outdir = temporary();
    const app = new App({ outdir });
    infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(root, 'config', 'delivery.json'));
    app.synth();
    return files(outdir);
  });
  expect(Object.keys(first).length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});

test('endpoint stacks are in a stage of their own, so "cdk deploy --all" leaves them to the deploy pipeline', () => {
  const { app, cicd } = stacksOf(DELIVERIES.default);
  const top = app.synth().stacks.map(s => s.stackName);
  expect(top).toContain('churn-main-delivery');
  expect(top.filter(name => name.includes('endpoint'))).toEqual([]);
  expect(cicd.endpoints.node.children).toHaveLength(2);
});

test('stacks that cdk deploys are protected from deletion', () => {
  const { cicd } = stacksOf(DELIVERIES.default);
  Object.values(cicd.stacks).forEach(stack =>
    expect([stack.stackName, stack.terminationProtection]).toEqual([stack.stackName, true]));
});

test('stacks depend on those that the plan says they need', () => {
  const { stacks } = stacksOf(DELIVERIES.default);
  expect(stacks['churn-main-delivery'].dependencies.map(s => s.stackName).sort()).toEqual([
    'churn-infrastructure', 'churn-main-build', 'churn-main-prod-environment', 'churn-main-staging-environment',
    'churn-source',
  ]);
});

test.each(Object.entries(DELIVERIES))('%s: the stacks are those of the plan, where it has them, each after those it '
  + 'needs', (_, delivery) => {
  const plan = planDelivery(normaliseDelivery(delivery));
  const { stacks } = stacksOf(delivery);
  expect(Object.keys(stacks).sort()).toEqual(plan.stacks.map(s => s.name).sort());
  for (const planned of plan.stacks) {
    const stack = stacks[planned.name];
    const [account, region] = [stack.account, stack.region].map(text => (Token.isUnresolved(text) ? undefined : text));
    expect([stack.stackName, account, region]).toEqual([planned.name, planned.place.account, planned.place.region]);
    if (planned.deployedBy === 'infrastructure') {
      expect(stack.dependencies.map(s => s.stackName)).toEqual(expect.arrayContaining([...planned.needs]));
    }
  }
});

test('a promotion has a stack of its own in the tooling account, with tags and boundary like all others', () => {
  const delivery: DeliveryOptions = {
    ...DELIVERIES.explicitAccount,
    promotion: {
      sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-central-1:222222222222:model-package-group/churn',
      targetBucketName: 'promoted', eventBusName: 'promotions',
    },
  };
  const { stacks } = stacksOf(delivery);
  const stack = stacks['churn-promotion'];
  expect([stack.account, stack.region, stack.terminationProtection]).toEqual(['111111111111', 'eu-central-1', true]);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CodePipeline::Pipeline', 1);
  template.allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: Match.anyValue(), Tags: Match.arrayWith([{ Key: 'team', Value: 'data' }]),
  });
  // A failed execution, an event that could not start it, and a message that could not be sent.
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({
      detail: {
        $or: [
          { state: ['FAILED', 'STOPPED'], pipeline: ['churn-promote'] },
          { state: ['CANCELED'], pipeline: ['churn-promote'] },
        ],
      },
    }),
  });
  expect(Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(a =>
    (a.Properties as { MetricName: string }).MetricName).sort()).toEqual([
    'ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesVisible', 'TriggeredRules',
  ]);
  expect(Object.keys(stacksOf(DELIVERIES.explicitAccount).stacks)).not.toContain('churn-promotion');
});

test('the deploy pipeline is handed the infrastructure code and nothing else', () => {
  const { app } = stacksOf(DELIVERIES.default);
  const written = Object.keys(files(app.synth().directory)).filter(f => f.startsWith('asset.')
    && !/\.py$|(targets|images|stages|create_only)\.json$/.test(f));
  expect(written.map(f =>
    f.split(path.sep).slice(1).join('/')).sort()).toEqual(['config/delivery.json', 'infra/app.ts', 'package.json']);
});

test('a path in a folder opens just that folder', () => {
  expect(onlyThese(['a/b/c.json', 'a/d/']).slice(0, 8)).toEqual([
    '/*', '!/a/', '/a/*', '!/a/b/', '/a/b/*', '!/a/b/c.json', '!/a/d/', '__pycache__/',
  ]);
});

describe('cdk-nag AwsSolutions', () => {
  const findings = (delivery: DeliveryOptions, strip: boolean) => {
    const { app, cicd } = stacksOf(delivery);
    for (const scope of [app, cicd.endpoints]) {
      if (strip) { Aspects.of(scope).add(new WithoutSuppressions()); }
      Aspects.of(scope).add(new AwsSolutionsChecks({ reports: false }));
    }
    // Not by Annotations.fromStack, which synthesizes the whole app again for each stack.
    const judged = app.synth().stacksRecursively;
    expect(judged).toHaveLength(planDelivery(normaliseDelivery(delivery)).stacks.length);
    return judged.flatMap(stack => stack.messages)
      .filter(m => /^(error|warning)$/.test(m.level) && /AwsSolutions/.test(String(m.entry.data)))
      .map(m => `${m.id} ${String(m.entry.data)}`);
  };
  test.each(Object.entries(DELIVERIES))('finds nothing in "%s" that has no written reason', (_, delivery) => {
    expect(findings(delivery, false)).toEqual([]);
  });
  test('finds what the reasons are about when they are taken away', () => {
    expect(findings(DELIVERIES.default, true).length).toBeGreaterThan(10);
  });
});

class WithoutSuppressions implements IAspect {
  public visit(node: IConstruct): void {
    const resource = node as { cfnOptions?: { metadata?: { [key: string]: unknown } } };
    if (resource.cfnOptions?.metadata) { delete resource.cfnOptions.metadata.cdk_nag; }
  }
}

describe('a wrong delivery', () => {
  const make = (content: string | undefined) => {
    const file = path.join(temporary(), 'delivery.json');
    if (content !== undefined) { fs.writeFileSync(file, content); }
    return () => infra.SageMakerCicd.fromConfig(new App(), 'Delivery', file);
  };
  test('that is missing says what to do', () => {
    expect(make(undefined)).toThrow(/missing file.*or run npx projen/);
  });
  test('that is not valid JSON says so', () => { expect(make('{')).toThrow(/invalid JSON/); });
  test('with a wrong field names it', () => {
    expect(make(JSON.stringify({ ...DELIVERIES.default, tooling: { account: '1' } }))).toThrow(OptionError);
  });
  test('with an account whose pipelines are nowhere is refused, not half built', () => {
    const deploymentGroups = [{ name: 'a', deployEnvironments: [{ name: 'e', account: '222222222222' }] }];
    expect(make(JSON.stringify({ ...DELIVERIES.default, deploymentGroups }))).toThrow(
      /tooling\.account: a value is required.*deployEnvironments\[0\]\.account is "222222222222"/,
    );
  });
  test('an unknown group is named with those there are', () => {
    expect(() => new infra.ModelBuildEnvironment(new App(), 'X', {
      delivery: Delivery.of(DELIVERIES.default), group: 'dev',
    })).toThrow(/one of main/);
  });
});
