import { DefaultStackSynthesizer, type StackProps } from 'aws-cdk-lib/core';
import type { DeliveryPlan } from '../../plan/model';

/**
 * What all stacks have in common that `cdk deploy` deploys: where the plan has them, with the bootstrap that the
 * delivery names, protected from deletion.
 */
export function stackProps(plan: DeliveryPlan, stackName: string, description: string): StackProps {
  return {
    stackName,
    env: plan.stacks.find(s => s.name === stackName)?.place,
    terminationProtection: true,
    description,
    synthesizer: new DefaultStackSynthesizer({ qualifier: plan.delivery.infrastructure.bootstrapQualifier }),
  };
}
