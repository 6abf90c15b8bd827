import { project } from './place-parts';
import { GovernanceProfile, ObjectLockMode, SourceType } from '../../src/options';

const { GXP } = GovernanceProfile;
const govern = (governance: object, more: object = {}): object => project({ governance, ...more });
const gxp = (more: object, others: object = {}): object => govern({ profile: GXP, ...more }, others);
const secret = (place = 'eu-west-1:111111111111'): string =>
  `arn:aws:secretsmanager:${place}:secret:ml/token-AbCdEf`;
const person = (name: string, aws: string, more: object = {}): object => ({ name, aws: [aws], ...more });
const TRAIL = 'arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization';
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
  ['separation of duties alone', govern({ separationOfDuties: true }), 'governance.approvalRecords'],
  ['approval by rule without records', govern({ ruleApproval: {} }), 'governance.approvalRecords'],
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
  ['approval by rule', gxp({ ruleApproval: { groups: ['main'] } })],
  ['one person with several names', gxp({ identities: [person('Ana', 'ana', { git: ['ana'], jira: ['ana'] })] })],
];
