import { Component, type Project, type YamlFile } from 'projen';
import { WorkflowFile } from './workflow-file';
import { buildWorkflow } from '../../ci/github/build-workflow';
import { deployWorkflow } from '../../ci/github/deploy-workflow';
import { infrastructureWorkflow } from '../../ci/github/infrastructure-workflow';
import type { Delivery } from '../../delivery/delivery';

/** How builds behave that GitHub Actions runs. */
export interface GithubDeliveryOptions {
  /**
   * Version of Python.
   * @default "3.11"
   */
  readonly pythonVersion?: string;
  /**
   * Version of Node.js.
   * @default "22"
   */
  readonly nodeVersion?: string;
  /**
   * Wait for the started pipeline, and fail the build if it fails; you pay for the runner that waits.
   * @default false
   */
  readonly waitForPipeline?: boolean;
}

/**
 * The workflows of GitHub Actions that run a delivery: for each group `build-<group>.yml` and `deploy-<group>.yml`, and
 * `infrastructure.yml`. They are made from the same plan as the stacks, whose roles they take on.
 *
 * Works in any projen project with a delivery whose engine is `github-actions`.
 */
export class GithubDelivery extends Component {
  /** The managed files by the names of the workflows, for escape hatches. */
  public readonly files: { [name: string]: YamlFile } = {};

  /**
   * @param project the project that gets the workflows
   * @param delivery what is delivered, from where and to where
   * @param options how builds behave
   * @throws when another engine runs the delivery
   */
  public constructor(project: Project, delivery: Delivery, options: GithubDeliveryOptions = {}) {
    super(project);
    const plan = delivery._plan;
    const workflows = [
      ...plan.groups.flatMap(group => [buildWorkflow(plan, group, options), deployWorkflow(plan, group)]),
      ...(plan.infrastructure.workflow ? [infrastructureWorkflow(plan)] : []),
    ];
    for (const { name, notes, obj } of workflows) { this.files[name] = new WorkflowFile(project, name, { notes, obj }); }
  }
}
