import { namePrefix } from './execution-policy';
import { actions, type PolicyStatement } from './statement';
import { ENVIRONMENT_TYPES } from '../options/knowledge/environment-types';
import { functionArn } from '../plan/api/functions';
import { deploymentGroupArn } from '../plan/api/roles';
import { arn, bucketArn } from '../plan/arn';
import { modelPackageGroupArn, modelPackagesArn } from '../plan/build/registry';
import { STAGE_ROLES } from '../plan/build/stage-roles';
import { endpointResources, isPerRelease } from '../plan/endpoint/served-names';
import { bootstrapRoleArn } from '../plan/infrastructure/bootstrap';
import type { DeliveryPlan, PlannedGroup } from '../plan/model';
import type { RoleId } from '../plan/roles/role-model';

/** Characters of a service control policy (Organizations user guide, "Quotas for AWS Organizations"). */
export const ORGANIZATION_POLICY_LIMIT = 5120;

/** A service control policy. */
export interface OrganizationPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/**
 * Service control policies that keep administrators of the delivery's accounts, too, from doing what its roles are there
 * for: without them, whoever administers an account can approve around the approvers and change what was kept. They
 * allow nothing. The management account of an organization is not subject to any.
 */
export function organizationPolicies(plan: DeliveryPlan, partition: string): OrganizationPolicy[] {
  const fill = (text: string) => text.replace('{partition}', partition).replace(/\{\w+\}/g, '*');
  const deployers = fill(bootstrapRoleArn(plan.delivery, 'cfn-exec', {}));
  const statements = [
    ...plan.groups.flatMap((group, i) => [...registry(group, i, plan), ...serving(group, i), ...fronts(group, i)]),
    ...changes(plan, deployers), ...evidence(plan, deployers), ...trails(plan, deployers),
  ].map(statement => ({
    ...statement, Resource: statement.Resource.map(fill),
    ...(statement.Condition ? { Condition: mapped(statement.Condition, fill) } : {}),
  }));
  return pack(statements);
}

function mapped(
  condition: NonNullable<PolicyStatement['Condition']>, fill: (text: string) => string,
): NonNullable<PolicyStatement['Condition']> {
  return Object.fromEntries(Object.entries(condition).map(([operator, tests]) => [
    operator, Object.fromEntries(Object.entries(tests).map(([key, value]) => [
      key, typeof value === 'string' ? fill(value) : value.map(fill),
    ])),
  ]));
}

function deny(
  Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: PolicyStatement['Condition'],
): PolicyStatement {
  return { Sid, Effect: 'Deny', Action, Resource, ...(Condition ? { Condition } : {}) };
}

/** Everybody but these. */
function allBut(arns: readonly string[]): PolicyStatement['Condition'] {
  return { ArnNotLike: { 'aws:PrincipalArn': arns } };
}

function arnsOf(...roles: ReadonlyArray<RoleId | undefined>): string[] {
  return roles.flatMap(role => role?.arn ?? []);
}

/** Versions are registered by the pipeline and changed by the roles for it; those in production are not deleted. */
function registry({ build, roles }: PlannedGroup, i: number, { promotion }: DeliveryPlan): PolicyStatement[] {
  // A group may get versions from elsewhere, which a promotion registers and decides about.
  const promoter = promotion?.group === build.modelPackageGroup ? promotion.roles.promoter : undefined;
  const packages = modelPackagesArn(build);
  const movers = ENVIRONMENT_TYPES.map(type => roles[STAGE_ROLES[type]]);
  return [
    deny(`Decide${i}`, ['sagemaker:UpdateModelPackage'], [packages], allBut(arnsOf(
      roles.approver, roles.ruleApprover, roles.jiraApprover, roles.refuser, roles.sealer, ...movers, promoter,
    ))),
    deny(
      `Register${i}`, ['sagemaker:CreateModelPackage'], [packages, modelPackageGroupArn(build)],
      allBut(arnsOf(roles.pipeline, promoter)),
    ),
    deny(`Keep${i}`, ['sagemaker:DeleteModelPackage'], [packages], {
      StringEquals: { 'sagemaker:CurrentModelLifeCycleStage': 'Production' },
    }),
  ];
}

/** Endpoints are changed by deployments and returns alone. */
function serving({ environments }: PlannedGroup, i: number): PolicyStatement[] {
  const endpoints = environments.filter(e => !e.batch);
  return endpoints.length === 0 ? [] : [deny(
    `Serve${i}`,
    actions('sagemaker', 'CreateEndpoint DeleteEndpoint UpdateEndpoint UpdateEndpointWeightsAndCapacities'),
    endpoints.flatMap(e => endpointResources(e).resources),
    // Scaling is done by a service-linked role, which no service control policy restricts.
    allBut(endpoints.flatMap(e => arnsOf(
      e.roles.cloudFormation, e.roles.rollBack, isPerRelease(e) ? e.roles.retire : undefined,
    ))),
  )];
}

