import {
  getDenialReasons, getGrantReasons, type RequestAnalysis, runSimulation, type Simulation,
} from '@cloud-copilot/iam-simulate';
import type { IamRole, Policies, PolicyDocument, Statement } from './policies';
import type { Answer, Boundaries, Context, Granted, Request } from './request';
import { keepResourceTypes } from './resource-types';
import { findResource, isOurs, ownerOf, resourcePolicy, usualContext } from './resources';

keepResourceTypes();

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/**
 * An authorisation beyond the service reference, and as what the evaluator, which keeps to the reference, is asked
 * instead.
 */
interface Beyond {
  /** Resources that the reference does not list for the action. */
  readonly type: RegExp;
  /** An action that is listed with them; otherwise the resources are renamed. */
  readonly as?: string;
  readonly rename?: readonly [RegExp, string];
  readonly source: string;
}

const RENAMED_CONNECTIONS = 'CodePipeline user guide, "AWS CodeStar Connections renamed": both prefixes are checked '
  + 'for either kind of ARN';

/**
 * What the services check beyond the service authorization reference, which lists one resource type for these actions.
 * The policies of the guides that are named give the action on the other type too.
 */
export const BEYOND_REFERENCE: { readonly [action: string]: Beyond } = {
  'sagemaker:CreateModel': {
    type: /:model-package\//, as: 'sagemaker:DescribeModelPackage',
    source: 'SageMaker guide, "Deploy a Model Version from a Different Account", policy of the group',
  },
  'sagemaker:ListModelPackages': {
    type: /:model-package-group\//, as: 'sagemaker:DescribeModelPackageGroup',
    source: 'SageMaker guide, "Cross-account discoverability", policy of the group',
  },
  'sagemaker:CreateModelPackage': {
    type: /:model-package-group\//, rename: [/:model-package-group\//, ':model-package/of-group-'],
    source: 'SageMaker API reference, CreateModelPackage: a version is added to the group that the request names',
  },
  'lambda:GetProvisionedConcurrencyConfig': {
    type: /:function:/, as: 'lambda:GetFunctionConfiguration',
    source: 'service authorization reference: versions and aliases, whose ARNs have one form; the evaluator asks for one',
  },
  'codedeploy:PutLifecycleEventHookExecutionStatus': {
    type: /:deploymentgroup:/, as: 'codedeploy:GetDeployment',
    source: 'CDK, LambdaDeploymentGroup.grantPutLifecycleEventHookExecutionStatus: the deployment group',
  },
  'codeconnections:UseConnection': {
    type: /:codestar-connections:/, rename: [/:codestar-connections:/, ':codeconnections:'],
    source: RENAMED_CONNECTIONS,
  },
  'codestar-connections:UseConnection': {
    type: /:codeconnections:/, rename: [/:codeconnections:/, ':codestar-connections:'], source: RENAMED_CONNECTIONS,
  },
};

/**
 * Decides a request as AWS would, from identity, trust, resource and key policies and the boundary, in one account or
 * across two.
 */
export async function evaluate(policies: Policies, request: Request, boundaries: Boundaries = {}): Promise<Answer> {
  const known = BEYOND_REFERENCE[request.action];
  const beyond = known?.type.test(request.resource) ? known : undefined;
  const about = (document: PolicyDocument, nothing = NOTHING) =>
    instead(relevant(document, request.action, nothing), request.action, beyond);
  const role = policies.roles.get(request.principal);
  if (!role && request.principal.startsWith('arn:') && request.principal.includes(':role/')
    && isOurs(policies, request.principal)) {
    throw new Error(`no template has the role ${request.principal}`);
  }
  const resource = findResource(policies, request.resource);
  const policy = resourcePolicy(policies, request, resource);
  const simulation: Simulation = {
    request: {
      principal: request.principal,
      action: beyond?.as ?? request.action,
      resource: { resource: rename(request.resource, beyond), accountId: ownerOf(policies, request, resource) },
      contextVariables: mutable(renamed({ ...usualContext(policies, request, resource), ...request.context })),
    },
    identityPolicies: (role?.policies ?? []).map(p => ({ name: p.name, policy: about(p.document) })),
    serviceControlPolicies: policies.organization ? [{
      orgIdentifier: 'r-test', policies: [
        { name: 'FullAWSAccess', policy: EVERYTHING },
        ...policies.organization.map((control, i) => ({ name: `organization-${i}`, policy: about(control) })),
      ],
    }] : [],
    resourceControlPolicies: [],
    ...(policy ? { resourcePolicy: about(policy, { ...NOTHING, Principal: '*' }) } : {}),
    ...(role?.boundary ? {
      permissionBoundaryPolicies: [{
        name: role.boundary, policy: about(boundaries[role.boundary]
      ?? EVERYTHING),
      }],
    } : {}),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') {
    throw new Error(
      `${request.action} on ${request.resource} is no request that AWS knows: ${JSON.stringify(result.errors)}`,
    );
  }
  const results = result.resultType === 'single' ? [result.result] : result.results;
  const ignored = results.flatMap(r => r.ignoredContextKeys ?? []);
  const wrong = Object.keys(renamed(request.context ?? {})).filter(key => ignored.includes(key));
  if (wrong.length > 0) {
    throw new Error(`${request.action} on ${request.resource} has no condition key ${wrong.join(', ')}`);
  }
  const decided = answer(result.overallResult === 'Allowed', results.map(r =>
    r.analysis).filter(a => a !== undefined), role);
  return {
    ...decided, granted: decided.granted.map(g => ({ ...g, index: originalIndex(g, request.action, role, policy) })),
  };
}

