import { arn } from '../arn';
import type { NamedInfrastructure } from '../infrastructure/model';
import type { NamedGroup } from '../model';
import type { Place } from '../place';
import { KMS_READ_WRITE, useKeyByAlias } from '../roles/grants';
import type { Grant } from '../roles/role-model';
import { onlyKinds } from '../workflows/grants';

/** A state machine that people start to decide about what workflows do. */
export interface DecisionMachine {
  readonly name: string;
  readonly place: Place;
}

/** The state machines of a delivery: one for each group, and one for its infrastructure. */
export function machinesOf(
  groups: readonly NamedGroup[], { workflow, place }: Pick<NamedInfrastructure, 'workflow' | 'place'>,
): DecisionMachine[] {
  return [
    ...groups.flatMap(({ workflows, pipelines }) => (
      workflows?.decisions === undefined ? [] : [{ name: workflows.decisions, place: pipelines.place }])),
    ...(workflow?.decisions === undefined ? [] : [{ name: workflow.decisions, place }]),
  ];
}

/** The ARN of one of them. */
export function machineArn({ name, place }: DecisionMachine): string {
  return arn(place, 'states', `stateMachine:${name}`);
}

/** Reading what people decided, and who asked for the deployments that they decided about. */
export function recordWorkflows(
  machines: readonly DecisionMachine[], groups: readonly NamedGroup[], separationOfDuties: boolean,
): Grant[] {
  if (machines.length === 0) { return []; }
  return [
    {
      sid: 'Decided',
      actions: ['states:DescribeExecution'],
      resources: machines.map(({ name, place }) => arn(place, 'states', `execution:${name}:*`)),
      why: 'Reads what was decided: the input of the execution that a person started.',
      wildcard: 'Each decision is an execution of its own.',
    },
    ...(separationOfDuties ? groups.flatMap(({ workflows, pipelines: { place, keyAlias } }, i): Grant[] => (workflows ? [
      {
        sid: `Asked${i}`,
        actions: ['dynamodb:Query'],
        resources: [arn(place, 'dynamodb', `table/${workflows.requests}`)],
        conditions: onlyKinds('deploy'),
        why: 'Finds out who asked for a deployment.',
      },
      useKeyByAlias(`AskedKey${i}`, place, keyAlias, KMS_READ_WRITE, 'dynamodb', 'Decrypts these requests.'),
    ] : [])) : []),
  ];
}
