import * as path from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Annotations, Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ModelDeployEnvironment } from './endpoint/deploy-environment';
import { EnvironmentStack } from './endpoint/environment-stack';
import { claim } from './shared/one-owner';
import { environmentOf, groupOf, planOf } from './shared/plan';
import { STACK_BUILDERS } from './stack-builders';
import { Delivery } from '../delivery/delivery';
import type { DeliveryPlan } from '../plan/model';
import type { PlannedStack } from '../plan/stacks/stack';
import { warningsOf } from '../plan/warnings';

/** The whole delivery. */
export interface SageMakerCicdProps {
  /** The delivery. */
  readonly delivery: Delivery;

  /**
   * Root directory of the CDK app; the deploy pipeline synthesizes the endpoint templates from it.
   *
   * @default - the working directory
   */
  readonly directory?: string;
}

/**
 * Everything between a commit and production, each part in the stack, account and region that the delivery plan gives
 * it: the event bus, the topic and the pipeline that deploys the infrastructure; and for each deployment group a build
 * environment, deploy environments, a build pipeline, an approval gate and a deploy pipeline.
 *
 * `cdk deploy --all` deploys everything except the endpoints, which are in a nested stage and are deployed only by the
 * deploy pipeline.
 *
 * @throws OptionError when the delivery is invalid, naming each invalid option
 */
export class SageMakerCicd extends Construct {
  /**
   * The delivery that a file describes.
   *
   * @param scope the CDK app
   * @param id identifies the construct in the app
   * @param file path of the file, usually `config/delivery.json`; the folder above `config` is the app's root directory
   * @throws OptionError when the file is missing, is not valid JSON or does not describe a valid delivery
   */
  public static fromConfig(scope: Construct, id: string, file: string): SageMakerCicd {
    return new SageMakerCicd(scope, id, {
      delivery: Delivery.fromConfig(file), directory: path.dirname(path.dirname(path.resolve(file))),
    });
  }

  /** All stacks that `cdk deploy` deploys, by name. */
  public readonly stacks: { [name: string]: Stack } = {};
  /** The stage with the endpoint stacks. */
  public readonly endpoints: Stage;
  private readonly plan: DeliveryPlan;
  private readonly delivery: Delivery;

  public constructor(scope: Construct, id: string, props: SageMakerCicdProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    this.delivery = props.delivery;
    this.plan = plan;
    for (const { name, place: { account, region } } of plan.stacks) {
      claim(this, {
        key: ['stack', account, region, name].join(' '), path: 'name', value: plan.delivery.name,
        allowed: `a delivery whose stacks no other one of the app has (${name})`,
        fix: 'Give each delivery a name, or accounts and regions, of its own.',
      });
    }
    this.endpoints = new Stage(this, 'Endpoints');
    for (const stack of plan.stacks) { this.addStack(stack, props.directory); }
    for (const planned of plan.stacks.filter(s => s.deployedBy === 'infrastructure')) {
      planned.needs.forEach(name => this.stacks[planned.name].addStackDependency(this.stacks[name]));
    }
    this.limitRoles(plan);
    // On a stack, because what a construct outside of all stacks says is not told.
    const told = Annotations.of(this.stacks[plan.infrastructure.stack]);
    warningsOf(plan.delivery).forEach(warning => told.addWarningV2(warning.id, warning.text));
    // Tags do not cross the border of a nested stage by themselves.
    for (const part of [this, this.endpoints]) {
      Object.entries(plan.delivery.tags).forEach(([key, value]) => Tags.of(part).add(key, value));
    }
  }

  /**
   * The stack with an environment's endpoint, for what you add to it; its files are published to the environment before
   * each deployment.
   *
   * @param environment name of the deploy environment
   * @param group name of the deployment group; needed when the delivery has several
   * @throws OptionError when there is no such environment or group
   */
  public endpointStack(environment: string, group?: string): Stack {
    return this.endpoints.node.findChild(environmentOf(groupOf(this.plan, group), environment).endpointStack) as Stack;
  }

  /**
   * What an environment's endpoint has around it; its `cloudFormationRole` needs the right to whatever you add to the
   * endpoint stack.
   *
   * @param environment name of the deploy environment
   * @param group name of the deployment group; needed when the delivery has several
   * @throws OptionError when there is no such environment or group
   */
  public deployEnvironment(environment: string, group?: string): ModelDeployEnvironment {
    return (this.stacks[environmentOf(
      groupOf(this.plan, group),
      environment,
    ).stack] as EnvironmentStack).deployEnvironment;
  }

  private addStack(stack: PlannedStack, directory?: string): void {
    const { delivery, plan, endpoints } = this;
    const build = STACK_BUILDERS[stack.kind];
    if (stack.deployedBy === 'infrastructure') {
      this.stacks[stack.name] = build({ scope: this, delivery, plan, stack, directory });
    } else {
      build({ scope: endpoints, delivery, plan, stack, directory });
    }
  }

  /** The boundary goes on every role, including roles that you add. */
  private limitRoles({ delivery }: DeliveryPlan): void {
    if (!delivery.permissionsBoundaryName) { return; }
    for (const stack of [...Object.values(this.stacks), ...this.endpoints.node.children.filter(Stack.isStack)]) {
      iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(
        stack,
        'Boundary',
        delivery.permissionsBoundaryName,
      ));
    }
  }
}
