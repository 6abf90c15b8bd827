import { type Cast, RELEASE } from './cast';
import { acts, type Act, type Case } from '../govern/attacks/acts';

const OWN_TAG = 'aws:ResourceTag/sagemaker-cicd:endpoint';

const case_ = (name: string, ...list: Act[][]): Case => ({ name, acts: list.flat() });
const lambda = (...names: string[]) => names.map(name => `lambda:${name}`);
const MOVES = lambda('UpdateAlias', 'DeleteAlias');
const CODE = lambda('UpdateFunctionCode', 'UpdateFunctionConfiguration', 'PublishVersion', 'CreateFunction');

/** Publishing and moving past the pipeline. */
export function releaseAttacks(cast: Cast): Case[] {
  const { prod, staging, dev, allBut, all, people, builders } = cast;
  return [
    case_('publish a version of the handler', acts(allBut(prod.cloudFormation), CODE, prod.handler)),
    case_('publish a version for an environment as another one\'s deployment', acts(
      [staging.cloudFormation, dev.cloudFormation], CODE, prod.handler,
    )),
    case_('move the alias as anybody but its release and CodeDeploy', acts(
      allBut(prod.releaser, prod.shift), MOVES, [prod.handler, prod.live],
    )),
    case_('create the alias as anybody but its release', acts(allBut(prod.releaser), 'lambda:CreateAlias', prod.handler)),
    case_('move the alias as a hook', acts(prod.hooksRole, MOVES, [prod.handler, prod.live])),
    case_('move the alias as the handler', acts(prod.handlerRole, MOVES, [prod.handler, prod.live])),
    case_('move the alias as whoever deploys the stack', acts(
      [prod.cloudFormation, prod.deploy], [...MOVES, 'lambda:CreateAlias'], [prod.handler, prod.live],
    )),
    case_('move the alias as whoever approves or releases', acts(people, [...MOVES, ...CODE], [prod.handler, prod.live])),
    case_('move the alias as whoever builds', acts(builders, [...MOVES, ...CODE], [prod.handler, prod.live])),
    case_('move one environment\'s alias as another\'s release', acts(
      [staging.releaser, dev.releaser, staging.shift, dev.shift], 'lambda:UpdateAlias', [prod.handler, prod.live],
    )),
    case_('take the alias away as CodeDeploy', acts(prod.shift, lambda('DeleteAlias', 'CreateAlias'), [prod.handler, prod.live])),
    case_('remove the handler', acts(allBut(prod.cloudFormation), 'lambda:DeleteFunction', prod.handler)),
    case_('remove a version that was replaced, as anybody but who retires', acts(
      allBut(prod.cloudFormation, prod.retire), 'lambda:DeleteFunction', prod.version,
    )),
    case_('remove versions of another environment', acts(
      [staging.retire, dev.retire], 'lambda:DeleteFunction', [prod.version, prod.handler],
    )),
    case_('let somebody else call the handler', acts(all, 'lambda:AddPermission', [prod.handler, prod.live, prod.version])),
    case_('give the handler an address of its own', acts(all, 'lambda:CreateFunctionUrlConfig', [prod.handler, prod.live])),
    case_('shift as anybody but the release', acts(allBut(prod.releaser), 'codedeploy:CreateDeployment', prod.group)),
    case_('shift another environment', acts([staging.releaser, dev.releaser], 'codedeploy:CreateDeployment', prod.group)),
    case_('say that a test was passed, as anybody but the hooks', acts(
      allBut(prod.hooksRole), 'codedeploy:PutLifecycleEventHookExecutionStatus', prod.group,
    )),
    case_('say that another environment\'s test was passed', acts(
      [staging.hooksRole, dev.hooksRole], 'codedeploy:PutLifecycleEventHookExecutionStatus', prod.group,
    )),
    case_('change how CodeDeploy shifts', acts(all, [
      'codedeploy:UpdateDeploymentGroup', 'codedeploy:DeleteDeploymentGroup',
    ], prod.group)),
    case_('stop a shift as anybody but a release', acts(
      allBut(...cast.each.map(e => e.releaser)), 'codedeploy:StopDeployment', '*',
    )),
    case_('hide the alarms of a version', acts(allBut(prod.cloudFormation), [
      'cloudwatch:PutMetricAlarm', 'cloudwatch:DisableAlarmActions',
    ], prod.alarm), acts(allBut(prod.cloudFormation, prod.retire), 'cloudwatch:DeleteAlarms', prod.alarm)),
    case_('remove other alarms than those of versions', acts(
      prod.retire, 'cloudwatch:DeleteAlarms', [prod.alarm.replace('api-server-errors/7', 'latency-p99/7'), staging.alarm],
    )),
    case_('set an alarm of a version off or back', acts(all, 'cloudwatch:SetAlarmState', prod.alarm)),
    case_('use a right by the roles of the pipeline without being it', acts(
      allBut(cast.role(cast.group.roles.deployRunner)), 'sts:AssumeRole', [prod.releaser],
    )),
    case_('assume what services assume', acts(all, 'sts:AssumeRole', [
      prod.shift, prod.gateway, prod.hooksRole, prod.handlerRole, cast.predictions,
    ])),
    case_('assume the release as whoever builds', acts(
      builders, 'sts:AssumeRole', cast.each.map(e => e.releaser), undefined, 'widened',
    )),
  ];
}

