import { type NamedWorkflows, REQUESTS_SOURCE, TOOLS_SOURCE } from './model';
import { arn } from '../arn';
import type { NamedPipelines } from '../deploy/model';
import { tellOfDeployments } from '../deploy/runner-grants';
import type { Place } from '../place';
import { KMS_READ_WRITE, useOwnKey } from '../roles/grants';
import type { Conditions, Grant } from '../roles/role-model';

/** The kinds of what is in the table of requests (`tools/deploy/requests.py`). */
export const REQUEST_KINDS = { deploy: 'deploy', build: 'build', approval: 'approval' } as const;

/** A kind of request, or of answer to one. */
export type RequestKind = keyof typeof REQUEST_KINDS;

const CALLS = {
  ask: ['dynamodb:PutItem'],
  askOnce: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  work: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  lookAt: ['dynamodb:GetItem'],
  settle: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  read: ['dynamodb:GetItem', 'dynamodb:Query'],
} as const;

/**
 * Nothing but items of these kinds. Each of these calls names the key of its items (DynamoDB guide, "Using IAM policy
 * conditions for fine-grained access control"); one that named none would pass the first condition (IAM user guide,
 * "Single-valued vs. multivalued context keys").
 */
export function onlyKinds(...kinds: readonly RequestKind[]): Conditions {
  return {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': kinds.map(kind => REQUEST_KINDS[kind]) },
    'Null': { 'dynamodb:LeadingKeys': 'false' },
  };
}

/** Asking for something, or once for the same cause, working on what was asked for, or reading; only of these kinds. */
export function useRequests(
  sid: string, place: Place, { requests }: NamedWorkflows, use: keyof typeof CALLS, kinds: readonly RequestKind[],
  why: string,
): Grant {
  return {
    sid,
    actions: CALLS[use],
    resources: [arn(place, 'dynamodb', `table/${requests}`)],
    conditions: onlyKinds(...kinds),
    why,
  };
}

/**
 * Deciding about what waits, by starting a state machine: a call that CloudTrail records with its caller, and whose
 * input nobody changes. It is the record of it that counts.
 */
export function decide(place: Place, machine: string, why: string): Grant {
  const resources = [arn(place, 'states', `stateMachine:${machine}`)];
  return { sid: 'Approve', actions: ['states:StartExecution'], resources, why };
}

/** The key of the table, and of what else is under it: only through the services that keep it. */
export function useTableKey(why: string, ...also: ReadonlyArray<'s3' | 'sqs'>): Grant {
  const services = (['dynamodb', ...also]).map(service => `${service}.{region}.amazonaws.com`);
  return { ...useOwnKey(KMS_READ_WRITE, why), conditions: { StringEquals: { 'kms:ViaService': services } } };
}

/** What a return is told (`tools/deploy/roll_back.py`). */
const RETURN_VARIABLES = ['EXECUTION_ID', 'ROLL_BACK_IN', 'STARTED_BY'];

/** What a build can be given in place of its project's own: each would run something else, elsewhere, or unseen. */
const OVERRIDES = [
  'artifacts', 'artifacts.location', 'cache', 'cache.location', 'cache.type', 'encryptionKey',
  'environment.certificate', 'environment.computeType', 'environment.fleet.fleetArn', 'environment.image',
  'environment.imagePullCredentialsType', 'environment.privilegedMode', 'environment.registryCredential',
  'environment.registryCredential.credential', 'environment.type', 'logsConfig', 'logsConfig.s3Logs',
  'logsConfig.s3Logs.location', 'secondaryArtifacts', 'secondarySources', 'serviceRole', 'source',
  'source.auth.resource', 'source.auth.type', 'source.buildspec', 'source.insecureSsl', 'source.location',
];

/**
 * Starting the build that returns endpoints, as it is: with another buildspec, image or source its role would run
 * whatever one likes (CodeBuild user guide, "AWS CodeBuild condition keys"; service authorization reference, StartBuild).
 */
export function startReturn({ place, rollBackProject }: NamedPipelines, why: string): Grant {
  return {
    sid: 'Return',
    actions: ['codebuild:StartBuild'],
    resources: [arn(place, 'codebuild', `project/${rollBackProject}`)],
    conditions: {
      'ForAllValues:StringEquals': { 'codebuild:environment.environmentVariables.name': RETURN_VARIABLES },
      'Null': Object.fromEntries(OVERRIDES.map(key => [`codebuild:${key}`, 'true'])),
    },
    why,
  };
}

/** Asking for deployments; what is deployed is still decided by the registry. */
export function askForDeployments(place: Place, workflows: NamedWorkflows, why: string): Grant {
  return useRequests('Ask', place, workflows, 'ask', ['deploy'], why);
}

/** Telling the bus exactly one thing: whoever hears it acts upon it. */
export function tellOnly(busArn: string, detailType: string, why: string): Grant {
  const told = { 'events:source': [REQUESTS_SOURCE], 'events:detail-type': [detailType] };
  return {
    sid: 'Tell',
    actions: ['events:PutEvents'],
    resources: [busArn],
    // Of many values each must be one of these; of none, "all" are (IAM user guide, "Multivalued context keys").
    conditions: {
      'ForAllValues:StringEquals': told, 'Null': Object.fromEntries(Object.keys(told).map(key => [key, 'false'])),
    },
    why,
  };
}

/** Telling people what a job did; nothing in the name of monitors, of what trains again, or of governance. */
export function tellFromJob(busArn: string): Grant {
  return {
    ...tellOfDeployments(busArn),
    conditions: {
      'ForAllValues:StringEquals': { 'events:source': [TOOLS_SOURCE, REQUESTS_SOURCE] }, 'Null': { 'events:source': 'false' },
    },
  };
}

/** Where something is that a stack of the delivery has published. */
export function readParameter(sid: string, place: Place, name: string, why: string): Grant {
  return { sid, actions: ['ssm:GetParameter'], resources: [arn(place, 'ssm', `parameter/${name}`)], why };
}

/** One object that a stack has published. */
export function readAsset(sid: string, object: '{infrastructureObject}' | '{toolsObject}', why: string): Grant {
  return { sid, actions: ['s3:GetObject'], resources: [object], why };
}