/**
 * Versions of an API's handler are published by deployments, and the API is moved to them by CodeDeploy and returns.
 */
function fronts({ environments }: PlannedGroup, i: number): PolicyStatement[] {
  const found = environments.flatMap(e => (e.api ? [{ ...e, api: e.api }] : []));
  return found.length === 0 ? [] : [
    deny(
      `Front${i}`,
      actions('lambda', `AddPermission CreateAlias CreateFunctionUrlConfig DeleteAlias DeleteFunction PublishVersion
        UpdateAlias UpdateFunctionCode UpdateFunctionConfiguration`),
      found.flatMap(e => [undefined, '*'].map(qualifier => functionArn(e, e.api.functionName, qualifier))),
      allBut(found.flatMap(({ roles }) => arnsOf(
        roles.cloudFormation, roles.apiRelease, roles.apiShift, roles.retire,
      ))),
    ),
    deny(
      `Shift${i}`, actions('codedeploy', 'CreateDeployment PutLifecycleEventHookExecutionStatus'),
      found.map(e => deploymentGroupArn(e, e.api)),
      allBut(found.flatMap(({ roles }) => arnsOf(roles.apiRelease, roles.apiHooks))),
    ),
  ];
}

/** Roles, registries and keys are changed by deployments of the infrastructure; keys are never taken away. */
function changes({ delivery, groups }: DeliveryPlan, deployers: string): PolicyStatement[] {
  const prefix = namePrefix(delivery.name);
  const aliases = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `alias/${prefix}*` } };
  return [
    deny('Roles', actions('iam', `AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy
      PutRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary UpdateAssumeRolePolicy UpdateRole`),
    [`arn:{partition}:iam::*:role/${prefix}*`], allBut([deployers])),
    deny('Registries', actions('sagemaker', `DeleteModelPackageGroup DeleteModelPackageGroupPolicy
      PutModelPackageGroupPolicy`), groups.map(({ build }) => modelPackageGroupArn(build)), allBut([deployers])),
    deny('KeysStay', actions('kms', 'DisableKey ScheduleKeyDeletion'), ['*'], aliases),
    deny('KeyPolicies', ['kms:PutKeyPolicy'], ['*'], { ...aliases, ...allBut([deployers]) }),
  ];
}

/** What is kept is not unlocked, shortened or removed by anybody; its bucket is changed by deployments alone. */
function evidence({ groups, governance: { audit } }: DeliveryPlan, deployers: string): PolicyStatement[] {
  const buckets = [
    ...[audit?.trailBucket, audit?.evidenceBucket].flatMap(name => name ?? []),
    ...groups.map(({ pipelines }) => pipelines.records),
  ].map(name => bucketArn(name));
  return [
    deny('Locks', actions('s3', `BypassGovernanceRetention DeleteObjectVersion PutObjectLegalHold
      PutObjectRetention`), buckets.map(bucket => `${bucket}/*`)),
    deny('Buckets', actions('s3', `DeleteBucket DeleteBucketPolicy PutBucketObjectLockConfiguration PutBucketPolicy
      PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration PutReplicationConfiguration`), buckets,
    allBut([deployers])),
  ];
}

/** Trails run on. */
function trails({ governance: { audit } }: DeliveryPlan, deployers: string): PolicyStatement[] {
  const named = (audit?.trails ?? []).flatMap(({ place, trail }) => (
    trail === undefined ? [] : [arn(place, 'cloudtrail', `trail/${trail.name}`)]));
  return named.length === 0 ? [] : [
    deny('TrailsRun', ['cloudtrail:StopLogging'], named),
    deny(
      'Trails', actions('cloudtrail', 'DeleteTrail PutEventSelectors PutInsightSelectors UpdateTrail'), named,
      allBut([deployers]),
    ),
  ];
}

/** Statements in as few policies as fit their order. */
function pack(statements: readonly PolicyStatement[]): OrganizationPolicy[] {
  const policies: PolicyStatement[][] = [[]];
  for (const statement of statements) {
    const last = policies[policies.length - 1];
    const size = JSON.stringify({ Version: '2012-10-17', Statement: [...last, statement] }).length;
    if (last.length > 0 && size > ORGANIZATION_POLICY_LIMIT) {
      policies.push([statement]);
    } else {
      last.push(statement);
    }
  }
  return policies.map(Statement => ({ Version: '2012-10-17', Statement }));
}