/** Two environments of one account, where no account keeps them apart. */
export function neighbourAttacks(cast: Cast): Case[] {
  const { prod, documents } = cast;
  const other = prod.stream!.replace(/predictions.*$/, 'other');
  return ([[prod, documents], [documents, prod]] as const).flatMap(([one, next], i) => {
    const name = ['production', 'documents'][i];
    return [
      case_(`publish for a neighbour of ${name}`, acts(one.cloudFormation, [
        ...CODE, 'lambda:DeleteFunction', 'lambda:UntagResource',
      ], [next.handler])),
      case_(`remove a neighbour's version, of ${name}`, acts(
        [one.cloudFormation, one.retire], 'lambda:DeleteFunction', [next.version, next.handler],
      )),
      case_(`shift a neighbour of ${name}`, acts(one.releaser, 'codedeploy:CreateDeployment', next.group)),
      case_(`move a neighbour's alias, of ${name}`, acts(
        [one.releaser, one.shift], [...MOVES, 'lambda:CreateAlias'], [next.handler, next.live],
      )),
      case_(`pass a neighbour's test, of ${name}`, acts(
        one.hooksRole, 'codedeploy:PutLifecycleEventHookExecutionStatus', next.group,
      )),
      case_(`test a neighbour's version, of ${name}`, acts(
        [one.hooksRole, one.gateway], 'lambda:InvokeFunction', [next.version, next.live],
      )),
      case_(`call a neighbour's hooks, of ${name}`, acts([one.shift, one.releaser], 'lambda:InvokeFunction', next.hooks)),
      case_(`ask a neighbour's endpoint, of ${name}`, acts(one.handlerRole, [
        'sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointAsync',
      ], [next.endpoint, next.release])),
      case_(`read a neighbour's contracts, of ${name}`, acts(
        [one.handlerRole, one.hooksRole], 's3:GetObject', `${next.deployments}/contracts/0123.json`,
      )),
      case_(`write a neighbour's contracts, of ${name}`, acts(one.publish, 's3:PutObject', `${next.deployments}/contracts/0123.json`)),
      case_(`keep predictions in a neighbour's stream, of ${name}`, acts(
        one.handlerRole, 'firehose:PutRecordBatch', i === 0 ? other : prod.stream!,
      )),
      case_(`remove a neighbour's endpoints, of ${name}`, acts(
        one.retire, 'sagemaker:DeleteEndpoint', [next.release, next.endpoint], {
          [OWN_TAG]: i === 0 ? 'churn-main-documents' : 'churn-main-prod',
        },
      )),
    ];
  });
}

