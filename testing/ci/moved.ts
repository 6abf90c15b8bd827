import * as fs from 'node:fs';
import * as path from 'node:path';
import { Project } from 'projen';
import type { WorkflowTexts } from './read-workflows';
import { Delivery } from '../../src/delivery/delivery';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import type { DeploymentApprovals } from '../../src/options/github-actions';
import { SourceType } from '../../src/options/source';
import { checkedPlan } from '../../src/plan/check';
import type { DeliveryPlan } from '../../src/plan/model';
import { GithubDelivery } from '../../src/project';
import { temporary } from '../deliveries/synth';

/** A delivery that another engine runs now, or why that cannot be. */
export type Moved = { readonly plan: DeliveryPlan } | { readonly refused: readonly string[] };

/** The same delivery, run by workflows of GitHub Actions. */
export function moved(delivery: DeliveryOptions, approvals: DeploymentApprovals): Moved {
  const { source: { ignoredPaths } = {}, tooling, engine } = delivery;
  const github = { repositoryId: '123456789', ownerId: '987654', ...engine?.github, approvals };
  const place = { account: tooling?.account ?? '111111111111', region: tooling?.region ?? 'eu-west-1' };
  const { plan, problems } = checkedPlan({
    ...delivery,
    // The host is asked who pushed.
    ...(delivery.governance ? {
      governance: {
        sourceTokenArn: `arn:aws:secretsmanager:${place.region}:${place.account}:secret:ml/github-AbCdEf`,
        ...delivery.governance,
      },
    } : {}),
    source: { type: SourceType.GITHUB, repository: 'acme/churn', ...(ignoredPaths ? { ignoredPaths } : {}) },
    tooling: { ...tooling, ...place },
    engine: { type: DeliveryEngine.GITHUB_ACTIONS, github },
  });
  return plan ? { plan } : { refused: problems.map(problem => problem.path) };
}

/** The texts of a delivery's workflows, as a project writes them. */
export function workflowTexts(plan: DeliveryPlan, change: (project: Project) => void = () => undefined): WorkflowTexts {
  const outdir = temporary();
  const project = new Project({ name: 'churn', outdir });
  new GithubDelivery(project, Delivery._of(plan));
  change(project);
  project.synth();
  const folder = path.join(outdir, '.github', 'workflows');
  return Object.fromEntries(fs.readdirSync(folder).map(file => [
    path.basename(file, '.yml'), fs.readFileSync(path.join(folder, file), 'utf8'),
  ]));
}

/** Names of the files of each group's workflows. */
export function workflowNames({ groups }: DeliveryPlan): { [group: string]: { build: string; deploy: string } } {
  return Object.fromEntries(groups.map(({ name, workflows }) => [
    name, { build: workflows!.build, deploy: workflows!.deploy },
  ]));
}
