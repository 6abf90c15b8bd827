import { apiChecks } from './api-checks';
import { imageChecks } from './build-checks';
import {
  buildLeftovers, deliveryLeftovers, environmentLeftovers, pipelineLeftovers, promotionLeftovers, replicaLeftovers,
} from './leftover-checks';
import { promotionChecks } from './promotion-checks';
import { sourceChecks } from './source-checks';
import { keyCheck, surroundingChecks, topicCheck } from './surrounding-checks';
import { auditLeftovers, existingTrail, trailChecks } from './trail-checks';
import { hostChecks, workflowChecks } from './workflow-checks';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { PlannedStack, StackKind } from '../../plan/stacks/stack';
import { dataKeyChecks } from '../data-keys';
import { ENDPOINT_CHECKS } from '../endpoint-kinds';
import type { PreflightCheck } from '../preflight-check';
import {
  buildQuotas, endpointQuotas, type JobDefaults, jobQuotas, monitorQuotas, serverlessQuotas, transformQuotas,
} from '../quotas';

/** What a kind of stack needs on AWS before it is deployed. */
interface ChecksOfKind {
  /** For each of its stacks. */
  readonly each?: (plan: DeliveryPlan, stack: PlannedStack) => readonly PreflightCheck[];
  /** For all of its stacks together. */
  readonly together?: (plan: DeliveryPlan, jobs: JobDefaults) => readonly PreflightCheck[];
}

/** The checks of each kind of stack; the plan's side of the same list is `STACK_KINDS`. */
const STACK_CHECKS: { readonly [K in StackKind]: ChecksOfKind } = {
  source: {},
  infrastructure: {
    each: plan => [
      ...surroundingChecks({ ...plan.delivery, ...plan.delivery.tooling }),
      ...(plan.delivery.notifications.topicArn
        ? [topicCheck(plan.delivery.tooling, plan.delivery.notifications.topicArn)] : []),
      ...workflowChecks(plan),
    ],
  },
  promotion: {
    each: (plan, stack) => [...promotionChecks(plan.promotion!), promotionLeftovers(stack, plan)],
  },
  build: {
    each: (plan, stack) => {
      const group = groupOf(plan, stack);
      const { build } = group;
      return [
        ...surroundingChecks({ ...build, ...build.place }), ...dataKeyChecks(plan, {
          arns: build.inputDataKeyArns, place: build.place, data: 'training data', option: 'inputDataKeyArns',
        }), ...imageChecks(build),
        ...(build.kmsKeyArn ? [keyCheck(build.place, build.kmsKeyArn)] : []),
        buildLeftovers(stack, group),
      ];
    },
    together: jobQuotas,
  },
  environment: {
    each: (plan, stack) => {
      const environment = environmentOf(plan, stack);
      const { place, endpoint: { kmsKeyArn }, batch } = environment;
      const inputKeyArn = batch?.settings.inputKeyArn;
      return [
        ...surroundingChecks({ ...environment, ...place }), ...(kmsKeyArn ? [keyCheck(place, kmsKeyArn)] : []),
        ...dataKeyChecks(plan, {
          arns: inputKeyArn === undefined ? [] : [inputKeyArn], place, data: 'data to score',
          option: 'endpoint.batch.inputKeyArn',
        }),
        ...apiChecks(environment),
        environmentLeftovers(stack, environment),
      ];
    },
    together: monitorQuotas,
  },
  audit: { each: (plan, stack) => auditLeftovers(stack, plan.governance.audit!), together: existingTrail },
  trail: { each: (plan, stack) => trailChecks(stack, plan.governance.audit!) },
  governance: {},
  replica: { each: (plan, stack) => [replicaLeftovers(stack, groupOf(plan, stack))] },
  delivery: {
    each: (plan, stack) => {
      const group = groupOf(plan, stack);
      return [
        ...sourceChecks(plan, plan.delivery.source, group.sourceBranch), deliveryLeftovers(stack, group),
      ];
    },
    together: plan => [...buildQuotas(plan), ...hostChecks(plan)],
  },
  pipeline: {
    each: (plan, stack) => [
      ...sourceChecks(plan, plan.delivery.infrastructure.source, plan.delivery.infrastructure.sourceBranch),
      ...pipelineLeftovers(stack, plan),
    ],
  },
  endpoint: {
    each: (plan, stack) => {
      const environment = environmentOf(plan, stack);
      return ENDPOINT_CHECKS[environment.endpoint.kind].checks(environment);
    },
    together: plan => [
      ...endpointQuotas(plan), ...serverlessQuotas(plan), ...transformQuotas(plan),
    ],
  },
};

/** In which order what stacks need is looked at: first what others are reached by. */
const ORDER: ReadonlyArray<PreflightCheck['kind']> = [
  'hostRepository', 'hostSubject', 'hostBranch', 'hostEnvironment', 'repository', 'connection', 'identityProvider',
  'signingKey', 'network', 'logs', 'topic', 'alarm', 'key', 'quota', 'trail', 'dataKey', 'secret',
  'bucket', 'bus',
  'certificate', 'hostedZone', 'webAcl', 'vpcEndpoints', 'apiLogs', 'layer', 'release',
  'leftover',
];

/** What the stacks of a delivery need. */
export function stackChecks(plan: DeliveryPlan, jobs: JobDefaults): PreflightCheck[] {
  const checks = [
    ...plan.stacks.flatMap(stack => STACK_CHECKS[stack.kind].each?.(plan, stack) ?? []),
    ...Object.values(STACK_CHECKS).flatMap(({ together }) => together?.(plan, jobs) ?? []),
  ];
  return checks.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function groupOf({ groups }: DeliveryPlan, { group }: PlannedStack): PlannedGroup {
  return groups.find(({ name }) => name === group)!;
}

function environmentOf(plan: DeliveryPlan, stack: PlannedStack): PlannedEnvironment {
  return groupOf(plan, stack).environments.find(({ name }) => name === stack.environment)!;
}
