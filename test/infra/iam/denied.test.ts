import { itemCalls } from './calls/requests';
import type { World } from './calls/world';
import { worldOf } from './deliveries';
import { allowed, KEPT_APART, rolesBut } from './kept-out';
import { OUTSIDE, readKey, STRANGER, withAdministrator } from './outsiders';
import type { PlannedEnvironment } from '../../../src/plan/endpoint/model';
import type { PlannedGroup } from '../../../src/plan/model';
import type { PlannedRole } from '../../../src/plan/roles/role-model';
import { REQUEST_KINDS } from '../../../src/plan/workflows/grants';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Request } from '../../../testing/iam/request';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** The calls that change what is served. */
const CHANGES = ['CreateEndpoint', 'UpdateEndpoint', 'UpdateEndpointWeightsAndCapacities', 'DeleteEndpoint'].map(a =>
  `sagemaker:${a}`);

function packageOf(world: World, { build }: PlannedGroup): string {
  return world.arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`);
}

/** Roles that bring something to an environment, as far as there are any. */
function supplyRoles({ roles }: PlannedEnvironment): PlannedRole[] {
  return [roles.publish, roles.replicate].filter(r => r !== undefined);
}

/** Who takes on what around an environment that jobs of a workflow deploy to. */
function byJobs({ preparer }: PlannedGroup['roles'], e: PlannedEnvironment): [PlannedRole, PlannedRole][] {
  const { shipper, deploy, verify, retire } = e.roles;
  return [
    [shipper!, deploy], [shipper!, verify], [shipper!, retire], [preparer!, verify],
    ...supplyRoles(e).map((role): [PlannedRole, PlannedRole] => [preparer!, role]),
  ];
}

function endpointOf(world: World, { place, endpointName }: PlannedEnvironment): string {
  return world.arn(place, 'sagemaker', `endpoint/${endpointName}`);
}

/** Looking at, changing and using everything that belongs to one group. */
function everythingOf(world: World, group: PlannedGroup): Omit<Request, 'principal'>[] {
  const { build, pipelines, environments, workflows } = group;
  const stores = [
    {
      bucket: world.bucket(build.artifactBucket, build.place), key: world.key(build.keyAlias, build.place),
      place: build.place,
    },
    ...[pipelines.records, pipelines.bucket].flatMap(name => (name === undefined ? [] : [{
      bucket: world.bucket(name, pipelines.place), key: world.key(pipelines.keyAlias, pipelines.place),
      place: pipelines.place,
    }])),
    ...environments.map(e => ({
      bucket: world.bucket(e.captureBucket, e.place), key: world.environmentKey(e), place: e.place,
    })),
  ];
  return [
    ...stores.flatMap(({ bucket, key, place }) => [
      { action: 's3:GetObject', resource: `${bucket}/object` },
      { action: 's3:PutObject', resource: `${bucket}/object` }, { action: 's3:ListBucket', resource: bucket },
      readKey(key, world.at(place).region), { action: 'kms:GenerateDataKey', resource: key },
      { action: 'kms:CreateGrant', resource: key, context: { 'kms:GrantIsForAWSResource': 'true' } },
    ]),
    { action: 'sagemaker:DescribeModelPackage', resource: packageOf(world, group) },
    { action: 'sagemaker:CreateModel', resource: packageOf(world, group) },
    { action: 'sagemaker:CreateModelPackage', resource: packageOf(world, group) },
    {
      action: 'sagemaker:StartPipelineExecution',
      resource: world.arn(build.place, 'sagemaker', `pipeline/${build.pipelineName}`),
    },
    ...(workflows ? Object.keys(REQUEST_KINDS).flatMap(kind => itemCalls(
      world, pipelines.place, workflows.requests, kind, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    )) : [{
      action: 'codepipeline:StartPipelineExecution',
      resource: world.arn(pipelines.place, 'codepipeline', pipelines.deployPipeline),
    }]),
    ...environments.flatMap(e => ['DescribeEndpoint', 'InvokeEndpoint', 'UpdateEndpoint', 'DeleteEndpoint'].map(a => ({
      action: `sagemaker:${a}`, resource: endpointOf(world, e),
    }))),
    ...environments.map(e => ({
      action: 'cloudformation:ExecuteChangeSet',
      resource: world.arn(e.place, 'cloudformation', `stack/${e.endpointStack}/0123`),
    })),
  ];
}

/** ARNs of a group's own roles. */
function ownRoles(world: World, group: PlannedGroup): string[] {
  const planned: (PlannedRole | undefined)[] = [
    ...Object.values(group.roles), ...group.environments.flatMap(e => Object.values(e.roles)),
  ];
  return planned.flatMap(r => (r ? [world.role(r)] : []));
}

describe.each(KEPT_APART)('%s', name => {
  test('nobody but people approves or rejects a model', async () => {
    const world = worldOf(name);
    const requests = world.plan.groups.flatMap(group => rolesBut(world, group.roles.approver
      && world.role(group.roles.approver)).flatMap(principal =>
      ['Approved', 'Rejected'].flatMap(status => [
        ['sagemaker:CreateModelPackage', packageOf(world, group)],
        ['sagemaker:UpdateModelPackage', packageOf(world, group)],
        [
          'sagemaker:CreateModelPackage',
          packageOf(world, group).replace('model-package/', 'model-package-group/').replace(/\/1$/, ''),
        ],
      ].map(([action, resource]) => ({
        principal, action, resource, context: { 'sagemaker:ModelApprovalStatus': status },
      })))));
    expect(await allowed(world.policies, requests)).toEqual([]);
  });

  test('whoever builds is kept from approving and serving by an explicit denial, whatever else is allowed some '
    + 'day', async () => {
    const world = worldOf(name);
    const generous = {
      Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: ['sagemaker:*'], Resource: ['*'] }],
    };
    for (const group of world.plan.groups) {
      const builders = [group.roles.build, group.roles.pipeline].map(r => world.policies.roles.get(world.role(r))!);
      const loose = builders.map(r => ({ ...r, policies: [...r.policies, { name: 'generous', document: generous }] }));
      const policies = {
        ...world.policies, roles: new Map([...world.policies.roles, ...loose.map(r => [r.arn, r] as const)]),
      };
      const version = packageOf(world, group);
      const requests = builders.flatMap(({ arn: principal }) => [
        ...['Approved', 'Rejected'].map(status => (
          {
            principal, action: 'sagemaker:UpdateModelPackage', resource: version, context: {
              'sagemaker:ModelApprovalStatus': status,
            },
          }
        )),
        // Endpoints of other accounts and regions are out of reach anyway: no policy of theirs lets anybody in.
        ...CHANGES.map(action => ({
          principal, action, resource: world.arn(group.build.place, 'sagemaker', 'endpoint/any'),
        })),
      ]);
      expect(await allowed(policies, requests)).toEqual([]);
      // The generous policy is really looked at.
      expect(await allowed(policies, [{
        principal: builders[0].arn, action: 'sagemaker:DescribeModelPackage', resource: version,
      }])).toHaveLength(1);
    }
  });

  test('nobody but CloudFormation, for its own environment, makes, changes or deletes an endpoint; a rollback changes '
    + 'it', async () => {
    const world = worldOf(name);
    const requests = world.plan.groups.flatMap(g =>
      g.environments).flatMap(e => rolesBut(world, world.role(e.roles.cloudFormation)).flatMap(
      principal => CHANGES.map(action => ({ principal, action, resource: endpointOf(world, e) })).filter(
        ({ action }) => !e.roles.rollBack || principal !== world.role(e.roles.rollBack)
          || action !== 'sagemaker:UpdateEndpoint',
      ),
    ));
    expect(await allowed(world.policies, requests)).toEqual([]);
  });

  test('no group touches what belongs to another', async () => {
    const world = worldOf(name);
    const requests = world.plan.groups.flatMap(mine => world.plan.groups.filter(g => g !== mine).flatMap(other =>
      ownRoles(world, mine).flatMap(principal => everythingOf(world, other).map(call => ({ ...call, principal })))));
    expect(await allowed(world.policies, requests)).toEqual([]);
  });

  test('nobody of the deploy side writes models', async () => {
    const world = worldOf(name);
    const requests = world.plan.groups.flatMap(group => {
      const { build, roles, environments } = group;
      const bucket = world.bucket(build.artifactBucket, build.place);
      const key = world.key(build.keyAlias, build.place);
      const inEnvironments: (PlannedRole | undefined)[] = environments.flatMap(e => Object.values(e.roles));
      const deployers = [
        roles.gate, roles.gateTrigger, roles.deployPipeline, roles.deployRunner, roles.assembler, roles.preparer,
        roles.starter, ...inEnvironments,
      ].filter(r => r !== undefined);
      const viaS3 = { 'kms:ViaService': `s3.${world.at(build.place).region}.amazonaws.com` };
      return deployers.map(r => world.role(r)).flatMap(principal => [
        { principal, action: 's3:PutObject', resource: `${bucket}/churn/models/1/model.tar.gz` },
        { principal, action: 'kms:GenerateDataKey', resource: key, context: viaS3 },
        {
          principal, action: 'sagemaker:UpdatePipeline',
          resource: world.arn(build.place, 'sagemaker', `pipeline/${build.pipelineName}`),
        },
      ]);
    });
    expect(await allowed(world.policies, requests)).toEqual([]);
  });

  test('roles are passed on exactly as planned', async () => {
    const world = worldOf(name);
    const { roles } = world.policies;
    const passed: string[] = [];
    const passers = [...roles.values()].filter(r =>
      r.policies.some(p => p.document.Statement.some(s => s.Action.some(a => /^(iam:|\*)/.test(a)))));
    for (const { arn: principal } of passers) {
      for (const resource of roles.keys()) {
        for (const service of [
          'sagemaker.amazonaws.com', 'cloudformation.amazonaws.com', 'codebuild.amazonaws.com', 'events.amazonaws.com',
        ]) {
          const request = { principal, action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } };
          if ((await evaluate(world.policies, request)).allowed) {
            passed.push(`${principal} > ${resource} (${service})`);
          }
        }
      }
    }
    const planned = world.plan.groups.flatMap(({ roles: own, environments }) => [
      [own.build, own.pipeline, 'sagemaker'], [own.pipeline, own.processing, 'sagemaker'],
      [own.pipeline, own.training, 'sagemaker'],
      ...environments.flatMap(e => [[
        e.roles.deploy, e.roles.cloudFormation, 'cloudformation',
      ], [e.roles.cloudFormation, e.roles.model, 'sagemaker']] as const),
    ] as const).map(([from, to, service]) => `${world.role(from)} > ${world.role(to)} (${service}.amazonaws.com)`);
    expect(passed.sort()).toEqual(planned.sort());
  });

  test('roles are taken on exactly as planned', async () => {
    const world = worldOf(name);
    const { roles } = world.policies;
    const taken: string[] = [];
    const takeable = [...roles.values()].filter(r => r.trust.Statement.some(s => s.Principal?.AWS !== undefined));
    for (const principal of roles.keys()) {
      for (const { arn: resource } of takeable) {
        if ((await evaluate(world.policies, { principal, action: 'sts:AssumeRole', resource })).allowed) {
          taken.push(`${principal} > ${resource}`);
        }
      }
    }
    const planned = world.plan.groups.flatMap(({ roles: own, environments }) => [
      [own.buildRunner, own.build] as const,
      ...environments.flatMap(e => [
        ...(e.roles.shipper ? byJobs(own, e) : [
          [own.deployPipeline!, e.roles.deploy] as const, ...supplyRoles(e).map(r => [own.deployRunner, r] as const),
        ]),
        [own.deployRunner, e.roles.verify] as const, [own.deployRunner, e.roles.retire] as const,
        ...(e.roles.rollBack ? [[own.deployRunner, e.roles.rollBack] as const] : []),
      ]),
    ]).map(([from, to]) => `${world.role(from)} > ${world.role(to)}`);
    expect(taken.sort()).toEqual(planned.sort());
  });

  test('no role removes data or changes who may do what', async () => {
    const world = worldOf(name);
    const [role] = world.policies.roles.keys();
    const of = (type: string) => world.resourcesOf(type).map(r => r.arn);
    const calls = [
      ...of('AWS::S3::Bucket').flatMap(arn => [
        { action: 's3:DeleteObject', resource: `${arn}/object` },
        { action: 's3:DeleteObjectVersion', resource: `${arn}/object` },
        ...['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'].map(action => ({
          action, resource: arn,
        })),
      ]),
      ...of('AWS::KMS::Key').flatMap(resource => [
        'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:UpdateAlias',
      ].map(action => ({ action, resource }))),
      ...of('AWS::SageMaker::ModelPackageGroup').flatMap(resource => [
        'sagemaker:DeleteModelPackageGroup', 'sagemaker:PutModelPackageGroupPolicy',
      ].map(action => ({ action, resource }))),
      ...world.plan.groups.map(g => ({ action: 'sagemaker:DeleteModelPackage', resource: packageOf(world, g) })),
      ...of('AWS::SQS::Queue').map(resource => ({ action: 'sqs:PurgeQueue', resource })),
      ...of('AWS::CodePipeline::Pipeline').map(resource => ({ action: 'codepipeline:UpdatePipeline', resource })),
      ...[
        'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:DeleteRolePermissionsBoundary',
      ].map(action => ({ action, resource: role })),
      { action: 'iam:CreateRole', resource: role.replace(/[^/]+$/, 'new') },
    ];
    expect(await allowed(world.policies, rolesBut(world).flatMap(principal =>
      calls.map(call => ({ ...call, principal }))))).toEqual([]);
  });

  test('administrators of other accounts reach nothing', async () => {
    const world = worldOf(name);
    const accounts = [STRANGER, ...new Set(world.policies.stacks.map(s => s.account))];
    for (const account of accounts) {
      const { policies, administrator: principal } = withAdministrator(world.policies, account);
      const isForeign = (r: { readonly account: string }) => r.account !== account;
      const requests = [
        ...[...world.policies.resources.values()].filter(isForeign).flatMap(r => (OUTSIDE[r.type] ?? (() => []))(r))
          // The registry lets the accounts of its group look and serve; that is as far as it goes.
          .filter(call => account === STRANGER || !/^sagemaker:(Describe\w+|List\w+|CreateModel)$/.test(call.action)),
        ...[...world.policies.roles.values()].filter(isForeign).map(r => ({
          action: 'sts:AssumeRole', resource: r.arn,
        })),
      ];
      if (account === STRANGER) { expect(requests.length).toBeGreaterThan(20); }
      expect(await allowed(policies, requests.map(call => ({ ...call, principal })))).toEqual([]);
    }
  });
});
