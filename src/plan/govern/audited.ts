import { bucketArn } from '../arn';
import type { NamedDelivery, NamedGroup } from '../model';
import type { Place } from '../place';
import type { NamedAudit } from './model';
import type { RoleId } from '../roles/role-model';

/** A bucket whose content is evidence: of what was trained, sealed, deployed, decided or recorded. */
export interface AuditedBucket {
  readonly bucket: string;
  readonly place: Place;
}

/** What auditors ask about, without the bucket of the trail: that one is written by CloudTrail alone. */
export function evidenceBuckets({ governance, groups }: NamedDelivery): AuditedBucket[] {
  const { audit } = governance;
  const all = [
    ...(audit?.evidenceBucket ? [{ bucket: audit.evidenceBucket, place: audit.place }] : []),
    ...groups.flatMap(({ build, pipelines, environments }) => [
      { bucket: build.artifactBucket, place: build.place },
      { bucket: pipelines.records, place: pipelines.place },
      ...environments.map(({ deploymentBucket: bucket, place }) => ({ bucket, place })),
    ]),
  ];
  return all.filter(({ bucket }, i) => all.findIndex(other => other.bucket === bucket) === i);
}

/** Buckets in exactly this account and region whose settings nobody changes unseen. */
export function watchedBuckets(named: NamedDelivery, place: Place): string[] {
  const { audit } = named.governance;
  const trail = audit?.trailBucket ? [{ bucket: audit.trailBucket, place: audit.place }] : [];
  return [...trail, ...evidenceBuckets(named)]
    .filter(({ place: { account, region } }) => account === place.account && region === place.region)
    .map(({ bucket }) => bucket);
}

/** ARNs of the buckets whose objects a trail logs: those of its account, or of all if it is the organization's. */
export function loggedBuckets(named: NamedDelivery, account: string | undefined, isOrganization: boolean): string[] {
  return evidenceBuckets(named)
    .filter(({ place }) => isOrganization || place.account === account).map(({ bucket }) => bucketArn(bucket));
}

/** The roles that approve something, whoever takes them on. */
export function approvingRoles({ infrastructure, groups }: NamedDelivery): RoleId[] {
  return [...groups.flatMap(rolesOfGroup), ...present(infrastructure.roles.approver)];
}

/** The roles of an account that approve, record or take back; a change of them changes who decides. */
export function watchedRoles(named: NamedDelivery, account: string | undefined, isOrganization: boolean): string[] {
  const { governance, groups } = named;
  const { recorder, ruleApproval, jira } = governance.roles;
  const all = [
    ...approvingRoles(named), ...groups.flatMap(({ roles }) => present(roles.refuser)),
    ...present(recorder, ruleApproval, jira),
  ];
  return [...new Set(all.filter(({ place }) => isOrganization || place.account === account).map(({ name }) => name))];
}

/** Every account that a trail of the delivery logs, and every region that it works in; IAM logs in us-east-1. */
export function loggedPlaces({ trails }: NamedAudit): { readonly accounts: string[]; readonly regions: string[] } {
  const texts = (all: ReadonlyArray<string | undefined>, other: string) => (
    [...new Set(all.map(text => text ?? other))].sort());
  return {
    accounts: texts(trails.map(({ place }) => place.account), '{account}'),
    regions: texts([...trails.map(({ place }) => place.region), 'us-east-1'], '{region}'),
  };
}

const rolesOfGroup = ({ roles }: NamedGroup) => present(
  roles.approver, roles.ruleApprover, roles.jiraApprover, roles.releaser,
);

function present(...roles: ReadonlyArray<RoleId | undefined>): RoleId[] {
  return roles.filter((role): role is RoleId => role !== undefined);
}
