import { servedName } from './apis';
import { batchCalls } from './batch';
import { type Call, calls, write, type World } from './world';
import { EndpointKind } from '../../../../src/options/endpoint';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import { shiftOf } from '../../../../src/plan/endpoint/shift';

/** What differs from kind to kind of an endpoint. */
interface CallsOfKind {
  /** CloudFormation, beside the endpoint and its configuration. */
  readonly made: Call[];
  /** The smoke test. */
  readonly asked: Call[];
  /** SageMaker in the model's name. */
  readonly served: Call[];
}

/** One of the alarms of a deployment. */
function alarmOf(world: World, environment: PlannedEnvironment, name = 'server-errors/EndpointConfig-a1b2'): string {
  return world.arn(environment.place, 'cloudwatch', `alarm:${environment.endpointName}/${name}`);
}

/** Update, replacement and removal of alarms (schema of AWS::CloudWatch::Alarm: permissions of its handlers). */
const ALARM = [
  'DeleteAlarms', 'DescribeAlarms', 'ListTagsForResource', 'PutMetricAlarm', 'TagResource', 'UntagResource',
].map(a => `cloudwatch:${a}`);

export function callsOfKind(world: World, environment: PlannedEnvironment): CallsOfKind {
  const { place, batch, endpoint: { kind, asynchronous } } = environment;
  const endpointName = servedName(environment);
  if (batch) { return batchCalls(world, environment, batch); }
  const endpoint = world.arn(place, 'sagemaker', `endpoint/${endpointName}`);
  const bucket = world.bucket(environment.captureBucket, place);
  const key = world.environmentKey(environment);
  const instances = kind === EndpointKind.SERVERLESS ? [] : [
    ...calls(alarmOf(world, environment), ALARM),
    // Volumes are encrypted with grants (SageMaker guide, "Protect data at rest using encryption").
    ...calls(key, ['kms:CreateGrant'], { 'kms:GrantIsForAWSResource': 'true' }),
    ...calls(key, ['kms:DescribeKey']),
  ];
  const made = [...instances, ...scaling(world, environment)];
  // SageMaker developer guide, "Auto-Rollback Configuration and Monitoring".
  const watched = shiftOf(environment) ? calls(alarmOf(world, environment), ['cloudwatch:DescribeAlarms']) : [];
  if (kind === EndpointKind.SERVERLESS) {
    return { made, asked: calls(endpoint, ['sagemaker:InvokeEndpoint']), served: [] };
  }
  if (kind === EndpointKind.ASYNCHRONOUS) {
    const topics = [asynchronous?.successTopicArn, asynchronous?.errorTopicArn].filter(topic => topic !== undefined);
    return {
      made,
      // tools/deploy/invoking.py.
      asked: [
        ...calls(endpoint, ['sagemaker:InvokeEndpointAsync']),
        ...calls(`${bucket}/asynchronous/input/smoke-test/0123abcd`, ['s3:PutObject']),
        ...calls(`${bucket}/asynchronous/output/0123abcd.out`, ['s3:GetObject']),
        ...calls(`${bucket}/asynchronous/failure/0123abcd-error.out`, ['s3:GetObject']),
        ...calls(bucket, ['s3:GetBucketLocation', 's3:ListBucket']),
      ],
      // SageMaker developer guide, "Asynchronous inference", "Prerequisites": permissions of the execution role.
      served: [
        ...calls(`${bucket}/asynchronous/input/anything.csv`, ['s3:GetObject']),
        ...['output/0123abcd.out', 'failure/0123abcd-error.out'].flatMap(name => (
          write(bucket, `asynchronous/${name}`))),
        ...calls(bucket, ['s3:ListBucket']),
        ...calls(key, ['kms:Encrypt']),
        ...topics.flatMap(topic => calls(topic, ['sns:Publish'])),
        ...watched,
      ],
    };
  }
  return {
    made, asked: calls(endpoint, ['sagemaker:InvokeEndpoint']),
    served: [
      ...calls(`${bucket}/${endpointName}/AllTraffic/2026/01/01/00/data.jsonl`, ['s3:PutObject']),
      ...calls(key, ['kms:Encrypt']),
      ...watched,
    ],
  };
}

/**
 * SageMaker developer guide, "Auto scaling prerequisites", "Permissions"; the calls of each CloudFormation resource.
 */
function scaling(world: World, environment: PlannedEnvironment): Call[] {
  const { place, endpoint } = environment;
  const endpointName = servedName(environment);
  if (!endpoint.autoscaling) { return []; }
  const target = world.arn(place, 'application-autoscaling', 'scalable-target/0b2f1234abcd56ab78cd901ef1234567890ab');
  const service = 'sagemaker.application-autoscaling.amazonaws.com';
  const role = `aws-service-role/${service}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`;
  return [
    ...calls(target, [
      'DeleteScalingPolicy', 'DeregisterScalableTarget', 'PutScalingPolicy', 'RegisterScalableTarget',
      'PutScheduledAction', 'DeleteScheduledAction',
    ].map(a => `application-autoscaling:${a}`), { 'application-autoscaling:service-namespace': 'sagemaker' }),
    ...calls(target, ['ListTagsForResource', 'TagResource', 'UntagResource'].map(a => `application-autoscaling:${a}`)),
    ...calls('*', [
      'DescribeScalableTargets', 'DescribeScalingPolicies', 'DescribeScheduledActions',
    ].map(a => `application-autoscaling:${a}`)),
    ...calls(
      world.arn(place, 'cloudwatch', `alarm:TargetTracking-endpoint/${endpointName}/variant/AllTraffic-AlarmHigh-0b2f`),
      ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
    ),
    ...calls(world.arn(place, 'sagemaker', `endpoint/${endpointName}`), [
      'sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities',
    ]),
    ...calls(`arn:aws:iam::${world.at(place).account}:role/${role}`, ['iam:CreateServiceLinkedRole'], {
      'iam:AWSServiceName': service,
    }),
    ...(endpoint.kind === EndpointKind.ASYNCHRONOUS ? calls(alarmOf(world, environment, 'from-zero'), ALARM) : []),
  ];
}
