import type { PeopleOptions } from '../approvers';
import { ObjectLockMode, type AuditTrailOptions } from '../audit-trail';
import { DEFAULT_GROUPS } from '../default-groups';
import { type DeploymentGroupOptions, EnvironmentType } from '../deployment-group';
import { showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { type GovernanceOptions, GovernanceProfile } from '../governance';
import type { IdentityOptions } from '../identity';
import { type Control, isOn } from '../knowledge/governance-controls';
import { HOSTS } from '../knowledge/hosts';
import type { RuleApprovalOptions } from '../rule-approval';
import { SourceType } from '../source';

/** Controls, and which others they stand on. */
const NEEDS: ReadonlyArray<readonly [Control | 'ruleApproval' | 'jira', Control]> = [
  ['separationOfDuties', 'approvalRecords'], ['ruleApproval', 'approvalRecords'], ['jira', 'approvalRecords'],
];

/** Secrets, and who reads them in the tooling account and region. */
const SECRETS = [
  ['governance.sourceTokenArn', 'The function that asks who pushed'],
  ['governance.jira.secretArn', 'The function that asks Jira'],
] as const;

/** Each control has what it stands on. */
export const governanceRules: RuleFamily = options => [
  ...NEEDS.map(([control, needed]) => rule<[GovernanceOptions]>(['governance'], governance => {
    const on = control === 'ruleApproval' || control === 'jira' ? governance[control] !== undefined
      : isOn(governance, control);
    return !on || isOn(governance, needed) ? [] : [problem(
      `governance.${needed}`, governance[needed], `true, because governance.${control} needs it`,
      `Set it, or remove governance.${control}.`,
    )];
  })),
  rule<[GovernanceOptions]>(['governance'], governance => (
    !isOn(governance, 'approvalRecords') || governance.auditTrail !== undefined
      || governance.profile === GovernanceProfile.GXP ? [] : [problem(
        'governance.auditTrail', undefined, 'a trail, because approval records name the caller that CloudTrail saw',
        'Set it to {}, or name a trail that is there already in existingTrailArn.',
      )])),
  rule<[AuditTrailOptions?]>(['governance.auditTrail'], (trail = {}) => [
    ...(trail.objectLock === ObjectLockMode.COMPLIANCE && trail.retentionYears === undefined ? [problem(
      'governance.auditTrail.retentionYears', undefined,
      'the number of years, because objectLock is "compliance" and nobody can shorten it later',
      'Set it to the years that your retention policy asks for.',
    )] : []),
    ...(trail.existingTrailArn !== undefined && trail.organizationId !== undefined ? [problem(
      'governance.auditTrail.organizationId', trail.organizationId, 'no value, because existingTrailArn names a trail',
      'Remove one of the two.',
    )] : []),
    ...(trail.existingBucketName !== undefined && trail.existingTrailArn === undefined ? [problem(
      'governance.auditTrail.existingBucketName', trail.existingBucketName,
      'no value, because a trail and its bucket are created', 'Remove it, or name the trail in existingTrailArn.',
    )] : []),
  ]),
  // Which account it is must be known as soon as another is named.
  rule<[string?, string?]>(['governance.auditTrail.account', 'tooling.account'], (audit, tooling) => (
    audit === undefined || tooling !== undefined ? [] : [problem(
      'tooling.account', undefined, 'the account in which the pipelines run, because the audit account is another',
      'Set tooling.account.',
    )])),
  rule<[string?, string?]>(['governance.auditTrail.region', 'tooling.region'], (audit, tooling) => (
    audit === undefined || tooling !== undefined ? [] : [problem(
      'tooling.region', undefined, 'the region in which the pipelines run, because governance.auditTrail.region is given',
      'Set tooling.region.',
    )])),
  rule<[GovernanceOptions, SourceType]>(['governance', 'source.type'], (governance, type) => (
    !isOn(governance, 'separationOfDuties') || HOSTS[type].inAws || governance.sourceTokenArn !== undefined ? [] : [
      problem(
        'governance.sourceTokenArn', undefined,
        `a secret with a token of ${type}, because a connection does not say who pushed`,
        'Create an access token that reads events of the repository, put it into a secret, and name the secret here.',
      ),
    ])),
  ...SECRETS.flatMap(([path, what]) => [inTooling(path, what, 'region', 3), inTooling(path, what, 'account', 4)]),
  ...entryPaths(options, 'deploymentGroups').map(group => rule<[GovernanceOptions, string]>(
    ['governance', `${group}.name`], (governance, name) => (
      name !== 'infrastructure' || !isOn(governance, 'approvalRecords') ? [] : [problem(
        `${group}.name`, name, 'another name, because the records of the infrastructure\'s approvals have it',
        'Rename the group, or turn governance.approvalRecords off.',
      )]),
  )),
  ...identityRules(options),
  ...approverIdentityRules(options),
  ...ruleApprovalGroups(options),
  rule<[RuleApprovalOptions?, DeploymentGroupOptions[]?]>(
    ['governance.ruleApproval', 'deploymentGroups'], (approval, groups = DEFAULT_GROUPS) => (
      approval === undefined || approval.groups !== undefined || !groups.every(reachesProduction) ? [] : [problem(
        'governance.ruleApproval.groups', undefined,
        'names of deployment groups, because each group has an environment of type prod',
        'Name the groups whose versions are approved without a person, or remove governance.ruleApproval.',
      )])),
];

function reachesProduction({ buildEnvironment, deployEnvironments = [] }: DeploymentGroupOptions): boolean {
  return [buildEnvironment, ...deployEnvironments].some(environment => environment?.type === EnvironmentType.PROD);
}

function inTooling(path: string, what: string, field: 'region' | 'account', part: number): Rule {
  return rule<[string?, string?]>([path, `tooling.${field}`], (arn, tooling) => (
    arn === undefined || tooling === undefined || arn.split(':')[part] === tooling ? [] : [problem(
      path, arn, `a secret in the tooling ${field} (${showValue(tooling)})`, `${what} runs there: move the secret.`,
    )]));
}

/** Whoever is two people is nobody: a name belongs to one person. */
const identityRules: RuleFamily = options => {
  const people = entryPaths(options, 'governance.identities');
  return (['aws', 'git', 'jira'] as const).map(kind => rule<ReadonlyArray<readonly string[] | undefined>>(
    people.map(person => `${person}.${kind}`),
    (...names) => names.flatMap((own = [], i) => own.flatMap((name, j) => {
      const other = names.findIndex(earlier => earlier?.some(one => one.toLowerCase() === name.toLowerCase()));
      return other >= i ? [] : [problem(
        `${people[i]}.${kind}[${j}]`, name, `a name of one person; ${people[other]} has it too`,
        'Leave it with the person whose name it is.',
      )];
    })),
  ));
};

/** With the profile gxp it is known who approves models, and what each IAM user among them is called. */
const approverIdentityRules: RuleFamily = options => [
  rule<[GovernanceProfile, PeopleOptions?]>(['governance.profile', 'approvers.models'], (profile, people) => (
    profile !== GovernanceProfile.GXP || people !== undefined ? [] : [problem(
      'approvers.models', undefined, 'the people who approve models, because governance.profile is "gxp"',
      'Name them, by how they sign in.',
    )])),
  ...entryPaths(options, 'approvers.models.userArns').map(path => rule<[
    GovernanceProfile, string, ReadonlyArray<Pick<IdentityOptions, 'aws'>>,
  ]>(['governance.profile', path, 'governance.identities'], (profile, user, identities) => {
    const name = user.split('/').pop()!;
    const known = profile !== GovernanceProfile.GXP || identities.some(({ aws }) => aws.includes(name));
    return known ? [] : [problem(
      path, user, `a user whose name (${name}) is in governance.identities, because governance.profile is "gxp"`,
      'Add the person to governance.identities, or remove the user here.',
    )];
  })),
];

/** Versions are approved by rule in groups that there are. */
const ruleApprovalGroups: RuleFamily = options => {
  const groups = entryPaths(options, 'deploymentGroups').map(group => `${group}.name`);
  return entryPaths(options, 'governance.ruleApproval.groups').map(path => rule<[string, ...string[]]>(
    [path, ...groups], (name, ...names) => {
      const known = names.length > 0 ? names : ['main'];
      return known.includes(name) ? [] : [problem(
        path, name, `the name of a deployment group (${known.join(', ')})`, 'Correct the name, or remove it.',
      )];
    },
  ));
};