/** Endpoints of each release. */
export function endpointAttacks(cast: Cast): Case[] {
  const { prod, staging, dev, all, allBut } = cast;
  const own = { [OWN_TAG]: 'churn-main-prod' };
  const foreign = { [OWN_TAG]: 'churn-main-staging' };
  return [
    case_('update an endpoint of a release', acts(all, 'sagemaker:UpdateEndpoint', prod.release, own)),
    case_('create an endpoint of a release', acts(allBut(prod.cloudFormation), 'sagemaker:CreateEndpoint', prod.release)),
    case_('remove an endpoint of a release', acts(
      allBut(prod.cloudFormation, prod.retire), 'sagemaker:DeleteEndpoint', prod.release, own,
    )),
    case_('remove as old what another environment owns', acts(prod.retire, 'sagemaker:DeleteEndpoint', prod.release, foreign)),
    case_('remove as old what nobody owns', acts(prod.retire, 'sagemaker:DeleteEndpoint', prod.release)),
    case_('remove endpoints that were updated in place', acts(
      staging.retire, 'sagemaker:DeleteEndpoint', staging.endpoint, { [OWN_TAG]: 'churn-main-staging' },
    )),
    case_('remove another environment\'s endpoints', acts(
      [dev.retire, staging.retire], 'sagemaker:DeleteEndpoint', prod.release, own,
    )),
    case_('deploy under the name without a release', acts(prod.cloudFormation, [
      'sagemaker:CreateEndpoint', 'sagemaker:DeleteEndpoint', 'sagemaker:UpdateEndpoint',
    ], prod.endpoint)),
    case_('return a release\'s endpoint to another configuration', acts(
      prod.rollBack, 'sagemaker:UpdateEndpoint', [prod.release, prod.endpoint],
    )),
    case_('end the scaling of what is not SageMaker\'s', acts(
      prod.retire, 'application-autoscaling:DeregisterScalableTarget',
      prod.endpoint.replace(/:sagemaker:(.*):endpoint.*/, ':application-autoscaling:$1:scalable-target/0b2f'),
      { 'application-autoscaling:service-namespace': 'ecs' },
    )),
  ];
}

