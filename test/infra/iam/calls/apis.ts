import { type Call, calls, log, pass, type Step, type World, write } from './world';
import { EndpointKind } from '../../../../src/options/endpoint';
import { LIVE, type NamedApi } from '../../../../src/plan/api/model';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';
import { ENVIRONMENT_TAG } from '../../../../src/plan/endpoint/own-tagged';
import { isPerRelease } from '../../../../src/plan/endpoint/served-names';
import type { PlannedRole } from '../../../../src/plan/roles/role-model';

/** What an endpoint's name ends with where each package has its own. */
const RELEASE = '-r0a1b2c3d';

/** The name of an environment's endpoint, or of one of them. */
export function servedName(environment: PlannedEnvironment): string {
  return `${environment.endpointName}${isPerRelease(environment) ? RELEASE : ''}`;
}

/** The handler's function, or its alias or one of its versions. */
function handlerOf(world: World, { place }: PlannedEnvironment, api: NamedApi, qualifier?: string): string {
  return world.arn(place, 'lambda', `function:${api.functionName}${qualifier ? `:${qualifier}` : ''}`);
}

const hooksOf = (world: World, { place }: PlannedEnvironment, api: NamedApi) =>
  [api.beforeTraffic, api.afterTraffic].map(name => world.arn(place, 'lambda', `function:${name}`));

const deploymentGroup = (world: World, { place }: PlannedEnvironment, api: NamedApi) =>
  world.arn(place, 'codedeploy', `deploymentgroup:${api.application}/${api.deploymentGroup}`);

const functionLog = (name: string) => `/aws/lambda/${name}`;

