import * as path from 'node:path';
import { directoryProblems, flagProblems } from './creation-check';
import type { SageMakerCicdProjectOptions } from './project-options';
import { sampleRequest, sampleRequestProblem } from './sample-request';
import { switchProblems } from './switch-check';
import { UV_VERSION } from './uv-version';
import { checkDelivery } from '../delivery/check';
import { normaliseDelivery } from '../delivery/normalise';
import { checkAgainst, unknownName } from '../options/check';
import type { DeliveryOptions } from '../options/delivery';
import type { DeploymentGroupOptions } from '../options/deployment-group';
import { upgradeSchema, wordSchemas } from '../options/model-schema';
import { checkModelOptions } from '../options/model-settings';
import { OptionError, type OptionProblem } from '../options/option-error';

/** Options that projen itself takes for every project. */
const PROJEN_OPTIONS = [
  'name', 'parent', 'outdir', 'logging', 'projenrcJson', 'projenrcJsonOptions', 'projenCommand', 'renovatebot', 'renovatebotOptions',
  'commitGenerated', 'gitOptions', 'gitIgnoreOptions', 'projectTree', 'lfsPatterns', 'endOfLine',
];

/** This package's own options. */
const DELIVERY_OPTIONS = [
  'source', 'tooling', 'deploymentGroups', 'endpoint', 'infrastructure', 'network', 'permissionsBoundaryName', 's3AccessLogsBucketArn', 'tags',
] as const;
const OWN_OPTIONS = ['modelName', 'framework', 'problemType', 'projenrcPython', 'training', 'qualityGate', ...DELIVERY_OPTIONS, 'userOwned', 'upgrade', 'devDeps'];

/** The options that can be given to `projen new` as a flag. */
const WORDS = ['name', 'modelName', 'framework', 'problemType', 'projenrcPython', 'permissionsBoundaryName', 's3AccessLogsBucketArn'];

/** What `projen new` hides in the options of a project that it creates. */
const CREATION_KEY = '__new__';

/**
 * Checks the options of a project, and for a new one its directory and command line.
 *
 * @throws OptionError with every problem that was found
 */
export function checkProjectOptions(options: SageMakerCicdProjectOptions, argv: readonly string[] = process.argv): void {
  const known = [...OWN_OPTIONS, ...PROJEN_OPTIONS];
  const given = options as unknown as { readonly [name: string]: unknown };
  const problems: OptionProblem[] = Object.keys(given)
    .filter(name => given[name] !== undefined && !known.includes(name) && name !== CREATION_KEY)
    .map(name => unknownName(name, name, given[name], known));
  for (const word of ['projenrcPython', 'userOwned', 'devDeps']) {
    if (given[word] !== undefined) { problems.push(...checkAgainst(wordSchemas[word], given[word], word)); }
  }
  if (options.upgrade !== undefined) { problems.push(...checkAgainst(upgradeSchema, options.upgrade, 'upgrade')); }
  problems.push(...checkModelOptions(options));
  if (problems.length === 0) { problems.push(...smokeTestProblems(options)); }
  if (problems.length === 0) { problems.push(...checkDelivery(deliveryOptions(options))); }
  if (problems.length === 0) { problems.push(...switchProblems(options)); }
  if (given[CREATION_KEY] !== undefined) {
    problems.push(...flagProblems(argv, known, WORDS), ...directoryProblems(path.resolve(options.outdir ?? '.')));
  }
  if (problems.length > 0) { throw new OptionError(problems); }
}

/**
 * The delivery of a project whose options have been checked.
 *
 * Data on S3 becomes a parameter of each group that names none of its own, since that is what gives the group's jobs the right to read it.
 */
export function projectDelivery(options: SageMakerCicdProjectOptions): DeliveryOptions {
  const delivery = deliveryOptions(options);
  const url = options.training?.inputDataUrl;
  if (!url?.startsWith('s3://')) { return delivery; }
  const groups = normaliseDelivery(delivery).deploymentGroups as unknown as DeploymentGroupOptions[];
  return { ...delivery, deploymentGroups: groups.map(group => ({ ...group, parameters: { InputDataUrl: url, ...group.parameters } })) };
}

/** The part of a project's options that is about delivery, with what only the project knows: a sample request, and how the CDK app is run. */
export function deliveryOptions(options: SageMakerCicdProjectOptions): DeliveryOptions {
  const given = Object.fromEntries(DELIVERY_OPTIONS.filter(name => options[name] !== undefined).map(name => [name, options[name]]));
  const { endpoint = {}, infrastructure = {} } = given;
  return {
    ...given,
    name: options.modelName ?? options.name,
    // A wrong endpoint, such as a text from the command line, goes on as it is, for the check to name it.
    endpoint: isObject(endpoint) ? { ...endpoint, smokeTest: smokeTest(options) } : endpoint,
    ...(options.projenrcPython && isObject(infrastructure) ? { infrastructure: { installCommands: PYTHON_INSTALL, ...infrastructure } } : {}),
  } as DeliveryOptions;
}

/** What a fresh build image runs before an app in Python can be synthesized. */
const PYTHON_INSTALL = ['npm ci', `python3 -m pip install --quiet uv==${UV_VERSION}`, 'uv sync --frozen --only-group infra'];

function smokeTest(options: SageMakerCicdProjectOptions): unknown {
  return options.endpoint?.smokeTest ?? { body: sampleRequest(options) };
}

function smokeTestProblems(options: SageMakerCicdProjectOptions): OptionProblem[] {
  if (options.endpoint?.smokeTest !== undefined || sampleRequest(options) !== undefined) { return []; }
  return [sampleRequestProblem(options)];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
