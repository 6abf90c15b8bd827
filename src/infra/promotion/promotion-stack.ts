import { type Environment, type IStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelPackagePromotePipeline } from './model-package-promote-pipeline';
import type { PromotionOptions } from '../../options/promotion';
import { pipelinesComeLast } from '../shared/comes-last';
import { FailureWatch } from '../shared/failure-watch';
import { failedPipelines } from '../shared/failures';
import { fill } from '../shared/fill';

export interface PromotionStackProps {
  readonly stackName: string;
  readonly env?: Environment;
  readonly synthesizer?: IStackSynthesizer;
  readonly promotion: PromotionOptions;
  /** Where failures are reported: project, topic, and the beginning of the names of rules and alarms. */
  readonly failures?: {
    readonly project: string; readonly topicArn: string; readonly chatTopicArn?: string; readonly prefix: string;
  };
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
    if (props.failures) {
      const { project, topicArn, chatTopicArn, prefix } = props.failures;
      const { key, pipelineName, deadLetters } = this.promotion;
      new FailureWatch(this, 'Failures', {
        prefix, key, topicArn: fill(this, topicArn), chatTopicArn: chatTopicArn && fill(this, chatTopicArn),
        queues: deadLetters ? [deadLetters] : [],
        failures: [failedPipelines(this, { project }, [pipelineName])],
      });
    }
    pipelinesComeLast(this);
  }
}
