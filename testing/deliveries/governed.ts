import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { DELIVERIES } from './deliveries';
import { repository } from './synth';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';

const { governance, deploymentGroups, ...rest } = DELIVERIES.gxp;

/**
 * The delivery with every control, as far as people decide: one line of accounts, without functions that decide before
 * them.
 */
export const GOVERNED: DeliveryOptions = {
  ...rest,
  deploymentGroups: deploymentGroups!.filter(group => group.name === 'main'),
  governance: { ...governance, ruleApproval: undefined, jira: undefined },
};

/** Synthesizes it into a folder in the given one. */
export function synthesizeGoverned(parent: string): string {
  const app = new App({ outdir: path.join(parent, 'governed') });
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(GOVERNED), 'config', 'delivery.json'));
  return app.synth().directory;
}
