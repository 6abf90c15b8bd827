import { project } from './place-parts';

const role = (name: string, account = '111111111111'): string => `arn:aws:iam::${account}:role/${name}`;
const user = (name: string, partition = 'aws'): string => `arn:${partition}:iam::111111111111:user/${name}`;
const models = (people: object): object => project({ approvers: { models: people } });
const deployments = (...roleArns: string[]): object => project({ approvers: { deployments: { roleArns } } });
const long = 'n'.repeat(64);

/** People who decide that are right one by one and wrong together with what is around them. */
export const APPROVERS: ReadonlyArray<readonly [string, object, string]> = [
  ['nobody', models({}), 'approvers.models'],
  ['empty lists of people', models({ userArns: [], permissionSets: [] }), 'approvers.models'],
  ['a user of another partition', models({ userArns: [user('ana', 'aws-cn')] }), 'approvers.models.userArns[0]'],
  ['a user in place of a role', deployments(user('ana')), 'approvers.deployments.roleArns[0]'],
  ['a role in place of a user', models({ userArns: [role('ana')] }), 'approvers.models.userArns[0]'],
  ['everybody', models({ userArns: [user('*')] }), 'approvers.models.userArns[0]'],
  ['a whole account', deployments('arn:aws:iam::111111111111:root'), 'approvers.deployments.roleArns[0]'],
  [
    'a session', deployments(role('a'), 'arn:aws:sts::111111111111:assumed-role/a/b'),
    'approvers.deployments.roleArns[1]',
  ],
  [
    'the role of a permission set', deployments(
      role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Owner_0123456789abcdef'),
    ), 'approvers.deployments.roleArns[0]',
  ],
  ['a service\'s role', deployments(role('aws-service-role/x.amazonaws.com/x')), 'approvers.deployments.roleArns[0]'],
  ['a role of the delivery', deployments(role('a'), role('churn-main-build')), 'approvers.deployments.roleArns[1]'],
  ['a permission set by pattern', models({ permissionSets: ['Owner*'] }), 'approvers.models.permissionSets[0]'],
  ['a permission set twice', models({ permissionSets: ['Owner', 'Owner'] }), 'approvers.models.permissionSets'],
  [
    'a permission set with a long name', models({ permissionSets: ['o'.repeat(33)] }),
    'approvers.models.permissionSets[0]',
  ],
  [
    'more people than a trust policy takes',
    models({ userArns: Array.from({ length: 30 }, (_, i) => user(`${i}${long}`.slice(0, 64))) }),
    'approvers.models',
  ],
  [
    'an approval where no pipeline waits',
    project({ approvers: { infrastructure: { permissionSets: ['Owner'] } }, infrastructure: { pipeline: false } }),
    'approvers.infrastructure',
  ],
];

/** People who decide that are right. */
export const APPROVERS_VALID: ReadonlyArray<readonly [string, object]> = [
  ['no approver', project({ approvers: {} })],
  ['people of each kind', models({
    userArns: [user('a'), user('team/b')], roleArns: [role('people/x', '999999999999')],
    permissionSets: ['Owner', 'A-b'],
  })],
  [
    'a role that is named like one of the delivery, of another account',
    deployments(role('churn-main-build', '999999999999')),
  ],
  ['releasers where no infrastructure waits', project({
    approvers: { deployments: { permissionSets: ['Owner'] } }, infrastructure: { pipeline: false },
  })],
];
