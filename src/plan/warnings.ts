import { asksInAws } from './infrastructure/approver';
import type { DeliverySettings } from './settings';
import { EnvironmentType } from '../options/deployment-group';

/** What a delivery works with, and should not stay as it is. */
export interface DeliveryWarning {
  /** By which it is acknowledged in a CDK app. */
  readonly id: string;
  readonly text: string;
}

/** The warnings of each synth. */
export function warningsOf(delivery: DeliverySettings): DeliveryWarning[] {
  return unnamedApprovers(delivery);
}

/** Before production people are named: an account's other roles can decide otherwise. */
function unnamedApprovers(delivery: DeliverySettings): DeliveryWarning[] {
  const { approvers, deploymentGroups, infrastructure } = delivery;
  const environments = deploymentGroups.flatMap(group => group.deployEnvironments);
  if (!environments.some(({ type }) => type === EnvironmentType.PROD)) { return []; }
  const diffs = infrastructure.pipeline && infrastructure.diffApproval && !approvers?.infrastructure;
  const asks = asksInAws(delivery) && (diffs || environments.some(({ manualApproval }) => manualApproval));
  const unnamed = [
    ...(approvers?.models ? [] : ['approvers.models']),
    ...(approvers?.deployments || !asks ? [] : ['approvers.deployments']),
  ];
  return unnamed.length === 0 ? [] : [{
    id: 'sagemaker-cicd-projen:approvers',
    text: `Name people in ${unnamed.join(' and ')}: until then every role of the account that may assume roles, and `
      + 'every IAM user with MFA, can approve deployments to production.',
  }];
}
