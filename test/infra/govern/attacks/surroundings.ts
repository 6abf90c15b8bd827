import { acts, type Act, type Case } from './acts';
import type { Cast } from './cast';

const ASSUME = 'sts:AssumeRole';
const PASSED = { 'iam:PassedToService': 'sagemaker.amazonaws.com' };
const REPLACES = { 's3:ObjectCreationOperation': 'true' };
const ONCE = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };

const case_ = (name: string, ...list: Act[][]): Case => ({ name, acts: list.flat() });

/** Serving, deploying and taking roles on around those whose business it is. */
export function deploymentAttacks(cast: Cast): Case[] {
  const { dev, main, staging, prod, role, all, allBut, endpoint, config, administrator, approval, bus } = cast;
  const cloudFormation = role(prod.roles.cloudFormation);
  const rollBack = role(prod.roles.rollBack);
  const own = (environment: typeof prod, proven: boolean) => ({
    'aws:ResourceTag/sagemaker-cicd:endpoint': environment.endpointName,
    ...(proven ? { 'aws:ResourceTag/sagemaker-cicd:proven': '2026-01-01' } : {}),
  });
  const change = ['CreateEndpoint', 'DeleteEndpoint', 'UpdateEndpoint', 'UpdateEndpointWeightsAndCapacities']
    .map(action => `sagemaker:${action}`);
  const taken = [
    prod.roles.deploy, prod.roles.verify, prod.roles.retire, prod.roles.publish, prod.roles.rollBack,
    main.roles.toProduction, main.roles.toPreProduction,
  ].map(role);
  const people = [main.roles.approver, main.roles.releaser].map(role);
  const approve = 'codepipeline:PutApprovalResult';
  const stages = [approval('Deploy-prod/Approve-prod'), ...main.waves.flatMap(wave => wave.environments.map(e =>
    approval(`${wave.stage}/${e.actions.approve}`)))];
  return [
    case_('update an endpoint by hand', acts(allBut(cloudFormation, rollBack), 'sagemaker:UpdateEndpoint', endpoint(prod))),
    ...change.map(action => case_(`${action} as whoever builds, though the role was widened`, acts(
      [role(dev.roles.build), role(dev.roles.pipeline)], action,
      dev.environments.map(endpoint), undefined, 'widened',
    ))),
    case_('create an endpoint', acts(allBut(cloudFormation), 'sagemaker:CreateEndpoint', endpoint(prod))),
    case_('delete an endpoint', acts(allBut(cloudFormation), 'sagemaker:DeleteEndpoint', endpoint(prod))),
    case_('return to what was not proven', acts(rollBack, 'sagemaker:UpdateEndpoint', config, own(prod, false))),
    case_('return to what another environment has proven', acts(
      rollBack, 'sagemaker:UpdateEndpoint', config, own(staging, true),
    )),
    case_('prove as a rollback', acts(rollBack, 'sagemaker:AddTags', config, {
      ...own(prod, false), 'aws:TagKeys': ['sagemaker-cicd:proven'],
    })),
    case_('create a model for production', acts(
      allBut(cloudFormation), 'sagemaker:CreateModel', cast.main.environments.map(e =>
        `arn:aws:sagemaker:eu-west-1:${e.place.account}:model/Model-1`)[1],
    )),
    case_('remove what another environment serves', acts(
      role(staging.roles.retire), ['sagemaker:DeleteEndpointConfig'],
      config.replace(prod.place.account!, staging.place.account!), own(prod, true),
    )),
    case_('update an endpoint by hand as an administrator', acts(
      administrator(prod.place.account!), change, endpoint(prod), undefined, 'governed administrator',
    ), acts(administrator(dev.build.place.account!), change, dev.environments.map(endpoint), undefined,
      'governed administrator')),
    // Roles.
    case_('assume roles of a deployment as anybody else', acts(
      allBut(role(main.roles.deployRunner), role(main.roles.deployPipeline)), ASSUME, taken,
    )),
    case_('assume roles across groups', acts(
      [role(dev.roles.deployRunner), role(dev.roles.deployPipeline), role(dev.roles.buildRunner)], ASSUME,
      [...taken, role(main.roles.build)], undefined, 'widened',
    )),
    case_('assume the roles of people as any role of the delivery', acts(all, ASSUME, people)),
    case_('assume the roles of people as a widened builder', acts(
      [main.roles.build, main.roles.pipeline, main.roles.training, main.roles.buildRunner, main.roles.deployRunner].map(role),
      [ASSUME, 'sts:SetSourceIdentity'].slice(0, 1), people, {
        'sts:RoleSessionName': 'ana', 'sts:SourceIdentity': 'ana', 'aws:userid': 'AROAEXAMPLE:ana',
      }, 'widened',
    )),
    case_('decide with the role of another method', acts(
      cast.all.filter(arn => arn.endsWith(':role/churn-ruleapproval')), ASSUME,
      [role(main.roles.jiraApprover), role(main.roles.refuser)], undefined, 'widened',
    ), acts(
      cast.all.filter(arn => arn.endsWith(':role/churn-jira')), ASSUME,
      [role(dev.roles.ruleApprover), role(main.roles.refuser)], undefined, 'widened',
    ), acts(
      cast.all.filter(arn => arn.endsWith(':role/churn-recorder')), ASSUME,
      [role(dev.roles.ruleApprover), role(main.roles.jiraApprover)], undefined, 'widened',
    )),
    case_('take an approval back or decide as a role of the build account', acts(
      [main.roles.build, main.roles.pipeline, main.roles.sealer].map(role), ASSUME,
      [main.roles.refuser, main.roles.jiraApprover, dev.roles.ruleApprover].map(role), undefined, 'widened',
    )),
    case_('assume any role from an account of strangers', acts(
      administrator('888888888888'), ASSUME, all, undefined, 'administrator',
    )),
    case_('pass the role of another to a job', acts(
      [main.roles.build, main.roles.processing, main.roles.training].map(role), 'iam:PassRole',
      [main.roles.sealer, main.roles.approver, dev.roles.pipeline].map(role), PASSED,
    )),
    case_('change a role of the delivery', acts(
      all, ['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy'], role(main.roles.approver),
    )),
    case_('change a role of the delivery as an administrator', acts(
      cast.accounts.map(administrator), ['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy'],
      role(main.roles.approver), undefined, 'governed administrator',
    ).filter(act => act.principal.includes('::222222222222:'))),
    // Pipelines.
    case_('approve a deployment as a role that runs it', acts(allBut(role(main.roles.releaser)), approve, stages)),
    case_('approve a deployment of another group', acts(role(dev.roles.releaser), approve, stages)),
    case_('approve the infrastructure as a releaser', acts(
      [role(main.roles.releaser), role(main.roles.deployRunner)], approve, cast.infrastructureApproval,
    )),
    case_('replace what deploys', acts(all, ['codebuild:UpdateProject', 'codebuild:UpdateProjectVisibility'], [
      main.pipelines.prepareProject, main.pipelines.verifyProject,
    ].map(name => `arn:aws:codebuild:eu-west-1:111111111111:project/${name}`))),
    // Decisions that nobody made.
    case_('put a decision on the bus from another account', acts(
      [administrator('222222222222'), administrator('333333333333'), administrator('888888888888')], 'events:PutEvents',
      bus, undefined, 'administrator',
    )),
    case_('put a decision on the bus as a job', acts(
      [main.roles.processing, main.roles.training, main.roles.pipeline, main.roles.build, main.roles.buildRunner].map(role),
      'events:PutEvents', bus,
    )),
  ];
}

