import { asksInAws } from '../plan/infrastructure/approver';
import { SELF } from '../plan/infrastructure/model';
import type { DeliveryPlan } from '../plan/model';

/** An environment that the repository's host must have, with what must protect it. */
export interface HostEnvironment {
  readonly name: string;
  /** The one branch whose runs may use it. */
  readonly branch: string;
  /** Whether a person there lets its jobs run. */
  readonly asks: boolean;
}

/** The branches whose workflow files roles that deploy trust: the default one, and that of the infrastructure. */
export function trustedBranches(plan: DeliveryPlan): string[] {
  return [...new Set(hostEnvironments(plan).map(({ branch }) => branch))];
}

/** The environments that the jobs of a delivery are in; none where CodePipeline runs it. */
export function hostEnvironments({ delivery, groups, infrastructure: { workflow } }: DeliveryPlan): HostEnvironment[] {
  const { engine: { github }, infrastructure: { sourceBranch } } = delivery;
  if (!github) { return []; }
  const byHost = !asksInAws(delivery);
  const stages = workflow
    ? [[SELF, workflow.self] as const, ...workflow.tiers.map(tier => [tier.type, tier] as const)] : [];
  return [
    ...groups.flatMap(({ environments }) => environments.map(({ hostEnvironment, manualApproval }) => ({
      name: hostEnvironment!, branch: github.defaultBranch, asks: byHost && manualApproval,
    }))),
    ...stages.map(([stage, { manualApproval }]) => ({
      name: workflow!.hostEnvironments[stage], branch: sourceBranch, asks: byHost && manualApproval,
    })),
  ];
}
