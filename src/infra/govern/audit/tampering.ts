import type { IConstruct } from 'constructs';
import type { Place } from '../../../plan/place';
import { consoleUrl } from '../../shared/console-url';
import type { Failure } from '../../shared/failure-watch';
import { about, COMMON, from, type Subject, WHERE } from '../../shared/failures';

/** Kinds of tampering; each has a rule and an alarm of its own. */
export type TamperingKind = 'trail' | 'keys' | 'buckets' | 'evidence';

/** Calls of one service. */
interface TamperingCalls {
  readonly source: string;
  readonly calls: readonly string[];
}

/**
 * Calls by which evidence is lost or its protection taken off, as CloudTrail spells them (S3 user guide, "Amazon S3
 * CloudTrail events"; the calls' names elsewhere). Calls that were denied count, too: somebody tried.
 */
export const TAMPERING: { readonly [K in TamperingKind]: TamperingCalls } = {
  trail: {
    source: 'cloudtrail.amazonaws.com',
    calls: ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors'],
  },
  keys: {
    source: 'kms.amazonaws.com',
    calls: ['ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy', 'DisableKeyRotation', 'DeleteImportedKeyMaterial'],
  },
  // The lock's call is spelt in two ways in public, so both are listed.
  buckets: {
    source: 's3.amazonaws.com',
    calls: [
      'DeleteBucket', 'DeleteBucketPolicy', 'PutBucketPolicy', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration',
      'DeleteBucketLifecycle', 'PutBucketVersioning', 'PutObjectLockConfiguration', 'PutBucketObjectLockConfiguration',
      'PutBucketAcl', 'PutBucketLogging', 'PutBucketEncryption', 'DeleteBucketEncryption', 'PutBucketReplication',
      'DeleteBucketReplication', 'PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock',
      'DeletePublicAccessBlock', 'PutPublicAccessBlock', 'PutBucketOwnershipControls', 'DeleteBucketOwnershipControls',
    ],
  },
  // Data events, which EventBridge has only where a trail logs them. Every removal from a locked bucket is one.
  evidence: {
    source: 's3.amazonaws.com',
    calls: ['DeleteObject', 'DeleteObjects', 'PutObjectRetention', 'PutObjectLegalHold', 'PutObjectAcl'],
  },
};

/** Calls that change what a role may do or who takes it on (IAM API reference). */
export const ROLE_CALLS = [
  'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy', 'CreateRole',
  'DeleteRole', 'UpdateRole', 'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary',
] as const;

/** What is protected in one account and region. */
export interface Protected {
  /** Names of the trails; all of the account unless there are some. */
  readonly trails: readonly string[];
  /** Buckets whose settings nobody changes unseen. */
  readonly buckets: readonly string[];
  /** Those of them from which nobody removes anything. */
  readonly locked: readonly string[];
}

/** One rule's share: of its kind, with the pattern of the events. */
export interface Tampering {
  readonly kind: TamperingKind;
  /** Ending of the names of rule and alarm: the kind, with a number from the second on. */
  readonly ending: string;
  readonly description: string;
  readonly pattern: object;
}

/** Buckets that one rule names: EventBridge takes patterns of at most 2,048 characters (user guide, "Quotas"). */
const BUCKETS_IN_A_RULE = 12;

const DESCRIPTIONS: { readonly [K in TamperingKind]: string } = {
  trail: 'The audit trail is stopped, deleted or changed',
  keys: 'A key of the account is disabled, scheduled for deletion or given another policy',
  buckets: 'Policy, lock, versions, life cycle or encryption of a bucket with evidence is changed',
  evidence: 'Locked evidence is removed, or its retention changed',
};

/**
 * The rules that watch what is protected. A key's ID is not known before it exists, and its calls name nothing else, so
 * every key of the account is watched.
 */
export function tamperingIn({ trails, buckets, locked }: Protected): Tampering[] {
  // By name or by ARN.
  const named = trails.flatMap(name => [name, { suffix: `:trail/${name}` }]);
  return [
    tampering('trail', {
      ...(trails.length > 0 ? { requestParameters: { $or: [{ name: named }, { trailName: named }] } } : {}),
    }),
    tampering('keys', {}),
    ...inBuckets('buckets', buckets),
    ...inBuckets('evidence', locked),
  ];
}

