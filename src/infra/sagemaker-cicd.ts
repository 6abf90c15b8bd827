import * as fs from 'node:fs';
import * as path from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ModelBuildEnvironment } from './build/model-build-environment';
import { DeliveryStack } from './deploy/delivery-stack';
import { ReplicaStack } from './deploy/replica-stack';
import { ModelDeployEnvironment } from './endpoint/deploy-environment';
import { EndpointStack } from './endpoint/endpoint-stack';
import { InfrastructureStack } from './infrastructure/infrastructure-stack';
import { PromotionStack } from './promotion/promotion-stack';
import { environmentOf, groupOf, planOf } from './shared/plan';
import { stackProps } from './shared/stack-props';
import { SourceStack } from './source/source-stack';
import type { DeliveryOptions } from '../options/delivery';
import { OptionError } from '../options/option-error';
import type { DeliveryPlan, PlannedGroup } from '../plan/model';

/** The whole delivery. */
export interface SageMakerCicdProps {
  /** The delivery, as in `config/delivery.json`. */
  readonly delivery: DeliveryOptions;

  /**
   * Root directory of the CDK app; the deploy pipeline synthesizes the endpoint templates from it.
   *
   * @default - the working directory
   */
  readonly directory?: string;
}

/**
 * Everything between a commit and production, each part in the stack, account and region that the delivery plan gives it: once the event bus, the topic
 * and the pipeline that deploys the infrastructure; per deployment group a build environment, deploy environments, a build pipeline, an approval
 * gate and a deploy pipeline.
 *
 * `cdk deploy --all` deploys all of it but the endpoints; those are in a nested stage and are deployed by the deploy pipeline alone.
 *
 * @throws OptionError when the delivery is wrong, naming each option that is
 */
export class SageMakerCicd extends Construct {
  /**
   * The delivery that a file describes.
   *
   * @param scope the CDK app
   * @param id identifies the construct in the app
   * @param file path of the file, usually `config/delivery.json`; the folder above `config` is the app's root directory
   * @throws OptionError when the file is missing, is no JSON or describes no valid delivery
   */
  public static fromConfig(scope: Construct, id: string, file: string): SageMakerCicd {
    const full = path.resolve(file);
    return new SageMakerCicd(scope, id, { delivery: readJson(full, file) as DeliveryOptions, directory: path.dirname(path.dirname(full)) });
  }

  /** All stacks that `cdk deploy` deploys, by name. */
  public readonly stacks: { [name: string]: Stack } = {};
  /** The stage with the endpoint stacks. */
  public readonly endpoints: Stage;
  private readonly plan: DeliveryPlan;

  public constructor(scope: Construct, id: string, props: SageMakerCicdProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    this.plan = plan;
    this.endpoints = new Stage(this, 'Endpoints');
    if (plan.source.stack) { this.stacks[plan.source.stack] = new SourceStack(this, plan.source.stack, plan); }
    this.stacks[plan.infrastructure.stack] = new InfrastructureStack(this, plan.infrastructure.stack, plan);
    this.addPromotion(plan);
    for (const group of plan.groups) { this.addGroup(plan, group, props); }
    for (const planned of plan.stacks.filter(s => s.deployedBy === 'infrastructure')) {
      planned.needs.forEach(name => this.stacks[planned.name].addStackDependency(this.stacks[name]));
    }
    this.limitRoles(plan);
    // Tags do not cross the border of a nested stage by themselves.
    for (const part of [this, this.endpoints]) {
      Object.entries(plan.delivery.tags).forEach(([key, value]) => Tags.of(part).add(key, value));
    }
  }

  /**
   * The stack with an environment's endpoint, for what you add to it; its files are published to the environment before each deployment.
   *
   * @param environment name of the deploy environment
   * @param group name of the deployment group; needed when the delivery has several
   * @throws OptionError when there is no such environment or group
   */
  public endpointStack(environment: string, group?: string): Stack {
    return this.endpoints.node.findChild(environmentOf(groupOf(this.plan, group), environment).endpointStack) as Stack;
  }

  /**
   * What an environment's endpoint has around it; its `cloudFormationRole` needs the right to whatever you add to the endpoint stack.
   *
   * @param environment name of the deploy environment
   * @param group name of the deployment group; needed when the delivery has several
   * @throws OptionError when there is no such environment or group
   */
  public deployEnvironment(environment: string, group?: string): ModelDeployEnvironment {
    return this.stacks[environmentOf(groupOf(this.plan, group), environment).stack].node.findChild('Environment') as ModelDeployEnvironment;
  }

  private addPromotion(plan: DeliveryPlan): void {
    const { promotion, tooling: env } = plan.delivery;
    const stackName = plan.stacks.find(s => s.kind === 'promotion')?.name;
    if (!promotion || !stackName) { return; }
    const { synthesizer } = stackProps(plan, stackName, '');
    const { topicArn } = plan.infrastructure;
    const failures = plan.promotion && { project: plan.delivery.name, topicArn, prefix: plan.promotion.failures };
    this.stacks[stackName] = new PromotionStack(this, stackName, { stackName, env, synthesizer, promotion, failures });
  }

  private addGroup(plan: DeliveryPlan, group: PlannedGroup, { delivery, directory }: SageMakerCicdProps): void {
    const shared = { delivery, group: group.name };
    const { build, pipelines } = group;
    new ModelBuildEnvironment(this.addStack(plan, build.stack, `Build environment of ${plan.delivery.name}, group ${group.name}`), 'Build', shared);
    for (const environment of group.environments) {
      const stack = this.addStack(plan, environment.stack, `Environment ${environment.name} of ${plan.delivery.name}, group ${group.name}`);
      new ModelDeployEnvironment(stack, 'Environment', { ...shared, environment: environment.name });
      new EndpointStack(this.endpoints, environment.endpointStack, environment);
    }
    for (const replica of group.replicas) { this.stacks[replica.stack] = new ReplicaStack(this, replica.stack, plan, group.name, replica); }
    this.stacks[pipelines.stack] = new DeliveryStack(this, pipelines.stack, { ...shared, directory });
  }

  private addStack(plan: DeliveryPlan, name: string, description: string): Stack {
    this.stacks[name] = new Stack(this, name, stackProps(plan, name, description));
    return this.stacks[name];
  }

  /** The boundary goes on every role, whoever made it. */
  private limitRoles({ delivery }: DeliveryPlan): void {
    if (!delivery.permissionsBoundaryName) { return; }
    for (const stack of [...Object.values(this.stacks), ...this.endpoints.node.children.filter(Stack.isStack)]) {
      iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', delivery.permissionsBoundaryName));
    }
  }
}

function readJson(full: string, shown: string): unknown {
  const fail = (value: string, fix: string) => new OptionError([{ path: shown, value, allowed: 'the JSON file with the delivery', fix }]);
  if (!fs.existsSync(full)) { throw fail('a missing file', 'Run the CDK app from the root of the repository; bring the file back from git, or let npx projen write it.'); }
  try {
    return JSON.parse(fs.readFileSync(full, 'utf-8'));
  } catch (error) {
    throw fail(`no JSON (${(error as Error).message})`, 'Mend it, bring it back from git, or let npx projen write it again.');
  }
}
