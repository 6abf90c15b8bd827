import { assumedBy } from './assumed-by';
import { decide, onlyKinds, readAsset, readParameter, useTableKey } from './grants';
import { tellOfInfrastructure } from './infrastructure-events';
import type { PipelineSource } from './model';
import { EnvironmentType } from '../../options/deployment-group';
import { arn } from '../arn';
import { INFRASTRUCTURE_CHAIN, readRecords } from '../govern/evidence-grants';
import type { NamedGovernance } from '../govern/model';
import { bootstrapRoleArn } from '../infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../infrastructure/deployers';
import {
  type InfrastructureRoles, type NamedInfrastructure, type NamedInfrastructureWorkflow, SELF,
} from '../infrastructure/model';
import type { Grant, PlannedRole } from '../roles/role-model';
import type { DeliverySettings } from '../settings';

/** The roles of the workflow that deploys the infrastructure. */
export function infrastructureWorkflowRoles(
  delivery: DeliverySettings, { roles, place, busArn }: NamedInfrastructure, workflow: NamedInfrastructureWorkflow,
  governance: NamedGovernance,
): InfrastructureRoles {
  const { name, deployers, hostEnvironments, approvals, decisions } = workflow;
  const sources: readonly PipelineSource[] = ['push', 'web', 'api'];
  const jobs = { workflow: name, branch: delivery.infrastructure.sourceBranch, sources };
  const assume = (kinds: readonly string[], places: readonly NamedInfrastructure['place'][], why: string): Grant => ({
    sid: 'Bootstrap',
    actions: ['sts:AssumeRole'],
    resources: places.flatMap(where => kinds.map(kind => bootstrapRoleArn(delivery, kind, where))),
    why,
  });
  const tools = [
    readParameter('WhereTools', place, workflow.toolsParameter, 'Finds the tools that were deployed last.'),
    readAsset('Tools', '{toolsObject}', 'Fetches the tools of the last approved deployment, not those of a commit.'),
  ];
  const useApprovals = (sid: string, action: string, why: string): Grant[] => (approvals ? [{
    sid,
    actions: [action],
    resources: [arn(place, 'dynamodb', `table/${approvals}`)],
    conditions: onlyKinds('approval'),
    why,
  }, useTableKey('Encrypts approvals.')] : []);
  const deployer = ({ type, places }: NamedInfrastructureWorkflow['deployers'][number]): PlannedRole => {
    const stages = [type, ...(type === EnvironmentType.PROD ? [SELF] : [])];
    return {
      ...roles[DEPLOYER_ROLES[type]]!,
      purpose: `Role of the workflow's jobs that deploy to accounts of the type ${type}${type === EnvironmentType.PROD
        ? ', and to the tooling account' : ''}, with the roles of the CDK bootstrap.`,
      assumedBy: assumedBy(delivery, roles[DEPLOYER_ROLES[type]]!, {
        ...jobs, environments: stages.map(stage => hostEnvironments[stage]),
      }),
      grants: [
        ...tools,
        assume(
          ['deploy', 'file-publishing', 'lookup'], places,
          'Assumes the bootstrap roles of each of these accounts and regions to compare what was shown with what is '
            + 'there, to create change sets and to publish files.',
        ),
        ...useApprovals('Approvals', 'dynamodb:GetItem', 'Waits for the approval of a change.'),
        ...(decisions && roles.approver ? readRecords(governance, [INFRASTRUCTURE_CHAIN]) : []),
      ],
    };
  };
  return {
    differ: {
      ...roles.differ!,
      purpose: "Role of the workflow's jobs that show what would change, and tell people; it may change nothing.",
      assumedBy: assumedBy(delivery, roles.differ!, jobs),
      grants: [
        ...tools,
        assume(
          ['lookup'], deployers.flatMap(({ places }) => places),
          'Assumes the bootstrap roles that only read, to compare templates with those that are deployed.',
        ),
        tellOfInfrastructure(busArn),
      ],
    },
    ...Object.fromEntries(deployers.map(each => [DEPLOYER_ROLES[each.type], deployer(each)])),
    ...(roles.approver ? {
      approver: {
        ...roles.approver,
        purpose: 'Assumed by people who approve changes of the infrastructure.',
        assumedBy: {
          account: place.account, named: delivery.approvers?.infrastructure ?? delivery.approvers?.deployments,
          bound: delivery.governance.boundIdentities,
        },
        grants: decisions
          ? [decide(place, decisions, 'Decides about a change; the decision counts when it is recorded.')]
          : useApprovals('Approve', 'dynamodb:PutItem', "Records a person's decision about a change."),
      },
    } : {}),
  };
}