/** Reading, changing and ending what is kept: artifacts, records, trails, keys. */
export function evidenceStoreAttacks(cast: Cast): Case[] {
  const { dev, main, staging, role, all, allBut, artifacts, administrator, accounts, trails, keys } = cast;
  const sealed = `${artifacts(main)}/${main.build.pipelineName}/sealed/${main.build.modelPackageGroup}/1/model.tar.gz`;
  const record = `${cast.evidence}/records/${main.name}/00000001.json`;
  const push = `${cast.evidence}/pushes/churn/abc.json`;
  const log = `${cast.trailBucket}/AWSLogs/222222222222/CloudTrail/eu-west-1/2026/01/01/1.json.gz`;
  const recorder = all.filter(arn => arn.endsWith(':role/churn-recorder'));
  const gates = all.filter(arn => /:role\/churn-(dev|main)-commitgate$|:role\/churn-infrastructuregate$/.test(arn));
  const unlock = ['BypassGovernanceRetention', 'DeleteObjectVersion', 'PutObjectRetention', 'PutObjectLegalHold']
    .map(action => `s3:${action}`);
  const weaken = [
    'DeleteBucket', 'DeleteBucketPolicy', 'PutBucketObjectLockConfiguration', 'PutBucketPolicy', 'PutBucketVersioning',
    'PutEncryptionConfiguration', 'PutLifecycleConfiguration', 'PutReplicationConfiguration',
  ].map(action => `s3:${action}`);
  const tamper = ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors']
    .map(action => `cloudtrail:${action}`);
  const end = ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy'];
  const buckets = [cast.evidence, cast.trailBucket, cast.records];
  const admins = accounts.map(administrator);
  const governed = (actions: readonly string[], resources: readonly string[]): Act[] => admins.flatMap(principal =>
    resources.flatMap(resource => acts(principal, actions, resource, undefined, 'governed administrator')));
  const ofAccount = (list: Act[]): Act[] => list.filter(({ principal, resource }) =>
    resource.split(':')[4] === '' || resource.split(':')[4] === principal.split(':')[4]);
  return [
    case_('read artifacts of another group', acts(
      [dev.roles.build, dev.roles.processing, dev.roles.training, dev.roles.deployRunner, staging.roles.model].map(role),
      's3:GetObject', [`${artifacts(main)}/${main.build.pipelineName}/code/x`],
    ).filter(act => act.principal !== role(staging.roles.model)), acts(
      [main.roles.build, main.roles.training, main.roles.deployRunner, staging.roles.model].map(role), 's3:GetObject',
      `${artifacts(dev)}/${dev.build.pipelineName}/models/x`,
    )),
    case_('write a sealed artifact', acts(allBut(role(main.roles.sealer)), 's3:PutObject', sealed, ONCE)),
    case_('write a sealed artifact as an administrator', acts(
      administrator('222222222222'), 's3:PutObject', sealed, ONCE, 'administrator',
    )),
    case_('replace a sealed artifact', acts(role(main.roles.sealer), 's3:PutObject', sealed, REPLACES, 'widened')),
    case_('remove a sealed artifact', acts(
      [role(main.roles.sealer), role(main.roles.build)], ['s3:DeleteObject', 's3:DeleteObjectVersion'], sealed,
      undefined, 'widened',
    )),
    case_('write a record as anybody else', acts(allBut(...recorder), 's3:PutObject', record, ONCE)),
    case_('write a record as an administrator', acts(
      administrator('999999999999'), 's3:PutObject', record, ONCE, 'administrator',
    )),
    case_('say who pushed as an administrator', acts(
      administrator('999999999999'), 's3:PutObject', push, ONCE, 'administrator',
    )),
    ...([['without TLS', { 'aws:SecureTransport': 'false' }], ['with an old TLS', { 's3:TlsVersion': '1.1' }]] as const)
      .map(([how, context]) => case_(`read what is kept ${how}`, acts(
        administrator('999999999999'), 's3:GetObject', record, context, 'administrator',
      ), acts(administrator('222222222222'), 's3:GetObject', sealed, context, 'administrator'))),
    case_('replace a record', acts(recorder, 's3:PutObject', record, REPLACES, 'widened')),
    case_('remove a record', acts(recorder, ['s3:DeleteObject', 's3:DeleteObjectVersion'], record, undefined, 'widened')),
    // Where the source is not in AWS the recorder asks its host, and keeps what it says.
    case_('say who pushed, as anybody else', acts(allBut(...gates, ...recorder), 's3:PutObject', push, ONCE)),
    case_('say again who pushed', acts(gates, 's3:PutObject', push, REPLACES, 'widened')),
    case_('write beside the folders of evidence', acts(
      [...recorder, administrator('999999999999')], 's3:PutObject', `${cast.evidence}/other/1.json`, ONCE,
      'administrator',
    )),
    case_('unlock, shorten or remove what is kept', acts(all, unlock, [record, log, `${cast.records}/executions/1.json`])),
    ...unlock.map(action => case_(
      `${action} on a record as an administrator of the audit account`,
      acts(administrator('999999999999'), action, record, undefined, 'administrator'),
    )),
    case_('change a log object', acts(all, ['s3:PutObject', 's3:DeleteObject'], log)),
    case_('unlock, shorten or remove as an administrator', governed(unlock, [record, log])),
    case_('unlock or remove what deployments recorded, as an administrator', ofAccount(governed(
      unlock, [`${cast.records}/executions/1.json`],
    )).filter(act => act.principal.includes('::111111111111:'))),
    case_('weaken a bucket of what is kept', acts(all, weaken, buckets)),
    case_('weaken a bucket of what is kept as an administrator', governed(weaken, buckets)),
    case_('stop or change a trail', acts(all, tamper, trails)),
    ...tamper.map(action => case_(`${action} as an administrator`, ofAccount(governed([action], trails)))),
    case_('end or open a key', acts(all, end, keys)),
    ...end.map(action => case_(`${action} as an administrator`, ofAccount(governed([action], keys)))),
    case_('use a key from an account of strangers', acts(
      administrator('888888888888'), ['kms:Decrypt', 'kms:GenerateDataKey'], keys, undefined, 'administrator',
    )),
    case_('read records from an account of strangers', acts(
      administrator('888888888888'), ['s3:GetObject', 's3:PutObject'], [record, log, sealed], undefined, 'administrator',
    )),
  ];
}
