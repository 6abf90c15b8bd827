import { spawnSync } from 'node:child_process';
import { bootstrapGuide } from '../../src/accounts/bootstrap-guide';
import { workflowChecks } from '../../src/accounts/checks/workflow-checks';
import { executionPolicies } from '../../src/accounts/execution-policy';
import type { DeliveryOptions } from '../../src/options/delivery';
import { checkedPlan } from '../../src/plan/check';
import { BY_GITLAB } from '../../testing/deliveries/gitlab';

const ARN = 'arn:aws:iam::111111111111:oidc-provider/gitlab.com';
const { gitlab: OWN } = BY_GITLAB;
const GIVEN: DeliveryOptions = {
  ...OWN, engine: { ...OWN.engine, gitlab: { ...OWN.engine!.gitlab!, oidcProviderArn: ARN, defaultBranch: "it's/main" } },
};
const planOf = (options: DeliveryOptions) => checkedPlan(options).plan!;
const guideOf = (options: DeliveryOptions) => bootstrapGuide(planOf(options), {
  deployCommand: 'npx projen deploy', preflightCommand: 'npx projen preflight',
}).text;

/** The commands of the step about GitLab. */
function commandsOf(options: DeliveryOptions): string {
  const [, step] = /^\d+\. The project .* on gitlab\.com.*\n((?: {3}.*\n|\n)*)/m.exec(guideOf(options)) ?? [];
  return step.replace(/^ {3}/gm, '');
}

test('the guide has nobody start pipelines with variables, protects the branches and makes the schedule', () => {
  const commands = commandsOf(OWN);
  expect(commands).toContain('projects/87654321 -f ci_pipeline_variables_minimum_override_role=no_one_allowed');
  expect(commands).toContain('projects/87654321/protected_branches -f name=main -F push_access_level=0 -F merge_access_level=40');
  expect(commands).toContain('projects/87654321/pipeline_schedules');
  expect(commands).not.toContain('add-client-id');
  expect(guideOf(OWN)).not.toContain('gh api');
});

test('it names the audiences that a provider must have which is there already', () => {
  const commands = commandsOf(GIVEN);
  expect(commands).toContain(`--open-id-connect-provider-arn ${ARN}`);
  expect(commands).toContain('sts.amazonaws.com/churn-main-prod-shipper');
});

test.each([['own', OWN], ['given', GIVEN]])('its commands are ones of a shell: %s', (_, options) => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: commandsOf(options), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('preflight looks for the provider and its audiences', () => {
  const [own] = workflowChecks(planOf(OWN));
  expect(own).toMatchObject({ kind: 'identityProvider', wants: { issuer: 'gitlab.com', stack: 'churn-infrastructure' } });
  const [given] = workflowChecks(planOf(GIVEN));
  expect(given.wants).toMatchObject({ arn: ARN, option: 'engine.gitlab.oidcProviderArn' });
  expect(given.wants.audiences).toContain('sts.amazonaws.com/churn-infrastructuredeployerprod');
});

test('CloudFormation may make the provider of gitlab.com, and no other one', () => {
  const documents = JSON.stringify(executionPolicies(planOf(OWN), '111111111111', 'aws'));
  expect([...documents.matchAll(/oidc-provider\/[\w.]+/g)].map(match => match[0])).toEqual(['oidc-provider/gitlab.com']);
  expect(JSON.stringify(executionPolicies(planOf(GIVEN), '111111111111', 'aws'))).not.toContain('oidc-provider/');
});
