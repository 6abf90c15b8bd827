import { API_MATRIX } from './api-matrix';
import { BATCH_MATRIX } from './batch-matrix';
import type { EndpointShape, KindRefusal } from './endpoint-shape';
import { MONITORING_MATRIX } from './monitoring-matrix';
import { scalingLimits } from './scaling-limits';
import type { AutoscalingOptions } from '../autoscaling';
import { EndpointKind } from '../endpoint';
import { filled } from '../schemas/filled';

const { REALTIME, SERVERLESS, ASYNCHRONOUS } = EndpointKind;
const SERVERLESS_GUIDE = 'SageMaker developer guide, "Serverless Inference", "Feature exclusions"';
const SCALING_GUIDE = 'SageMaker developer guide, "Auto scaling prerequisites"';
const API = 'SageMaker API reference';

/** Each target of the scaling, and the kind that it is for. */
export const SCALING_TARGETS = {
  invocationsPerInstance: REALTIME,
  concurrentRequestsPerInstance: REALTIME,
  backlogPerInstance: ASYNCHRONOUS,
  provisionedConcurrencyUtilization: SERVERLESS,
} as const;

type Target = keyof typeof SCALING_TARGETS;

const TARGETS = Object.keys(SCALING_TARGETS) as Target[];
const REALTIME_TARGETS = TARGETS.filter(target => SCALING_TARGETS[target] === REALTIME);

const targetsOf = (autoscaling: AutoscalingOptions = { maxCapacity: 0 }) =>
  TARGETS.filter(target => autoscaling[target] !== undefined);

/** What the scaling starts from, and its smallest capacity unless it is said. */
function initial({ kind, instanceCount, serverless }: EndpointShape): number | undefined {
  return kind === SERVERLESS ? serverless?.provisionedConcurrency : instanceCount;
}

/** Smallest and largest capacity, at every time that the options name; none where it is not scaled. */
function limits(shape: EndpointShape) {
  return shape.autoscaling === undefined ? [] : scalingLimits(shape.autoscaling, initial(shape) ?? 1);
}

const smallest = (shape: EndpointShape) => Math.min(...limits(shape).map(([least]) => least));
const largest = (shape: EndpointShape) => Math.max(...limits(shape).map(([, most]) => most));
const concurrency = ({ serverless }: EndpointShape) => filled('ServerlessOptions', serverless ?? {}).maxConcurrency;
const startOption = ({ kind }: EndpointShape) => (
  kind === SERVERLESS ? 'serverless.provisionedConcurrency' : 'instanceCount');

const OF_OTHER_KINDS: KindRefusal[] = [
  {
    option: 'kind',
    refuses: ({ kind, inVpc }) => kind === SERVERLESS && inVpc === true,
    allowed: () => `"${REALTIME}" or "${ASYNCHRONOUS}" where the environment has a network: a serverless endpoint `
      + 'cannot be attached to a VPC',
    fix: 'Choose another kind, or give the environment no network.',
    source: `${SERVERLESS_GUIDE}: VPC configuration`,
  },
  {
    option: 'dataCapturePercentage',
    refuses: ({ kind, dataCapturePercentage = 0 }) => kind === SERVERLESS && dataCapturePercentage > 0,
    allowed: () => `0 for "${SERVERLESS}": a serverless endpoint captures nothing`,
    fix: 'Omit it, or choose another kind.',
    source: `${SERVERLESS_GUIDE}: data capture`,
  },
  {
    option: 'dataCapturePercentage',
    refuses: ({ kind, dataCapturePercentage = 0 }) => kind === ASYNCHRONOUS && dataCapturePercentage > 0,
    allowed: () => `0 for "${ASYNCHRONOUS}": requests and answers are in S3 anyway`,
    fix: 'Omit it; requests stay in the input folder, and answers in the output folder.',
    source: 'ours; no AWS document says whether an asynchronous endpoint captures data',
  },
  {
    option: 'deployment',
    refuses: ({ kind, deployment }) => kind === SERVERLESS && deployment !== undefined,
    allowed: () => `no value for "${SERVERLESS}": SageMaker moves its traffic all at once and looks at no alarms`,
    fix: 'Omit it, or choose another kind. The smoke test and the golden rows prove the new model.',
    source: 'SageMaker developer guide, "Deployment guardrails": only for asynchronous and real-time inference',
  },
  {
    option: 'deployment.probe',
    refuses: ({ kind, deployment }) => kind === ASYNCHRONOUS && deployment?.probe === true,
    allowed: () => `false for "${ASYNCHRONOUS}": answers wait in a queue and come too late to end an update`,
    fix: 'Omit it. The smoke test sends the golden rows.',
    source: 'ours: an update waits for minutes, an answer in a queue up to an hour',
  },
  ...(['instanceType', 'instanceCount'] as const).map((option): KindRefusal => ({
    option,
    refuses: ({ kind, givenInstances = [] }) => kind === SERVERLESS && givenInstances.includes(option),
    allowed: () => `no value for "${SERVERLESS}", which has no instances of its own`,
    fix: 'Omit it. serverless.memorySizeInMB and serverless.maxConcurrency give the size.',
    source: `${API}, ProductionVariant: instances or ServerlessConfig`,
  })),
  ...([['serverless', SERVERLESS], ['asynchronous', ASYNCHRONOUS]] as const).map(([option, own]): KindRefusal => ({
    option,
    refuses: shape => shape.kind !== own && shape[option] !== undefined,
    allowed: ({ kind }) => `no value for "${kind}"`,
    fix: `Omit it, or set kind to "${own}" in the same place.`,
    source: `${API}, CreateEndpointConfig: each kind has a configuration of its own`,
  })),
  {
    option: 'serverless.provisionedConcurrency',
    refuses: shape => (shape.serverless?.provisionedConcurrency ?? 0) > concurrency(shape),
    allowed: shape => `at most ${concurrency(shape)}, as maxConcurrency`,
    fix: 'Lower it, or raise serverless.maxConcurrency.',
    source: `${API}, ProductionVariantServerlessConfig: ProvisionedConcurrency`,
  },
];

