import { type Environment, type IStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelPackagePromotePipeline } from './model-package-promote-pipeline';
import type { PromotionOptions } from '../../options/promotion';

export interface PromotionStackProps {
  readonly stackName: string;
  readonly env?: Environment;
  readonly synthesizer?: IStackSynthesizer;
  readonly promotion: PromotionOptions;
}

/** A stack with a promotion, in the account and region that packages are promoted to. */
export class PromotionStack extends Stack {
  public readonly promotion: ModelPackagePromotePipeline;

  public constructor(scope: Construct, id: string, props: PromotionStackProps) {
    super(scope, id, {
      stackName: props.stackName, env: props.env, synthesizer: props.synthesizer, terminationProtection: true,
      description: `Promotion of model packages from ${props.promotion.sourceModelPackageGroupArn}`,
    });
    this.promotion = new ModelPackagePromotePipeline(this, 'Promotion', props.promotion);
  }
}
