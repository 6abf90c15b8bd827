import type { NamedDecisions } from './model';
import { arn } from '../arn';
import { functionLog } from '../logs';
import type { NamedDelivery } from '../model';
import { KMS_READ_WRITE, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole, Principal, RoleId } from '../roles/role-model';

/** Lambda, for functions of the delivery. */
export const LAMBDA: Principal = {
  service: 'lambda.amazonaws.com',
  anyAccount: 'Lambda names no source account when it assumes a role (Lambda guide, "Execution role").',
};

/** A function of governance that works through a queue, or is called from outside. */
interface FunctionRole {
  readonly id: RoleId;
  readonly name: string;
  readonly purpose: string;
  readonly grants: readonly Grant[];
}

function functionRole(named: NamedDelivery, decisions: NamedDecisions, made: FunctionRole): PlannedRole {
  return {
    ...made.id,
    purpose: made.purpose,
    assumedBy: LAMBDA,
    grants: [
      writeLogs(decisions.place, [functionLog(made.name)], "Writes the function's log."),
      useOwnKey(KMS_READ_WRITE, 'Decrypts what waits in queues and is kept in the memory.'),
      {
        sid: 'Tell', actions: ['events:PutEvents'], resources: [named.infrastructure.busArn],
        why: 'Reports what was decided, and what was refused.',
      },
      ...made.grants,
    ],
  };
}

/** Working through a queue, with delays of its own. */
export const QUEUE: Grant = {
  sid: 'Queue',
  actions: [
    'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage',
  ],
  resources: ['{queue}'],
  why: 'Lambda receives messages for it; it puts off what cannot be done yet.',
};

function takeOn(roles: ReadonlyArray<RoleId | undefined>): Grant {
  return {
    sid: 'Roles', actions: ['sts:AssumeRole'], resources: roles.flatMap(role => role?.arn ?? []),
    why: 'Reads versions and sets their status with the role of the build account that may.',
  };
}

/** The secret that the options name, and whatever key it is encrypted with. */
function readSecret(decisions: NamedDecisions, secretArn: string): Grant[] {
  return [
    { sid: 'Secret', actions: ['secretsmanager:GetSecretValue'], resources: [secretArn], why: 'Reads token and secret.' },
    {
      sid: 'SecretKey',
      actions: ['kms:Decrypt'],
      resources: [arn(decisions.place, 'kms', 'key/*')],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:SecretARN': secretArn,
          'kms:ViaService': `secretsmanager.${decisions.place.region ?? '{region}'}.amazonaws.com`,
        },
      },
      why: 'Decrypts the secret.',
      wildcard: "The secret's key is the user's own; the condition admits only its use for this secret.",
    },
  ];
}

/** The roles of the functions that approve without the console: by rule, and through Jira. */
export function approvalFunctionRoles(named: NamedDelivery, jiraSecretArn?: string): {
  readonly ruleApproval?: PlannedRole; readonly jira?: PlannedRole; readonly jiraWebhook?: PlannedRole;
} {
  const { governance: { decisions, roles }, groups } = named;
  if (!decisions) { return {}; }
  const memory = (actions: readonly string[]): Grant => ({
    sid: 'Memory', actions, resources: ['{table}'], why: 'Remembers issues, deliveries and what was decided.',
  });
  return {
    ...(roles.ruleApproval && decisions.ruleApproval ? {
      ruleApproval: functionRole(named, decisions, {
        id: roles.ruleApproval,
        name: decisions.ruleApproval,
        purpose: 'Checks the rules for each registered version.',
        grants: [QUEUE, takeOn(groups.map(group => group.roles.ruleApprover))],
      }),
    } : {}),
    ...(roles.jira && decisions.jira && jiraSecretArn ? {
      jira: functionRole(named, decisions, {
        id: roles.jira,
        name: decisions.jira,
        purpose: 'Opens a Jira issue for each registered version and follows its transitions.',
        grants: [
          QUEUE, memory(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']),
          ...readSecret(decisions, jiraSecretArn), takeOn(groups.map(group => group.roles.jiraApprover)),
        ],
      }),
    } : {}),
    ...(roles.jiraWebhook && decisions.jiraWebhook && jiraSecretArn ? {
      jiraWebhook: functionRole(named, decisions, {
        id: roles.jiraWebhook,
        name: decisions.jiraWebhook,
        purpose: 'Checks what Jira sends and hands on which issue to look at; it can decide nothing.',
        grants: [
          {
            sid: 'HandOn', actions: ['sqs:SendMessage'], resources: ['{queue}'], why: 'Names the issue to look at.',
          },
          memory(['dynamodb:GetItem', 'dynamodb:PutItem']), ...readSecret(decisions, jiraSecretArn),
        ],
      }),
    } : {}),
  };
}
