import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ApiShiftStrategy } from '../../options/api-shift';
import type { ApiShift } from '../../options/knowledge/api-shift-steps';
import { LIVE, type NamedApi } from '../../plan/api/model';
import { acceptQuietAlarm } from '../shared/suppress';

/** What moves an API from one version of its handler to the next. */
export interface ShiftGroupProps {
  readonly api: NamedApi;
  /** CodeDeploy's. */
  readonly role: iam.IRole;
}

/**
 * CodeDeploy's application, its only deployment group and how requests move. The deploy pipeline starts deployments and
 * names the alarms of exactly the new version; a deployment that a person starts has the alarm of all versions
 * together.
 */
export class ShiftGroup extends Construct {
  public readonly application: codedeploy.CfnApplication;
  public readonly deploymentGroup: codedeploy.CfnDeploymentGroup;
  /** Failed calls of the alias, whatever the version. */
  public readonly alarm: CfnAlarm;

  public constructor(scope: Construct, id: string, { api, role }: ShiftGroupProps) {
    super(scope, id);
    this.application = new codedeploy.CfnApplication(this, 'Application', {
      applicationName: api.application, computePlatform: 'Lambda',
    });
    const config = api.settings.shift.strategy === ApiShiftStrategy.ALL_AT_ONCE ? undefined
      : new codedeploy.CfnDeploymentConfig(this, 'Config', {
        deploymentConfigName: api.deploymentConfig,
        computePlatform: 'Lambda',
        trafficRoutingConfig: routing(api.settings.shift),
      });
    this.alarm = new CfnAlarm(this, 'Alarm', {
      alarmName: `${api.apiName}/failed-calls`,
      alarmDescription: `A call of ${api.functionName}:${LIVE} ended without an answer`,
      namespace: 'AWS/Lambda', metricName: 'Errors', statistic: 'Sum', period: 60,
      dimensions: [
        { name: 'FunctionName', value: api.functionName }, { name: 'Resource', value: `${api.functionName}:${LIVE}` },
      ],
      evaluationPeriods: 1, threshold: 0, comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching',
    });
    acceptQuietAlarm(this.alarm, 'CodeDeploy looks at it while requests move, and moves them back.');
    this.deploymentGroup = new codedeploy.CfnDeploymentGroup(this, 'Group', {
      applicationName: this.application.ref,
      deploymentGroupName: api.deploymentGroup,
      serviceRoleArn: role.roleArn,
      deploymentConfigName: config?.ref ?? api.deploymentConfig,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: this.alarm.ref }] },
    });
  }
}

/** CodeDeploy API reference, TrafficRoutingConfig. */
function routing(
  { strategy, percent, minutes }: ApiShift,
): codedeploy.CfnDeploymentConfig.TrafficRoutingConfigProperty {
  return strategy === ApiShiftStrategy.CANARY
    ? { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: percent, canaryInterval: minutes } }
    : { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: percent, linearInterval: minutes } };
}