/** What calls, reads and writes while requests are answered. */
export function requestAttacks(cast: Cast): Case[] {
  const { prod, staging, dev, documents, all, allBut, elsewhere } = cast;
  const invoke = ['sagemaker:InvokeEndpoint'];
  return [
    case_('call the endpoint as anybody but handler and smoke test', acts(
      allBut(prod.handlerRole, prod.verify), invoke, prod.release,
    )),
    case_('ask another environment\'s endpoint as a handler', acts(
      prod.handlerRole, invoke, [staging.endpoint, dev.release, dev.endpoint, documents.endpoint],
    )),
    case_('ask an endpoint with a longer name', acts(
      staging.handlerRole, invoke, [`${staging.endpoint}2`, `${staging.endpoint}${RELEASE}`],
    )),
    case_('use what belongs to an environment whose name goes on with "-r"', ['-retail', `-retail${RELEASE}`].flatMap(more => [
      ...acts(prod.handlerRole, invoke, `${prod.endpoint}${more}`),
      ...acts([prod.cloudFormation, prod.retire], 'sagemaker:DeleteEndpoint', `${prod.endpoint}${more}`, {
        [OWN_TAG]: 'churn-main-prod',
      }),
      ...acts(prod.cloudFormation, 'logs:DeleteLogGroup', `${prod.endpointLog}${more}`),
    ])),
    case_('ask an endpoint without a release', acts(prod.handlerRole, invoke, [prod.endpoint, `${prod.endpoint}2`])),
    case_('ask an endpoint of another account', acts(prod.handlerRole, invoke, elsewhere(prod.release))),
    case_('ask a queue as a handler that answers at once', acts(
      prod.handlerRole, 'sagemaker:InvokeEndpointAsync', [prod.release, documents.endpoint],
    )),
    case_('change an endpoint as a handler', acts(cast.each.map(e => e.handlerRole), [
      'sagemaker:UpdateEndpoint', 'sagemaker:DeleteEndpoint', 'sagemaker:CreateEndpoint',
    ], [prod.release, staging.endpoint, dev.release, documents.endpoint])),
    case_('call $LATEST as the gateway', acts(prod.gateway, 'lambda:InvokeFunction', [prod.latest, prod.handler])),
    case_('call a version past the alias as the gateway', acts(prod.gateway, 'lambda:InvokeFunction', prod.version)),
    case_('call another environment\'s handler as the gateway', acts(
      prod.gateway, 'lambda:InvokeFunction', [staging.live, dev.live, documents.live, ...prod.hooks],
    )),
    case_('call the handler of another account', acts(
      [prod.gateway, prod.hooksRole], 'lambda:InvokeFunction', elsewhere(prod.live),
    )),
    case_('call the handler as anybody but gateway and hooks', acts(
      allBut(prod.gateway, prod.hooksRole), 'lambda:InvokeFunction', [prod.live, prod.version, prod.handler],
    )),
    case_('call a hook as anybody but CodeDeploy and the release', acts(
      allBut(prod.shift, prod.releaser), 'lambda:InvokeFunction', prod.hooks,
    )),
    case_('call another environment\'s hooks as CodeDeploy', acts(
      [staging.shift, dev.shift], 'lambda:InvokeFunction', prod.hooks,
    )),
    case_('call the handler as CodeDeploy', acts(prod.shift, 'lambda:InvokeFunction', [prod.handler, prod.live, prod.version])),
    case_('read assets and models as a handler', acts(prod.handlerRole, 's3:GetObject', [
      `${prod.deployments}/assets/0123.zip`, `${prod.deployments}/models/1/model.tar.gz`,
    ])),
    case_('read another environment\'s contracts', acts(
      [prod.handlerRole, prod.hooksRole], 's3:GetObject', [staging, dev].map(e => `${e.deployments}/contracts/0123.json`),
    )),
    case_('write contracts as anybody but the preparation', acts(
      allBut(prod.publish), 's3:PutObject', `${prod.deployments}/contracts/0123.json`,
    )),
    case_('remove contracts', acts(all, ['s3:DeleteObject', 's3:DeleteObjectVersion'], `${prod.deployments}/contracts/0123.json`)),
    case_('read captured requests as a handler', acts(
      cast.each.map(e => e.handlerRole), 's3:GetObject',
      [`${prod.captured}/churn-main-prod/AllTraffic/1.jsonl`, `${documents.captured}/asynchronous/input/api/0123`],
    )),
    case_('put requests among those of others', acts(documents.handlerRole, 's3:PutObject', [
      `${documents.captured}/asynchronous/input/smoke-test/0123`, `${documents.captured}/asynchronous/input/0123`,
      `${documents.captured}/asynchronous/output/0123.out`,
    ])),
    case_('read answers as a handler without a queue', acts(
      [prod.handlerRole, staging.handlerRole], 's3:GetObject', `${documents.captured}/asynchronous/output/0123.out`,
    )),
    case_('keep predictions in the name of an API', acts(
      allBut(prod.handlerRole), ['firehose:PutRecordBatch', 'firehose:PutRecord'], prod.stream!,
    )),
    case_('keep predictions one by one, past the handler\'s way', acts(prod.handlerRole, 'firehose:PutRecord', prod.stream!)),
    case_('redirect predictions', acts(all, ['firehose:UpdateDestination', 'firehose:DeleteDeliveryStream'], prod.stream!)),
    case_('read what was predicted', acts(
      allBut(prod.hooksRole), 's3:GetObject', `${prod.kept!}/predictions/2026/01/01/00/1.gz`,
    )),
    case_('read as a hook what could not be kept', acts(prod.hooksRole, 's3:GetObject', `${prod.kept!}/errors/1.gz`)),
    case_('write predictions past the stream', acts(
      allBut(cast.predictions), 's3:PutObject', `${prod.kept!}/predictions/2026/01/01/00/1.gz`,
    )),
    case_('remove predictions', acts(all, ['s3:DeleteObject', 's3:DeleteObjectVersion'], `${prod.kept!}/predictions/1.gz`)),
    case_('write predictions elsewhere as the stream', acts(cast.predictions, 's3:PutObject', [
      `${prod.deployments}/contracts/0123.json`, `${prod.captured}/1`,
    ])),
  ];
}

