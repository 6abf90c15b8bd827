import { bootstrapCommand } from './bootstrap-command';
import { dataKeyChecks } from './data-keys';
import { executionPolicies } from './execution-policy';
import type { PreflightCheck } from './preflight-check';
import { type JobDefaults, quotaChecks } from './quotas';
import { partitionOf } from '../options/knowledge/regions';
import type { NetworkOptions } from '../options/network';
import { SourceType } from '../options/source';
import { placesOf } from '../plan/infrastructure/bootstrap';
import type { DeliveryPlan } from '../plan/model';
import { type Place, placeOf } from '../plan/place';

/**
 * Version of the bootstrap from which its roles have everything that is used: the lookup role came with version 8
 * (cloud assembly, `requiresBootstrapStackVersion`).
 */
const BOOTSTRAP_VERSION = 8;

/** Everything that has to be there before the first deployment. */
export interface PreflightList {
  readonly project: string;
  readonly tooling: Place;
  readonly qualifier: string;
  readonly checks: readonly PreflightCheck[];
}

/**
 * Lists what has to be there; looks at nothing.
 *
 * @param jobs what jobs run on where a group's parameters do not say it
 */
export function preflightList(plan: DeliveryPlan, jobs: JobDefaults = {}): PreflightList {
  const { delivery } = plan;
  const checks = [
    ...boundaryChecks(plan),
    ...placesOf(delivery).flatMap(place => bootstrapChecks(plan, place)),
    ...[
      sourceChecks,
      surroundingChecks,
      endpointKeyChecks,
      (whole: DeliveryPlan) => quotaChecks(whole, jobs),
      dataKeyChecks,
      imageChecks,
      promotionChecks,
    ].flatMap(checksOf => checksOf(plan)),
  ];
  return {
    project: delivery.name,
    tooling: delivery.tooling,
    qualifier: delivery.infrastructure.bootstrapQualifier,
    checks: once(checks),
  };
}

/** The boundary, which the bootstrap needs, too. */
function boundaryChecks({ delivery }: DeliveryPlan): PreflightCheck[] {
  const { permissionsBoundaryName: boundary } = delivery;
  return boundary === undefined ? [] : placesOf(delivery).map(place => ({
    kind: 'boundary',
    title: `Permissions boundary ${boundary}`,
    place: placeOf(place),
    wants: { name: boundary },
    fix: `Make the managed policy ${boundary} in this account.`,
  }));
}

function bootstrapChecks(plan: DeliveryPlan, place: Place): PreflightCheck[] {
  const { tooling, permissionsBoundaryName: boundary } = plan.delivery;
  const fix = 'npx sagemaker-cicd-projen bootstrap-guide, then '
    + `${bootstrapCommand(plan, place).replace(/ \\\n {2}/g, ' ')}`;
  const policies = executionPolicies(plan, place.account, partitionOf(place.region ?? '')).map(policy => policy.name);
  const readers = plan.groups.map(group => group.roles.deployPipeline.name);
  const isTooling = place.account === tooling.account;
  return [
    {
      kind: 'bootstrap',
      title: `CDK bootstrap, version ${BOOTSTRAP_VERSION} or newer`,
      place,
      wants: { version: BOOTSTRAP_VERSION },
      fix,
    },
    ...(isTooling ? [] : [{
      kind: 'trust',
      title: `Bootstrap trusts the tooling account ${tooling.account!}`,
      place,
      wants: { account: tooling.account! },
      fix,
    } as const]),
    { kind: 'execution', title: 'Bootstrap deploys with restricted policies', place, wants: { policies }, fix },
    ...(boundary ? [{
      kind: 'bootstrapBoundary', title: `Roles of the bootstrap have the boundary ${boundary}`, place,
      wants: { name: boundary }, fix,
    } as const] : []),
    ...(isTooling && place.region === tooling.region ? [{
      kind: 'assets', title: 'The deploy pipelines can read the bucket of the bootstrap', place, wants: { readers },
      fix: 'The bucket of the bootstrap has a key of its own: allow kms:Decrypt in its key policy to the roles '
        + `${readers.join(', ')}, `
        + 'once they are there; the first execution of the deploy pipelines fails until then.',
    } as const] : []),
  ];
}

function sourceChecks({ delivery }: DeliveryPlan): PreflightCheck[] {
  const { source, infrastructure, tooling: place } = delivery;
  const used = [
    ...delivery.deploymentGroups.map(group => ({ source, branch: group.sourceBranch })),
    ...(infrastructure.pipeline ? [{ source: infrastructure.source, branch: infrastructure.sourceBranch }] : []),
  ];
  return used.map(({
    source: { type, repository, create, connectionArn }, branch,
  }): PreflightCheck => (type === SourceType.CODECOMMIT
    ? {
      kind: 'repository',
      title: `CodeCommit repository ${repository}, branch ${branch}`,
      place,
      wants: { name: repository, branch, created: create ?? false },
      fix: create
        ? `Push to the branch ${branch} as soon as the repository is there: npx sagemaker-cicd-projen bootstrap-guide `
          + 'says how.'
        : `Make the repository ${repository} and push to its branch ${branch}.`,
    }
    : {
      kind: 'connection',
      title: `Connection ${connectionArn!.split('/')[1]} is available`,
      place,
      wants: { arn: connectionArn! },
      fix: 'Finish the connection in the console of the tooling account: Developer Tools, Settings, Connections, '
        + '"Update pending connection".',
    }));
}

