import { project } from './place-parts';
import { GovernanceProfile, ObjectLockMode, SourceType } from '../../src/options';

const { GXP } = GovernanceProfile;
const govern = (governance: object, more: object = {}): object => project({ governance, ...more });
const approvers = { models: { permissionSets: ['ModelOwner'] } };
const gxp = (more: object, others: object = {}): object =>
  govern({ profile: GXP, ...more }, { approvers, ...others });
const secret = (place = 'eu-west-1:111111111111'): string =>
  `arn:aws:secretsmanager:${place}:secret:ml/token-AbCdEf`;
const person = (name: string, aws: string, more: object = {}): object => ({ name, aws: [aws], ...more });
const TRAIL = 'arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization';
const UUID = '1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f';
const gitHub = {
  source: {
    type: SourceType.GITHUB, repository: 'team/churn',
    connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000',
  },
};
const jira = (more: object = {}): object => ({
  url: 'https://example.atlassian.net', projectKey: 'ML', secretArn: secret(), ...more,
});

/** Controls that are right one by one and wrong together with what is around them. */
export const GOVERNANCE: ReadonlyArray<readonly [string, object, string]> = [
  [
    'separation of duties without records', gxp({ approvalRecords: false }), 'governance.approvalRecords',
  ],
  ['gxp where everybody of the account approves', govern({ profile: GXP }), 'approvers.models'],
  [
    'a group whose records would be those of the infrastructure',
    gxp({}, { deploymentGroups: [{ name: 'main' }, { name: 'infrastructure' }] }), 'deploymentGroups[1].name',
  ],
  ['separation of duties alone', govern({ separationOfDuties: true }), 'governance.approvalRecords'],
  ['approval by rule without records', govern({ ruleApproval: { groups: ['main'] } }), 'governance.approvalRecords'],
  ['Jira without records', govern({ jira: jira() }), 'governance.approvalRecords'],
  ['records without a trail', govern({ approvalRecords: true }), 'governance.auditTrail'],
  [
    'a lock for good without years', gxp({ auditTrail: { objectLock: ObjectLockMode.COMPLIANCE } }),
    'governance.auditTrail.retentionYears',
  ],
  [
    'two trails', gxp({ auditTrail: { existingTrailArn: TRAIL, organizationId: 'o-exampleorgid' } }),
    'governance.auditTrail.organizationId',
  ],
  [
    'the bucket of no trail', gxp({ auditTrail: { existingBucketName: 'trail' } }),
    'governance.auditTrail.existingBucketName',
  ],
  ['a connection that does not say who pushed', gxp({}, gitHub), 'governance.sourceTokenArn'],
  [
    'a token in another region', gxp({ sourceTokenArn: secret('eu-west-2:111111111111') }, gitHub),
    'governance.sourceTokenArn',
  ],
  [
    'a token in another account', gxp({ sourceTokenArn: secret('eu-west-1:222222222222') }, gitHub),
    'governance.sourceTokenArn',
  ],
  [
    'a secret of Jira in another region', gxp({ jira: jira({ secretArn: secret('us-east-1:111111111111') }) }),
    'governance.jira.secretArn',
  ],
  [
    'one name of two people', gxp({ identities: [person('Ana', 'ana'), person('Ben', 'Ana')] }),
    'governance.identities[1].aws[0]',
  ],
  [
    'one login of two people', gxp({
      identities: [person('Ana', 'ana', { git: ['a'] }), person('Ben', 'ben', { git: ['b', 'A'] })],
    }), 'governance.identities[1].git[1]',
  ],
  [
    'approval by rule in a group that there is not', gxp({ ruleApproval: { groups: ['develop'] } }),
    'governance.ruleApproval.groups[0]',
  ],
  [
    'approval by rule where every group is production', gxp({ ruleApproval: {} }), 'governance.ruleApproval.groups',
  ],
  ['Jira where functions have no address', gxp({ jira: jira({ secretArn: secret('us-gov-west-1:111111111111') }) }, {
    tooling: { account: '111111111111', region: 'us-gov-west-1' },
  }), 'tooling.region'],
  ['channels that are none', project({ notifications: { chat: {} } }), 'notifications.chat'],
  ['a channel by its name', project({ notifications: { chat: { slack: { workspaceId: 'T0', channelId: '#ml' } } } }),
    'notifications.chat.slack.channelId'],
  ['a team by its name', project({
    notifications: {
      chat: {
        teams: {
          tenantId: 'example.org', teamId: UUID, channelId: '19%3aa%40thread.tacv2',
        },
      },
    },
  }), 'notifications.chat.teams.tenantId'],
  ['a channel of a team by its name', project({
    notifications: {
      chat: {
        teams: {
          tenantId: UUID, teamId: UUID, channelId: 'General',
        },
      },
    },
  }), 'notifications.chat.teams.channelId'],
];

/** Governance that is right. */
export const GOVERNANCE_VALID: ReadonlyArray<readonly [string, object]> = [
  ['nothing but the profile', gxp({ identities: [person('Ana', 'ana')] })],
  ['records alone', govern({ approvalRecords: true, auditTrail: {} })],
  ['a trail alone', govern({ auditTrail: { account: '999999999999', region: 'eu-central-1' } })],
  ['a trail that is there', gxp({ auditTrail: { existingTrailArn: TRAIL, existingBucketName: 'organization-trail' } })],
  ['stages alone', govern({ lifeCycleStages: true })],
  ['gxp without separation of duties', gxp({ separationOfDuties: false })],
  ['gxp on GitHub', gxp({ sourceTokenArn: secret() }, gitHub)],
  ['both kinds of channels', project({
    notifications: {
      chat: {
        slack: { workspaceId: 'T0123', channelId: 'C0123' },
        teams: { tenantId: UUID, teamId: UUID, channelId: '19%3aa%40thread.tacv2' },
      },
    },
  })],
  ['approval by rule', gxp({ ruleApproval: { groups: ['main'] } })],
  ['one person with several names', gxp({ identities: [person('Ana', 'ana', { git: ['ana'], jira: ['ana'] })] })],
];
