import { sampleRequest } from './checks/sample-request';
import { APP_GROUP, appArguments } from './commands';
import { type FilledProject, filledProject } from './filled-project';
import type { SageMakerCicdProjectOptions } from './project-options';
import { ownedBy } from './sync/ownership';
import type { CommonDeliveryOptions } from '../options/common-delivery';
import { DEFAULT_GROUPS } from '../options/default-groups';
import type { DeliveryOptions } from '../options/delivery';
import type { InfrastructureOptions } from '../options/infrastructure';
import { UV_VERSION } from '../options/knowledge/uv-version';
import { declared } from '../options/schemas/declared';

/** What the repository's options say about its delivery; its endpoint knows a smoke test besides. */
const DELIVERY_OPTIONS = Object.keys(declared('CommonDeliveryOptions').properties ?? {}) as Array<
  keyof CommonDeliveryOptions
>;

/**
 * The delivery of a project whose options have been checked.
 *
 * Data on S3 becomes a parameter of each group that names none of its own, since that is what gives the group's jobs
 * the right to read it.
 */
export function projectDelivery(options: SageMakerCicdProjectOptions): DeliveryOptions {
  const delivery = deliveryOptions(options);
  const url = options.training?.inputDataUrl;
  if (!url?.startsWith('s3://')) { return delivery; }
  const { deploymentGroups = DEFAULT_GROUPS } = delivery;
  return {
    ...delivery, deploymentGroups: deploymentGroups.map(group => ({
      ...group, parameters: { InputDataUrl: url, ...group.parameters },
    })),
  };
}

/**
 * The part of a project's options that is about delivery, with what only the project knows: a sample request, and how
 * the CDK app is run.
 */
function deliveryOptions(options: SageMakerCicdProjectOptions): DeliveryOptions {
  const whole = filledProject(options);
  const given = Object.fromEntries(DELIVERY_OPTIONS.filter(name =>
    options[name] !== undefined).map(name => [name, options[name]]));
  return {
    ...given,
    name: options.modelName ?? options.name,
    endpoint: { ...options.endpoint, smokeTest: options.endpoint?.smokeTest ?? { body: sampleRequest(whole) ?? '' } },
    infrastructure: { ...infrastructureDefaults(whole), ...options.infrastructure },
  };
}

function infrastructureDefaults({ projenrcPython, userOwned }: FilledProject): InfrastructureOptions {
  return {
    ...(projenrcPython ? { installCommands: PYTHON_INSTALL } : {}),
    // A cdk.json of the user's names another app.
    ...(ownedBy(userOwned)('cdk.json') ? {
      synthCommand: `npx cdk synth --quiet ${appArguments(projenrcPython)}`,
    } : {}),
  };
}

/** What a fresh build image runs before an app in Python can be synthesized. */
const PYTHON_INSTALL = [
  'npm ci', `python3 -m pip install --quiet uv==${UV_VERSION}`, `uv sync --frozen --only-group ${APP_GROUP}`,
];