/** Networks, buckets for access logs, topic. */
function surroundingChecks({ delivery }: DeliveryPlan): PreflightCheck[] {
  const { notifications, tooling } = delivery;
  const environments = delivery.deploymentGroups.flatMap(group => [
    group.buildEnvironment,
    ...group.deployEnvironments,
  ]);
  const where = (place: Place): Place => ({ account: place.account, region: place.region });
  const places = [{ ...delivery, ...tooling }, ...environments];
  return [
    ...places.flatMap(e => (e.network ? [networkCheck(where(e), e.network)] : [])),
    ...places.flatMap((e): PreflightCheck[] => (e.s3AccessLogsBucketArn ? [{
      kind: 'logs',
      title: `Bucket for access logs ${bucketName(e.s3AccessLogsBucketArn)}, in the same region`,
      place: where(e),
      wants: { bucket: bucketName(e.s3AccessLogsBucketArn) },
      fix: 'Make the bucket in this account and region and let logging.s3.amazonaws.com put objects into it, or name '
        + 'another one (s3AccessLogsBucketArn).',
    }] : [])),
    ...(notifications.topicArn ? [{
      kind: 'topic',
      title: `Topic ${notifications.topicArn}`,
      place: where(tooling),
      wants: { arn: notifications.topicArn },
      fix: 'Make the topic in the tooling account and region; its policy has to let events.amazonaws.com, without a '
        + 'condition, and cloudwatch.amazonaws.com publish.',
    } as const] : []),
  ];
}

function networkCheck(place: Place, { vpcId, subnetIds, securityGroupIds }: NetworkOptions): PreflightCheck {
  return {
    kind: 'network',
    title: `VPC ${vpcId} with its subnets and security groups`,
    place,
    wants: { vpc: vpcId, subnets: subnetIds, groups: securityGroupIds },
    fix: 'Name subnets and security groups of this VPC, in this account and region (network).',
  };
}

/** Keys that endpoints are given. */
function endpointKeyChecks({ groups }: DeliveryPlan): PreflightCheck[] {
  return groups.flatMap(group => group.environments)
    .flatMap(({ place, endpoint }) => (endpoint.kmsKeyArn ? [keyCheck(place, endpoint.kmsKeyArn)] : []));
}

function keyCheck(place: Place, arn: string): PreflightCheck {
  return {
    kind: 'key',
    title: `Key ${arn.split('/')[1] ?? arn} is enabled, in this region`,
    place,
    wants: { arn },
    fix: 'Name a key that is enabled, in the account and region of what it encrypts.',
  };
}

function imageChecks({ groups }: DeliveryPlan): PreflightCheck[] {
  return groups.flatMap(({
    build,
  }) => build.repositories.flatMap(({ upstream }): PreflightCheck[] => (upstream?.credentialArn ? [{
    kind: 'secret',
    title: `Secret with the credentials for ${upstream.registryUrl}`,
    place: build.place,
    wants: { arn: upstream.credentialArn },
    fix: 'Make the secret in the build account and region; its name begins with ecr-pullthroughcache/.',
  }] : [])));
}

function promotionChecks({ delivery: { promotion, tooling: place } }: DeliveryPlan): PreflightCheck[] {
  if (!promotion) { return []; }
  return [
    {
      kind: 'bucket',
      title: `Bucket ${promotion.targetBucketName} that promoted models are copied to`,
      place,
      wants: { bucket: promotion.targetBucketName },
      fix: 'Make the bucket in the account and region of the promotion, or name another one '
        + '(promotion.targetBucketName).',
    },
    ...(promotion.eventBusName ? [{
      kind: 'bus', title: `Event bus ${promotion.eventBusName}`, place, wants: { name: promotion.eventBusName },
      fix: 'Make the bus in the account and region of the promotion, and let the source account put its events on it.',
    } as const] : []),
    ...(promotion.kmsKeyArn ? [keyCheck(place, promotion.kmsKeyArn)] : []),
  ];
}

function bucketName(arn: string): string {
  return arn.split(':').slice(-1)[0];
}

/** The same thing is looked at once, even if several environments need it. */
function once(checks: readonly PreflightCheck[]): PreflightCheck[] {
  const key = ({ kind, place, wants }: PreflightCheck) => JSON.stringify([
    kind,
    kind === 'boundary' ? place.account : [place.account, place.region],
    wants,
  ]);
  return checks.filter((check, i) => checks.findIndex(other => key(other) === key(check)) === i);
}
