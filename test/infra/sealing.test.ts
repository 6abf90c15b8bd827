import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { text } from './policies';
import { SEAL_TOOLS } from '../../src/infra/build/seal-tools';
import { PROMOTION_TOOLS } from '../../src/infra/promotion/promotion-tools';
import { SEALED } from '../../src/infra/shared/sentinel';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const templates = templatesOf(DELIVERIES.sevenAccounts);
const main = templates['churn-main-build'];
const TOOLS = path.resolve(__dirname, '..', '..', 'tools', 'deploy');
const named = (template: Template, type: string, name: string): Json =>
  resources(template, type).map(r => r.Properties).find(p => p.Name === name);

test('each registered or approved version of exactly this group starts the sealing, and nothing is lost', () => {
  const rule = named(main, 'AWS::Events::Rule', 'churn-main-seal');
  expect(rule.EventPattern).toMatchObject({
    source: ['aws.sagemaker'], account: ['555555555555'], region: ['eu-west-1'],
    detail: {
      ModelPackageGroupName: ['churn-main'], ModelApprovalStatus: ['PendingManualApproval', 'Approved'],
    },
  });
  const [target] = rule.Targets;
  expect(target.DeadLetterConfig.Arn).toBeDefined();
  const given = target.InputTransformer.InputTemplate.replace('<package>', '"arn"');
  expect(JSON.parse(given)).toEqual({
    environmentVariablesOverride: [{ name: 'MODEL_PACKAGE', type: 'PLAINTEXT', value: 'arn' }],
  });
});

test('the project runs the package\'s own tools, and nothing of a commit', () => {
  const project = named(main, 'AWS::CodeBuild::Project', 'churn-main-seal');
  expect(project.Source.Type).toBe('S3');
  expect(text(project.Source.Location)).toMatch(/^cdk-mlteam-assets-.*\/[0-9a-f]{64}\.zip$/);
  expect(JSON.parse(project.Source.BuildSpec).phases.build.commands).toEqual(['python3 -u sealer.py']);
  const variables = Object.fromEntries(project.Environment.EnvironmentVariables.map((v: Json) =>
    [v.Name, text(v.Value)]));
  expect(variables).toEqual({
    MODEL_PACKAGE_GROUP_ARN: 'arn:aws:sagemaker:eu-west-1:555555555555:model-package-group/churn-main',
    SEALED_PREFIX: expect.stringMatching(/^s3:\/\/churn-main-artifacts-.*\/churn-main\/sealed$/),
  });
  expect(project.TimeoutInMinutes).toBe(480);
});

test.each([['seals', 'sealer', SEAL_TOOLS], ['promotes', 'promote', PROMOTION_TOOLS]])(
  'the tool that %s finds all that it imports among its files', (_, start, files) => {
    const found = new Set<string>();
    const follow = (module: string): void => {
      if (found.has(`${module}.py`) || !fs.existsSync(path.join(TOOLS, `${module}.py`))) { return; }
      found.add(`${module}.py`);
      const lines = fs.readFileSync(path.join(TOOLS, `${module}.py`), 'utf-8').matchAll(/^(?:from|import) (\w+)/gm);
      for (const [, imported] of lines) { follow(imported); }
    };
    follow(start);
    expect([...files].filter(file => file.endsWith('.py')).sort()).toEqual([...found].sort());
  },
);

test('no lifecycle rule expires what is sealed, or copies of it', () => {
  for (const template of [main, templates['churn-main-prod-environment']]) {
    for (const { Properties: bucket } of resources(template, 'AWS::S3::Bucket')) {
      if (!/artifacts|deployment/.test(text(bucket.BucketName ?? ''))) { continue; }
      expect(bucket.LifecycleConfiguration.Rules.filter((r: Json) => r.ExpirationInDays !== undefined)).toEqual([]);
    }
  }
});

test('endpoints are made from the sealed specification, by the name that the sealer gives it', () => {
  const endpoint = templatesOf(DELIVERIES.default)['churn-main-staging-endpoint'];
  const [model] = resources(endpoint, 'AWS::SageMaker::Model');
  expect(model.Properties.PrimaryContainer.InferenceSpecificationName).toBe(SEALED);
  expect(fs.readFileSync(path.join(TOOLS, 'seal.py'), 'utf-8')).toContain(`SPECIFICATION = "${SEALED}"`);
});

test('a version that was not sealed is told, in the tooling account', () => {
  const rule = named(templates['churn-main-delivery'], 'AWS::Events::Rule', 'churn-main-failures-seal');
  expect(rule.EventPattern).toMatchObject({
    source: ['aws.codebuild'], account: ['555555555555'], detail: { 'project-name': ['churn-main-seal'] },
  });
  const forwarded = named(main, 'AWS::Events::Rule', 'churn-main-forwardfailures').EventPattern.$or;
  expect(forwarded[2].detail).toEqual(rule.EventPattern.detail);
});
