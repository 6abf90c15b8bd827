import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { BY_WORKFLOWS } from './workflows';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { SourceType } from '../../src/options/source';

const ofGitlab = (delivery: DeliveryOptions): DeliveryOptions => ({
  ...delivery,
  source: { type: SourceType.GITLAB, repository: 'acme/ml/churn' },
  engine: { type: DeliveryEngine.GITLAB_CI, gitlab: { projectId: '87654321' } },
});

/** The same deliveries as workflows run, run by pipelines of GitLab CI/CD: in one account, and over many. */
export const BY_GITLAB: { readonly [name: string]: DeliveryOptions } = {
  gitlab: ofGitlab(BY_WORKFLOWS.workflows), gitlabOfAccounts: ofGitlab(BY_WORKFLOWS.workflowsOfAccounts),
};

/** Synthesizes one of them into a folder in the given one. */
export function synthesizeGitlab(name: string, parent: string): string {
  const app = new App({ outdir: path.join(parent, name) });
  const config = path.join(repository(BY_GITLAB[name]), 'config', 'delivery.json');
  infra.SageMakerCicd.fromConfig(app, 'Delivery', config);
  return app.synth().directory;
}