/** Past the roles of the delivery: whoever administers an account of the organisation. */
export function administratorAttacks(cast: Cast): Case[] {
  const as = 'governed administrator';
  const by = ({ administrator }: Cast['prod'], actions: string | string[], resources: string[]) =>
    acts(administrator, actions, resources, undefined, as);
  return [
    case_('publish or change as an administrator', ...cast.each.map(e => by(e, [
      ...CODE.filter(action => action !== 'lambda:CreateFunction'), 'lambda:DeleteFunction',
    ], [e.handler]))),
    case_('move the alias as an administrator', ...cast.each.map(e => by(e, [...MOVES, 'lambda:CreateAlias'], [
      e.handler, e.live,
    ]))),
    case_('open the handler as an administrator', ...cast.each.map(e => by(e, lambda(
      'AddPermission', 'CreateFunctionUrlConfig',
    ), [e.handler, e.live]))),
    case_('shift as an administrator', ...cast.each.map(e => by(e, 'codedeploy:CreateDeployment', [e.group]))),
    case_('pass a test as an administrator', ...cast.each.map(e => by(
      e, 'codedeploy:PutLifecycleEventHookExecutionStatus', [e.group],
    ))),
    case_('change the endpoint of a release as an administrator', by(cast.prod, [
      'sagemaker:CreateEndpoint', 'sagemaker:DeleteEndpoint', 'sagemaker:UpdateEndpoint',
    ], [cast.prod.release]), by(cast.staging, 'sagemaker:UpdateEndpoint', [cast.staging.endpoint])),
  ];
}

/** What must go on, also where the organisation forbids the rest. */
export function allowedActs(cast: Cast): ReadonlyArray<readonly [string, Act]> {
  const act = (principal: string, action: string, resource: string, context?: Act['context']): Act => (
    { principal, action, resource, ...(context ? { context } : {}) });
  return cast.each.flatMap((e, i) => {
    const name = ['dev', 'staging', 'prod', 'documents'][i];
    const perRelease = i === 0 || i === 2;
    const list: Array<readonly [string, Act]> = [
      ['the handler asks', act(
        e.handlerRole, i === 3 ? 'sagemaker:InvokeEndpointAsync' : 'sagemaker:InvokeEndpoint',
        perRelease ? e.release : e.endpoint,
      )],
      ['the gateway calls the alias', act(e.gateway, 'lambda:InvokeFunction', e.live)],
      ['CloudFormation publishes', act(e.cloudFormation, 'lambda:PublishVersion', e.handler)],
      ['the release shifts', act(e.releaser, 'codedeploy:CreateDeployment', e.group)],
      ['the release returns the alias', act(e.releaser, 'lambda:UpdateAlias', e.live)],
      ['CodeDeploy moves the alias', act(e.shift, 'lambda:UpdateAlias', e.live)],
      ['CodeDeploy asks a hook', act(e.shift, 'lambda:InvokeFunction', e.hooks[0])],
      ['a hook asks the new version', act(e.hooksRole, 'lambda:InvokeFunction', e.version)],
      ['a hook says what came of it', act(
        e.hooksRole, 'codedeploy:PutLifecycleEventHookExecutionStatus', e.group,
      )],
      ['old versions are removed', act(e.retire, 'lambda:DeleteFunction', e.version)],
      ['and their alarms', act(e.retire, 'cloudwatch:DeleteAlarms', e.alarm)],
    ];
    return list.map(([what, made]) => [`${name}: ${what}`, made] as const);
  });
}