/** What the roles around an API call; nothing without one. */
export function apiSteps(world: World, environment: PlannedEnvironment): Step[] {
  const { api, roles, place, name } = environment;
  if (!api) { return []; }
  const step = (role: PlannedRole, what: string, source: string, made: Call[]): Step => ({
    principal: world.role(role), name: `${what} of ${name}`, source, calls: made,
  });
  const contract = calls(`${world.bucket(environment.deploymentBucket, place)}/contracts/0123abcd.json`, ['s3:GetObject']);
  return [
    step(roles.apiHandler!, 'requests', 'tools/api/{handler,interface,model,queued,stream}.py', [
      ...contract, ...log(world, place, functionLog(api.functionName)), ...asked(world, environment),
      ...(api.predictions ? calls(
        world.arn(place, 'firehose', `deliverystream/${api.predictions.stream}`), ['firehose:PutRecordBatch'],
      ) : []),
      ...(api.settings.tracingLayerArn ? calls('*', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']) : []),
    ]),
    step(
      roles.apiGateway!, 'requests to the API', 'API Gateway guide, "AWS Lambda proxy integrations": credentials',
      calls(handlerOf(world, environment, api, LIVE), ['lambda:InvokeFunction']),
    ),
    step(roles.apiHooks!, 'tests of a version', 'tools/api/{hooks,proof,proof_kept}.py', [
      ...contract, ...[api.beforeTraffic, api.afterTraffic].flatMap(hook => log(world, place, functionLog(hook))),
      ...calls(deploymentGroup(world, environment, api), [
        'codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus',
      ]),
      ...['7', LIVE].flatMap(qualifier => calls(handlerOf(world, environment, api, qualifier), [
        'lambda:GetFunctionConfiguration', 'lambda:InvokeFunction',
      ])),
      ...(api.predictions ? [
        ...calls(world.bucket(api.predictions.bucket, place), ['s3:ListBucket']),
        ...calls(`${world.bucket(api.predictions.bucket, place)}/predictions/2026/01/01/00/1.gz`, ['s3:GetObject']),
      ] : []),
    ]),
    step(
      roles.apiShift!, 'the shift',
      'CodeDeploy user guide, "Create a service role", AWSCodeDeployRoleForLambdaLimited', [
        ...calls(handlerOf(world, environment, api), ['lambda:GetAlias', 'lambda:UpdateAlias']),
        ...calls(handlerOf(world, environment, api, '7'), ['lambda:GetProvisionedConcurrencyConfig']),
        ...hooksOf(world, environment, api).flatMap(hook => calls(hook, ['lambda:InvokeFunction'])),
        ...calls(versionAlarm(world, environment), ['cloudwatch:DescribeAlarms']),
      ]),
    step(roles.apiRelease!, 'start of the shift', 'tools/deploy/{aliases,fronted,moving,return_api,shifting}.py', [
      ...calls(handlerOf(world, environment, api), [
        'CreateAlias', 'DeleteAlias', 'GetAlias', 'ListVersionsByFunction', 'UpdateAlias',
      ].map(action => `lambda:${action}`)),
      ...calls(handlerOf(world, environment, api, '7'), ['lambda:GetFunctionConfiguration']),
      ...hooksOf(world, environment, api).flatMap(hook => calls(hook, ['lambda:InvokeFunction'])),
      ...[api.beforeTraffic, api.afterTraffic].flatMap(hook => calls(
        world.arn(place, 'logs', `log-group:${functionLog(hook)}`), ['logs:FilterLogEvents'],
      )),
      ...calls(deploymentGroup(world, environment, api), [
        'codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments',
      ]),
      ...calls('*', ['codedeploy:StopDeployment']),
      // CodeDeploy user guide, "AWS CodeDeploy permissions reference": CreateDeployment.
      ...calls(world.arn(place, 'codedeploy', `application:${api.application}`), [
        'codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision',
      ]),
      ...calls(world.arn(place, 'codedeploy', `deploymentconfig:${api.deploymentConfig}`), [
        'codedeploy:GetDeploymentConfig',
      ]),
      ...calls(versionAlarm(world, environment), ['cloudwatch:DescribeAlarms']),
    ]),
    ...(api.predictions && roles.apiPredictions ? [step(
      roles.apiPredictions, 'delivery of predictions',
      'Firehose developer guide, "Grant Firehose access to an Amazon S3 destination"', [
        ...write(world.bucket(api.predictions.bucket, place), 'predictions/2026/01/01/00/1.gz'),
        ...calls(world.bucket(api.predictions.bucket, place), [
          's3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads',
        ]),
        ...log(world, place, api.predictions.log),
      ])] : []),
  ];
}

function versionAlarm(world: World, { place, endpointName }: PlannedEnvironment): string {
  return world.arn(place, 'cloudwatch', `alarm:${endpointName}/api-server-errors/7`);
}

function asked(world: World, environment: PlannedEnvironment): Call[] {
  const { place, captureBucket } = environment;
  const endpoint = world.arn(place, 'sagemaker', `endpoint/${servedName(environment)}`);
  if (environment.endpoint.kind !== EndpointKind.ASYNCHRONOUS) { return calls(endpoint, ['sagemaker:InvokeEndpoint']); }
  const folder = `${world.bucket(captureBucket, place)}/asynchronous`;
  return [
    ...calls(endpoint, ['sagemaker:InvokeEndpointAsync']),
    ...calls(`${folder}/input/api/0123abcd`, ['s3:PutObject']),
    ...['output/0123abcd.out', 'failure/0123abcd-error.out'].flatMap(name => calls(`${folder}/${name}`, ['s3:GetObject'])),
    ...calls(world.bucket(captureBucket, place), ['s3:ListBucket']),
  ];
}

/** CloudFormation, for the handler (schemas of AWS::Lambda::Function, Version, Alarm and LogGroup: permissions). */
export function madeForApi(world: World, environment: PlannedEnvironment): Call[] {
  const { api, roles, place } = environment;
  if (!api) { return []; }
  const lambda = (names: string) => names.trim().split(/\s+/).map(name => `lambda:${name}`);
  return [
    ...calls(handlerOf(world, environment, api), lambda(`CreateFunction DeleteFunction GetFunction
      GetFunctionCodeSigningConfig GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig
      ListTags ListVersionsByFunction PublishVersion TagResource UntagResource UpdateFunctionCode
      UpdateFunctionConfiguration`)),
    ...(api.settings.reservedConcurrency === undefined ? [] : calls(
      handlerOf(world, environment, api), lambda('DeleteFunctionConcurrency PutFunctionConcurrency'),
    )),
    ...calls(handlerOf(world, environment, api, '7'), lambda(`DeleteFunction GetFunctionConfiguration
      GetProvisionedConcurrencyConfig GetRuntimeManagementConfig`)),
    ...(api.settings.tracingLayerArn ? calls(api.settings.tracingLayerArn, lambda('GetLayerVersion')) : []),
    pass(world.role(roles.apiHandler!), 'lambda.amazonaws.com'),
    ...calls(versionAlarm(world, environment), [
      'DeleteAlarms', 'DescribeAlarms', 'ListTagsForResource', 'PutMetricAlarm', 'TagResource', 'UntagResource',
    ].map(action => `cloudwatch:${action}`)),
    ...(isPerRelease(environment) ? calls(
      world.arn(place, 'logs', `log-group:${environment.endpointLog}${RELEASE}`),
      ['AssociateKmsKey', 'CreateLogGroup', 'DeleteLogGroup', 'GetDataProtectionPolicy', 'ListTagsForResource',
        'PutRetentionPolicy', 'TagResource', 'UntagResource'].map(action => `logs:${action}`),
    ) : []),
    ...(isPerRelease(environment) ? calls('*', ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups']) : []),
  ];
}

/** Removing what was replaced: old versions of the handler, and the endpoints of earlier packages. */
export function retiredForApi(world: World, environment: PlannedEnvironment): Call[] {
  const { api, place, endpointName } = environment;
  if (!api) { return []; }
  const endpoint = world.arn(place, 'sagemaker', `endpoint/${servedName(environment)}`);
  return [
    ...calls(handlerOf(world, environment, api, '7'), ['lambda:DeleteFunction']),
    ...calls(versionAlarm(world, environment), ['cloudwatch:DeleteAlarms']),
    ...(isPerRelease(environment) ? [
      ...calls('*', ['sagemaker:ListEndpoints']),
      ...calls(endpoint, ['sagemaker:ListTags']),
      ...calls(endpoint, ['sagemaker:DeleteEndpoint'], { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName }),
      ...(environment.endpoint.autoscaling ? [
        ...calls('*', ['application-autoscaling:DescribeScalableTargets']),
        ...calls(
          world.arn(place, 'application-autoscaling', 'scalable-target/0b2f1234abcd56ab78cd901ef1234567890ab'),
          ['application-autoscaling:DeregisterScalableTarget'],
          { 'application-autoscaling:service-namespace': 'sagemaker' },
        ),
      ] : []),
    ] : []),
  ];
}

/** Storing the contract (tools/deploy/contracts.py). */
export function publishedForApi(world: World, { api, deploymentBucket, place }: PlannedEnvironment): Call[] {
  return api ? calls(`${world.bucket(deploymentBucket, place)}/contracts/0123abcd.json`, [
    's3:GetObject', 's3:PutObject',
  ]) : [];
}
