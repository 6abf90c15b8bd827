import { Token } from 'aws-cdk-lib/core';
import type { AccountTrailProps } from './account-trail-props';
import { ObjectLockMode } from '../../../options/audit-trail';
import { checkAgainst } from '../../../options/engine/check';
import type { JsonSchema } from '../../../options/engine/json-schema';
import { OptionError, type OptionProblem } from '../../../options/engine/option-error';
import { inOrder, problem } from '../../../options/engine/rule';
import { declared, declaredOption } from '../../../options/schemas/declared';
import { NAME_RULES } from '../../../plan/names/name-rules';
import { KEY, text } from '../../endpoint/model-schema';

/** Names of constructs, which are checked by their types; the schemas know values. */
const CONSTRUCTS = ['key', 'topic', 'bucket'];

const TRAIL = text('The trail.', {
  'pattern': NAME_RULES.trail.pattern.source,
  'x-allowed': '3 to 128 letters, digits, ".", "_" and "-", the first and the last a letter or digit, no two of the '
    + 'others side by side',
});

const BUCKET = text('The bucket.', {
  'pattern': NAME_RULES.bucket.pattern.source, 'x-allowed': 'the name of a bucket: 3 to 63 lower-case letters, digits, '
    + '"." and "-"',
});

const BUCKET_ARNS: JsonSchema = { type: 'array', items: declared('BucketArn'), description: 'Buckets.' };

const account = declared('AccountId');
const region = declared('RegionName');
const organizationId = declaredOption('AuditTrailOptions', 'organizationId');

const STORAGE: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['trails'],
  properties: {
    trails: {
      type: 'array', minItems: 1, description: 'The trails.', items: {
        type: 'object', additionalProperties: false, required: ['trailName'],
        properties: { trailName: TRAIL, account, region },
      },
    },
    bucketName: BUCKET,
    organizationId,
    retentionYears: declaredOption('AuditTrailOptions', 'retentionYears'),
    objectLock: declaredOption('AuditTrailOptions', 'objectLock'),
    accessLogsBucketArn: declared('BucketArn'),
  },
};

const ACCOUNT_TRAIL: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['trailName', 'bucketName', 'kmsKeyArn'],
  properties: {
    trailName: TRAIL,
    bucketName: BUCKET,
    kmsKeyArn: KEY,
    isOrganizationTrail: { type: 'boolean', description: 'Whether it logs the organization.' },
    loggedBucketArns: BUCKET_ARNS,
    lockedBucketArns: BUCKET_ARNS,
    endpointInvocations: { type: 'boolean', description: 'Whether invocations are logged.' },
    watchedRoleNames: {
      type: 'array', description: 'Roles.', items: text('A role.', {
        'pattern': '^[\\w+=,.@*-]{1,64}$',
        'x-allowed': 'the name of a role: 1 to 64 letters, digits and +=,.@_-, or * for any of them',
      }),
    },
    watchedBucketNames: { type: 'array', items: BUCKET, description: 'Buckets.' },
    alarmPrefix: text('The alarms.', {
      'pattern': '^[.\\-_A-Za-z0-9]{1,52}$', 'x-allowed': '1 to 52 letters, digits, ".", "_" and "-"',
    }),
  },
};

const QUERIES: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['databaseName', 'workGroupName', 'trailBucketName'],
  properties: {
    databaseName: text('The database.', {
      'pattern': NAME_RULES.database.pattern.source,
      'x-allowed': '1 to 128 lower-case letters, digits, "_" and "-"',
    }),
    workGroupName: text('The workgroup.', {
      'pattern': NAME_RULES.workgroup.pattern.source, 'x-allowed': '1 to 128 letters, digits, ".", "_" and "-"',
    }),
    trailBucketName: BUCKET,
    resultsBucketName: BUCKET,
    organizationId,
    accounts: { type: 'array', minItems: 1, items: account, description: 'Accounts.' },
    regions: { type: 'array', minItems: 1, items: region, description: 'Regions.' },
    approverRoleNames: {
      type: 'array', description: 'Roles.', items: text('A role.', {
        'pattern': NAME_RULES.role.pattern.source,
        'x-allowed': 'the name of a role: 1 to 64 letters, digits and +=,.@_-',
      }),
    },
    accessLogsBucketArn: declared('BucketArn'),
  },
};

/** CloudTrail user guide, "Quotas": values of all conditions of a trail's advanced event selectors together. */
const SELECTOR_VALUES = 500;

/** What is checked of the lock beyond its schema. */
interface Locked {
  readonly objectLock?: ObjectLockMode;
  readonly retentionYears?: number;
}

/** Checks the properties of the storage. */
export function checkTrailStorage(props: Locked): void {
  check(STORAGE, props, props.objectLock === ObjectLockMode.COMPLIANCE && props.retentionYears === undefined ? [problem(
    'retentionYears', undefined,
    'the number of years, because objectLock is COMPLIANCE and nobody can shorten it later',
    'Give the years that your retention policy asks for.',
  )] : []);
}

/** Checks the properties of a trail. */
export function checkAccountTrail(props: AccountTrailProps): void {
  const values = (props.loggedBucketArns?.length ?? 0) + (props.lockedBucketArns?.length ?? 0);
  check(ACCOUNT_TRAIL, props, values > SELECTOR_VALUES - 20 ? [problem(
    'loggedBucketArns', values, `at most ${SELECTOR_VALUES - 20} buckets, with those in lockedBucketArns: a trail's `
      + `selectors have at most ${SELECTOR_VALUES} values`,
    'Log the others with a second trail.',
  )] : []);
}

/** Checks the properties of the queries. */
export function checkAuditQueries(props: object): void {
  check(QUERIES, props, []);
}

/** Names are made of these, so they must be there at the synth. */
const WRITTEN_OUT = ['trailName', 'databaseName', 'workGroupName'];

/** What is known only at the deployment cannot be checked yet. */
function check(schema: JsonSchema, props: object, more: readonly OptionProblem[]): void {
  const isLater = (name: string, value: unknown) => CONSTRUCTS.includes(name) || value === undefined
    || isKnownLater(value) || (Token.isUnresolved(value) && !WRITTEN_OUT.includes(name));
  const values = Object.fromEntries(Object.entries(props as { readonly [name: string]: unknown })
    .filter(([name, value]) => !isLater(name, value)).map(([name, value]) => [name, known(value)]));
  const later = Object.keys(props).filter(name => !(name in values));
  const problems = checkAgainst(schema, values, '').filter(p => !later.includes(p.path)
    || (props as { readonly [name: string]: unknown })[p.path] === undefined);
  const all = problems.length > 0 ? problems : more;
  if (all.length > 0) { throw new OptionError(inOrder(schema, [...all])); }
}

/** Whether a list has entries and none of them is known. */
function isKnownLater(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(entry => Token.isUnresolved(entry));
}

/** The same without entries, and without fields, that are known later. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) { return value.filter(entry => !Token.isUnresolved(entry)).map(known); }
  if (typeof value !== 'object' || value === null) { return value; }
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => !Token.isUnresolved(inner)
    && inner !== undefined));
}
