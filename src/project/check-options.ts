import * as path from 'node:path';
import { appArguments } from './app-command';
import { directoryProblems, flagProblems } from './creation-check';
import { ownedBy } from './ownership';
import type { SageMakerCicdProjectOptions } from './project-options';
import { sampleRequest, sampleRequestProblem } from './sample-request';
import { switchRules } from './switch-check';
import { UV_VERSION } from './uv-version';
import { checkProject, CREATION_KEY } from '../options/check-project';
import type { DeliveryOptions } from '../options/delivery';
import type { DeploymentGroupOptions } from '../options/deployment-group';
import type { InfrastructureOptions } from '../options/infrastructure';
import { OptionError, type OptionProblem } from '../options/option-error';
import { projectSchema } from '../options/project-schema';
import { problem, rule, type RuleFamily } from '../options/rule';
import { checkNames, NAMING } from '../plan/check';
import { normaliseDelivery } from '../plan/normalise';

const DELIVERY_OPTIONS = [
  'source', 'tooling', 'deploymentGroups', 'endpoint', 'infrastructure', 'network', 'permissionsBoundaryName', 's3AccessLogsBucketArn', 'tags', 'upgrade',
  'notifications', 'containerRepositories', 'promotion',
] as const;

/** The options that can be given to `projen new` and to `adopt` as a flag. */
export const WORDS = ['name', 'modelName', 'framework', 'problemType', 'projenrcPython', 'permissionsBoundaryName', 's3AccessLogsBucketArn'];

/**
 * Checks the options of a project, and for a new one its directory and command line.
 *
 * @throws OptionError with every problem that was found
 */
export function checkProjectOptions(options: SageMakerCicdProjectOptions, argv: readonly string[] = process.argv): void {
  const problems = checkProject(options, sampleRules(options), collisionRules, switchRules);
  if (CREATION_KEY in Object(options)) { problems.push(...creationProblems(options, argv)); }
  if (problems.length > 0) { throw new OptionError(problems); }
}

/** What is wrong around a project that `projen new` is about to make; whether its options are right does not matter for that. */
function creationProblems({ outdir }: SageMakerCicdProjectOptions, argv: readonly string[]): OptionProblem[] {
  const known = Object.keys(projectSchema.properties ?? {});
  return [...flagProblems(argv, known, WORDS), ...directoryProblems(path.resolve(typeof outdir === 'string' ? outdir : '.'))];
}

/** The data has to give a request to ask the endpoint with, unless there is one among the options. */
function sampleRules(options: SageMakerCicdProjectOptions): RuleFamily {
  const reads = ['problemType', 'training.inputDataUrl', 'training.targetColumn', 'endpoint.smokeTest', 'outdir'];
  return () => [rule(reads, () => {
    if (options.endpoint?.smokeTest !== undefined) { return []; }
    const body = sampleRequest(options);
    if (body === undefined) { return [sampleRequestProblem(options)]; }
    return body.length > 0 && body.length <= 60_000 ? [] : [
      problem('endpoint.smokeTest', undefined, 'an object with a body of 1 to 60,000 characters', 'The first row of the data has no features or too many to be one; add a request of your own.'),
    ];
  })];
}

const collisionRules: RuleFamily = () => [
  rule<[string, string | undefined, ...unknown[]]>(['name', 'modelName', ...NAMING], (name, modelName, ...values) =>
    checkNames({ name: modelName ?? name, ...Object.fromEntries(NAMING.map((option, i) => [option, values[i]])) })),
];

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
function deliveryOptions(options: SageMakerCicdProjectOptions): DeliveryOptions {
  const given = Object.fromEntries(DELIVERY_OPTIONS.filter(name => options[name] !== undefined).map(name => [name, options[name]]));
  return {
    ...given,
    name: options.modelName ?? options.name,
    endpoint: { ...options.endpoint, smokeTest: options.endpoint?.smokeTest ?? { body: sampleRequest(options) ?? '' } },
    infrastructure: { ...infrastructureDefaults(options), ...options.infrastructure },
  };
}

function infrastructureDefaults({ projenrcPython = false, userOwned = [] }: SageMakerCicdProjectOptions): InfrastructureOptions {
  return {
    ...(projenrcPython ? { installCommands: PYTHON_INSTALL } : {}),
    // A cdk.json of the user's names another app.
    ...(ownedBy(userOwned)('cdk.json') ? { synthCommand: `npx cdk synth --quiet ${appArguments(projenrcPython)}` } : {}),
  };
}

/** What a fresh build image runs before an app in Python can be synthesized. */
const PYTHON_INSTALL = ['npm ci', `python3 -m pip install --quiet uv==${UV_VERSION}`, 'uv sync --frozen --only-group infra'];
