import { Annotations } from 'aws-cdk-lib/core';
import { Project } from 'projen';
import { Delivery, DeliveryConfig } from '../../src';
import type { ApproverOptions, PeopleOptions } from '../../src/options/approvers';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { normaliseDelivery } from '../../src/plan/normalise';
import { warningsOf } from '../../src/plan/warnings';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, stacksOf, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const ID = 'sagemaker-cicd-projen:approvers';
const people: PeopleOptions = { permissionSets: ['Team'] };
const warned = (delivery: DeliveryOptions) => warningsOf(normaliseDelivery(delivery)).map(({ text }) => text);
const by = (approvers: ApproverOptions, more: Partial<DeliveryOptions> = {}) =>
  warned({ ...DELIVERIES.default, ...more, approvers });

describe('before production people are named', () => {
  test.each<[string, string[], string]>([
    ['nobody', warned(DELIVERIES.default), 'approvers.models and approvers.deployments'],
    ['those for deployments', by({ deployments: people }), 'approvers.models'],
    ['those for models', by({ models: people }), 'approvers.deployments'],
  ])('with %s it is said who can decide, and where people are named', (_, texts, options) => {
    expect(texts).toEqual([expect.stringMatching(new RegExp(`^Name people in ${options}: .* production\\.$`))]);
  });

  test('reviewers of GitHub\'s environments are named there', () => {
    expect(warned(DELIVERIES.workflows)).toEqual([expect.stringMatching('approvers.models and approvers.deployments')]);
    expect(warned(DELIVERIES.workflowsOfAccounts)).toEqual([expect.stringMatching('^Name people in approvers.models:')]);
  });

  test('with everybody named, nothing that asks, or no production, nothing is said', () => {
    const { PREPROD, PROD } = EnvironmentType;
    const group = (type: EnvironmentType) => [{
      name: 'main', deployEnvironments: [{ name: 'a', type, manualApproval: false }],
    }];
    expect(by({ models: people, deployments: people })).toEqual([]);
    expect(by({ models: people }, { deploymentGroups: group(PROD), infrastructure: { pipeline: false } })).toEqual([]);
    expect(by({ models: people, infrastructure: people }, { deploymentGroups: group(PROD) })).toEqual([]);
    expect(warned({ ...DELIVERIES.default, deploymentGroups: group(PREPROD) })).toEqual([]);
    expect(warned(DELIVERIES.sevenAccounts)).toEqual([]);
  });

  test('the CDK app warns once, and whoever knows can acknowledge it', () => {
    const warnings = (acknowledge: boolean) => {
      const { app, stacks } = stacksOf(DELIVERIES.default);
      if (acknowledge) { Annotations.of(stacks['churn-infrastructure']).acknowledgeWarning(ID); }
      return app.synth().stacksRecursively.flatMap(stack => stack.messages).map(m => String(m.entry.data))
        .filter(text => text.includes('Name people'));
    };
    expect(warnings(false)).toEqual([expect.stringContaining(`[ack: ${ID}]`)]);
    expect(warnings(true)).toEqual([]);
  });

  test('so does the project, which goes on', () => {
    const project = new Project({ name: 'churn', outdir: temporary() });
    const said = jest.spyOn(project.logger, 'warn').mockImplementation(() => undefined);
    new DeliveryConfig(project, Delivery.of(DELIVERIES.default));
    project.synth();
    expect(said).toHaveBeenCalledTimes(1);
    expect(said.mock.calls[0][0]).toMatch(/^Name people/);
  });
});