function inBuckets(kind: TamperingKind, buckets: readonly string[]): Tampering[] {
  const parts = Math.ceil(buckets.length / BUCKETS_IN_A_RULE);
  return Array.from({ length: parts }, (_, i) => tampering(
    kind, { requestParameters: { bucketName: buckets.slice(i * BUCKETS_IN_A_RULE, (i + 1) * BUCKETS_IN_A_RULE) } },
    i === 0 ? '' : `${i + 1}`,
  ));
}

function tampering(kind: TamperingKind, detail: object, number = ''): Tampering {
  const { source, calls } = TAMPERING[kind];
  return {
    kind, ending: `${kind}${number}`, description: DESCRIPTIONS[kind],
    pattern: {
      'source': [`aws.${source.split('.')[0]}`],
      'detail-type': ['AWS API Call via CloudTrail'],
      'detail': { eventSource: [source], eventName: [...calls], ...detail },
    },
  };
}

const TAIL = [
  'Caller: <caller>, event <event>, error (empty if it succeeded): <error>',
  WHERE,
  'If nobody planned it, treat it as an incident. A planned change of the infrastructure does this, too: compare with '
    + 'the last approval of the infrastructure pipeline.',
];

/** What people are told; who called, where from, and whether it succeeded. */
function message(subject: Subject, title: string, parts: readonly string[] = []): readonly string[] {
  return [`TAMPERING? ${title}`, about(subject), 'Call: <call>', ...parts, ...TAIL];
}

const PARTS = {
  ...COMMON, call: '$.detail.eventName', caller: '$.detail.userIdentity.arn', event: '$.detail.eventID',
  error: '$.detail.errorCode',
};

/** What it was done to: what the call names. */
const TARGETS: { readonly [K in TamperingKind]: string } = {
  trail: '$.detail.requestParameters.name', keys: '$.detail.requestParameters.keyId',
  buckets: '$.detail.requestParameters.bucketName', evidence: '$.detail.requestParameters.bucketName',
};

/** The same, told to people where it happens. */
export function tamperingFailures(subject: Subject, protected_: Protected): Failure[] {
  return tamperingIn(protected_).map(({ kind, ending, description, pattern }) => ({
    kind: ending, description, pattern, parts: { ...PARTS, target: TARGETS[kind] },
    message: message(subject, description, ['Target: <target>']),
  }));
}

/** The same, as it arrives on a bus from these places: what arrives there was looked at where it happened. */
export function forwardedTampering(
  scope: IConstruct, subject: Subject, places: readonly Place[], bus: string,
): Failure[] {
  return (Object.keys(TAMPERING) as TamperingKind[]).map(kind => {
    const { source, calls } = TAMPERING[kind];
    return {
      kind, bus, description: DESCRIPTIONS[kind],
      pattern: {
        ...from(scope, ...places),
        'source': [`aws.${source.split('.')[0]}`],
        'detail-type': ['AWS API Call via CloudTrail'],
        'detail': { eventSource: [source], eventName: [...calls] },
      },
      parts: { ...PARTS, target: TARGETS[kind] },
      message: message(subject, DESCRIPTIONS[kind], ['Target: <target>']),
    };
  });
}

/** Alarms on the trails' log groups, and on events that could not be forwarded, as they arrive on a bus. */
export function forwardedAlarms(
  scope: IConstruct, subject: Subject, places: readonly Place[], bus: string, alarmName: ReadonlyArray<string | object>,
): Failure {
  return {
    kind: 'alarms', bus,
    description: 'Roles that approve were changed, something was tampered with in another region, or events wait',
    pattern: {
      ...from(scope, ...places),
      'source': ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      'detail': { alarmName, state: { value: ['ALARM'] } },
    },
    parts: { ...COMMON, alarm: '$.detail.alarmName', reason: '$.detail.state.reason' },
    free: ['reason'],
    message: [
      'TAMPERING? Alarm <alarm>',
      about(subject),
      'The alarm\'s description says what it is about. Who did it: the saved queries "permissions" and "tampering".',
      WHERE,
      `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#alarmsV2:alarm/<alarm>')}`,
    ],
  };
}
