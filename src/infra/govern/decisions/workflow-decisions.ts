import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { machinesOf } from '../../../plan/govern/workflow-decisions';
import { machineLog } from '../../../plan/logs';
import type { DeliveryPlan } from '../../../plan/model';
import { encryptedLog } from '../../shared/encrypted-log';
import { makeRole } from '../../shared/planned-role';

/** The delivery whose workflows wait for people. */
export interface WorkflowDecisionsProps {
  readonly plan: DeliveryPlan;
  /** Encrypts logs; its policy is extended for CloudWatch Logs. */
  readonly key: IKey;
}

/**
 * State machines that do nothing: to start one is to decide. CloudTrail records the call with its caller, which no field
 * of a table does, and the input of an execution stays as it is (Step Functions API reference, StartExecution and
 * DescribeExecution). The recorder makes the record, by which the run that waits goes on.
 */
export class WorkflowDecisions extends Construct {
  public constructor(scope: Construct, id: string, { plan, key }: WorkflowDecisionsProps) {
    super(scope, id);
    const { decisions } = plan.governance.roles;
    if (!decisions) { return; }
    const role = makeRole(this, 'Role', decisions);
    for (const { name } of machinesOf(plan.groups, plan.infrastructure)) {
      const log = encryptedLog(this, `Log-${name}`, machineLog(name), key, 'evidence');
      new stepfunctions.CfnStateMachine(this, `Machine-${name}`, {
        stateMachineName: name,
        stateMachineType: 'STANDARD',
        roleArn: role.roleArn,
        definition: { Comment: 'A decision is its input', StartAt: 'Decided', States: { Decided: { Type: 'Succeed' } } },
        loggingConfiguration: {
          level: 'ALL',
          includeExecutionData: true,
          destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
        },
        tracingConfiguration: { enabled: true },
      });
    }
  }
}
