import { World } from './calls/world';
import { dataKeys } from '../../../src/accounts/data-keys';
import type { DeliveryOptions } from '../../../src/options/delivery';
import type { DeliveryPlan } from '../../../src/plan/model';
import { normaliseDelivery } from '../../../src/plan/normalise';
import { planDelivery } from '../../../src/plan/plan';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { keptAssembly } from '../../../testing/deliveries/kept';
import { stacksOf } from '../../../testing/deliveries/synth';
import { HERE } from '../../../testing/iam/assembly';
import { type AwsResource, document, type Policies, readPolicies } from '../../../testing/iam/policies';
import { accountIn, policyOutside } from '../../../testing/iam/resources';

const worlds = new Map<string, World>();

/** A delivery of the tests as it is once deployed; read once for each test file. */
export function worldOf(name: string): World {
  const known = worlds.get(name);
  if (known) { return known; }
  const world = worldFrom(DELIVERIES[name], readPolicies(keptAssembly(name)));
  worlds.set(name, world);
  return world;
}

/** Any delivery. */
export function makeWorld(options: DeliveryOptions): World {
  return worldFrom(options, policiesOf(options));
}

function worldFrom(options: DeliveryOptions, policies: Policies): World {
  const plan = planOf(options);
  const resources = new Map([...policies.resources, ...foreignDataKeys(plan).map(key => [key.arn, key] as const)]);
  return new World(plan, { ...policies, resources, bootstrapTrust: plan.delivery.tooling.account ?? HERE.account });
}

/** Keys of training data in other accounts, with the policy that the guide asks their owners for. */
function foreignDataKeys(plan: DeliveryPlan): AwsResource[] {
  return dataKeys(plan).filter(({ arn, accounts }) => !accounts.includes(accountIn(arn))).map(({ arn, statement }) => ({
    arn, account: accountIn(arn), region: arn.split(':')[3], stack: '', logicalId: '', type: 'AWS::KMS::Key',
    policy: document({ Statement: [...policyOutside(arn)!.Statement, statement] }), aliases: [], tags: {},
    properties: {},
  }));
}

export function planOf(options: DeliveryOptions): DeliveryPlan {
  return planDelivery(normaliseDelivery(options));
}

/** Roles and policies of a delivery's templates. */
export function policiesOf(options: DeliveryOptions): Policies {
  return readPolicies(stacksOf(options).app.synth().directory);
}