const OF_SCALING: KindRefusal[] = [
  {
    option: 'instanceType',
    refuses: ({ kind, autoscaling, instanceType }) => (
      kind !== SERVERLESS && autoscaling !== undefined && /^ml\.t\d/.test(instanceType)),
    allowed: () => 'an instance type that is not burstable, where the endpoint is scaled',
    fix: 'Choose another type, for example "ml.m5.large", or omit autoscaling.',
    source: 'SageMaker developer guide, "Configure model auto scaling with the console": burstable instances',
  },
  {
    option: 'autoscaling',
    refuses: ({ kind, autoscaling }) => kind === REALTIME && autoscaling !== undefined
      && REALTIME_TARGETS.filter(target => autoscaling[target] !== undefined).length !== 1,
    allowed: () => `exactly one target for "${REALTIME}": invocationsPerInstance or concurrentRequestsPerInstance`,
    fix: 'Measure what one instance can take, and give one of them: AWS recommends half of it.',
    source: 'SageMaker developer guide, "Load testing your auto scaling configuration"; that two are refused is ours',
  },
  {
    option: 'autoscaling',
    refuses: ({ kind, autoscaling }) => targetsOf(autoscaling).some(target => SCALING_TARGETS[target] !== kind),
    allowed: ({ kind }) => `no target but ${TARGETS.filter(target => SCALING_TARGETS[target] === kind).join(' or ')} `
      + `for "${kind}"`,
    fix: 'Omit it, or take the target of the kind.',
    source: 'Application Auto Scaling API reference, PredefinedMetricSpecification; SageMaker developer guide, '
      + '"Autoscale an asynchronous endpoint"',
  },
  {
    option: 'autoscaling.minCapacity',
    refuses: shape => shape.kind !== ASYNCHRONOUS && shape.autoscaling !== undefined && smallest(shape) < 1,
    allowed: ({ kind }) => `1 or more for "${kind}", in schedules too`,
    fix: `Give 1 or more. Only "${ASYNCHRONOUS}" scales to zero; "${SERVERLESS}" costs nothing while nobody calls it.`,
    source: `${SCALING_GUIDE}: "Minimum instance count is required to be 1 or higher"`,
  },
  {
    option: 'autoscaling.maxCapacity',
    refuses: shape => limits(shape).some(([least, most]) => least > most || most < 1),
    allowed: shape => `at least the smallest capacity (${smallest(shape)}) and at least 1, in schedules too`,
    fix: 'Raise it, or lower minCapacity.',
    source: `${SCALING_GUIDE}: "Minimum and maximum capacity"`,
  },
  {
    option: 'autoscaling.maxCapacity',
    refuses: shape => shape.kind === SERVERLESS && shape.autoscaling !== undefined
      && largest(shape) > concurrency(shape),
    allowed: shape => `at most ${concurrency(shape)}, as serverless.maxConcurrency`,
    fix: 'Lower it, or raise serverless.maxConcurrency.',
    source: `${API}, ProductionVariantServerlessConfig: ProvisionedConcurrency`,
  },
  {
    option: 'autoscaling',
    refuses: ({ kind, autoscaling, serverless }) => (
      kind === SERVERLESS && autoscaling !== undefined && serverless?.provisionedConcurrency === undefined),
    allowed: () => 'no value without provisioned concurrency: SageMaker scales the rest of a serverless '
      + 'endpoint itself',
    fix: 'Add serverless.provisionedConcurrency, or omit autoscaling.',
    source: 'Application Auto Scaling API reference: sagemaker:variant:DesiredProvisionedConcurrency',
  },
  {
    option: 'autoscaling.minCapacity',
    refuses: shape => {
      const [start, [[least, most] = [0, 0]]] = [initial(shape), limits(shape)];
      return shape.autoscaling !== undefined && start !== undefined && least <= most && (start > most || start < least);
    },
    allowed: shape => `limits that ${startOption(shape)} (${initial(shape)}), which a new endpoint starts with, `
      + 'lies in',
    fix: 'Change the limits, or what the endpoint starts with.',
    source: 'ours; Application Auto Scaling would change the capacity at once',
  },
  {
    option: 'autoscaling.schedules',
    refuses: ({ autoscaling }) => (autoscaling?.schedules ?? []).some(({ minCapacity, maxCapacity }) => (
      minCapacity === undefined && maxCapacity === undefined)),
    allowed: () => 'schedules with a minCapacity, a maxCapacity or both',
    fix: 'Add what is to change at that time.',
    source: 'Application Auto Scaling API reference, ScalableTargetAction',
  },
  {
    option: 'autoscaling.schedules',
    refuses: ({ autoscaling: { schedules = [] } = { maxCapacity: 0 } }) => (
      new Set(schedules.map(({ name }) => name)).size < schedules.length),
    allowed: () => 'schedules with names that differ',
    fix: 'Give each of them a name of its own.',
    source: 'Application Auto Scaling API reference, PutScheduledAction: a name that exists is overwritten',
  },
];

/** Kinds with the options that do not go with them, and the limits of their scaling. */
export const KIND_MATRIX: readonly KindRefusal[] = [
  ...OF_OTHER_KINDS, ...OF_SCALING, ...BATCH_MATRIX, ...API_MATRIX, ...MONITORING_MATRIX,
];