/**
 * The statements that can have a say about an action: leaving the others out is most of the evaluator's speed.
 * Encryption contexts get another name, since the evaluator knows no condition keys with variable parts other than
 * those after a slash.
 */
function relevant(document: PolicyDocument, action: string, nothing: Statement): PolicyDocument {
  const statements = statementsAbout(document, action);
  const conditions = (condition: NonNullable<Statement['Condition']>) =>
    Object.fromEntries(Object.entries(condition).map(([operator, tests]) => [operator, renamed(tests)]));
  return {
    Version: document.Version,
    Statement: (statements.length > 0 ? statements : [nothing]).map(s =>
      (s.Condition ? { ...s, Condition: conditions(s.Condition) } : s)),
  };
}

/** The same statements for what the evaluator is asked instead. */
function instead(
  { Version, Statement: statements }: PolicyDocument, action: string, beyond: Beyond | undefined,
): PolicyDocument {
  if (!beyond) { return { Version, Statement: statements }; }
  return {
    Version,
    Statement: statements.map(s => ({
      ...s,
      ...(beyond.as && isAbout(s, action) ? { Action: [beyond.as] } : {}),
      ...(s.Resource ? { Resource: s.Resource.map(r => rename(r, beyond)) } : {}),
    })),
  };
}

function rename(resource: string, beyond: Beyond | undefined): string {
  return beyond?.rename ? resource.replace(...beyond.rename) : resource;
}

/** A policy must have a statement. */
const NOTHING: Statement = { Effect: 'Deny', Action: ['none:Nothing'], Resource: ['*'] };

/** Kept by document, since the same ones are asked about again and again. */
const about = new WeakMap<PolicyDocument, Map<string, readonly Statement[]>>();

function statementsAbout(document: PolicyDocument, action: string): readonly Statement[] {
  const known = about.get(document) ?? new Map<string, readonly Statement[]>();
  about.set(document, known);
  const found = known.get(action) ?? document.Statement.filter(s => isAbout(s, action));
  known.set(action, found);
  return found;
}

function isAbout({ Action: actions, NotAction: not }: Statement, action: string): boolean {
  return not !== undefined || actions.some(pattern => regexOf(pattern).test(action));
}

const regexes = new Map<string, RegExp>();

function regexOf(pattern: string): RegExp {
  const text = pattern.replace(/[.+^$()|[\]{}\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  const regex = regexes.get(pattern) ?? new RegExp(`^${text}$`, 'i');
  regexes.set(pattern, regex);
  return regex;
}

/** Keys that requests have beyond the reference, and others with which the evaluator takes them. */
const RENAMED_KEYS: readonly (readonly [RegExp, string])[] = [
  [/^kms:EncryptionContext:(.+)$/i, 'aws:RequestTag/encryption-context-$1'],
  // Every provider has them (IAM user guide, "IAM and AWS STS condition context keys"); the reference lists them for
  // some.
  [/^(?:token\.actions\.githubusercontent|gitlab)\.com:(aud|sub)$/i, 'aws:RequestTag/web-identity-$1'],
];

function renamed<V>(keys: { readonly [key: string]: V }): { [key: string]: V } {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) =>
    [RENAMED_KEYS.reduce((name, [pattern, other]) => name.replace(pattern, other), key), value]));
}

/** Position of a statement in the whole policy. */
function originalIndex(
  { by, policy: name, index }: Granted, action: string, role?: IamRole, policy?: PolicyDocument,
): number {
  const document = by === 'resource' ? policy : role?.policies.find(p => p.name === name)?.document;
  const found = document && statementsAbout(document, action)[index];
  return found && document ? document.Statement.indexOf(found) : index;
}

function answer(allowed: boolean, analyses: readonly RequestAnalysis[], role?: IamRole): Answer {
  if (!allowed) {
    const why = analyses.flatMap(a => getDenialReasons(a)).map(d =>
      `${d.denialType} denial: ${d.policyType}${'statementId' in d ? ` ${d.statementId}` : ''}`);
    return {
      allowed, granted: [], reason: why.length > 0
        ? [...new Set(why)].join('; ')
        : `no statement allows it${role ? '' : ' (no role of the delivery)'}`,
    };
  }
  const granted = analyses.flatMap(a => getGrantReasons(a)).flatMap((g): Granted[] => (g.policyType === 'identity'
    || g.policyType === 'pb' || g.policyType === 'resource'
    ? [{
      by: g.policyType, policy: g.policyType === 'resource' ? '' : g.policyIdentifier, index: g.statementIndex - 1,
      sid: g.statementId,
    }]
    : []));
  return {
    allowed, granted, reason: granted.map(g => `${g.by} ${g.policy} ${g.sid ?? g.index}`.replace('  ', ' ')).join('; '),
  };
}

function mutable(context: Context): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(context).map(([k, v]) => [k, typeof v === 'string' ? v : [...v]]));
}
