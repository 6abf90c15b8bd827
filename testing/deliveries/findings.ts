import { Aspects, type IAspect } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { stacksOf } from './synth';
import type { DeliveryOptions } from '../../src/options/delivery';

/** What cdk-nag finds in a delivery, by both packs; also what has a written reason, if those are taken out. */
export function findingsOf(delivery: DeliveryOptions, { withoutReasons = false } = {}): string[] {
  const { app, cicd } = stacksOf(delivery);
  for (const scope of [app, cicd.endpoints]) {
    if (withoutReasons) { Aspects.of(scope).add(new WithoutReasons()); }
    Aspects.of(scope).add(new AwsSolutionsChecks({ reports: false }));
    Aspects.of(scope).add(new NIST80053R5Checks({ reports: false }));
  }
  return app.synth().stacksRecursively.flatMap(stack => stack.messages)
    .map(({ id, entry }) => `${id} ${String(entry.data)}`).filter(found => /AwsSolutions|NIST/.test(found));
}

class WithoutReasons implements IAspect {
  public visit(node: IConstruct): void {
    const resource = node as { cfnOptions?: { metadata?: { [key: string]: unknown } } };
    if (resource.cfnOptions?.metadata) { delete resource.cfnOptions.metadata.cdk_nag; }
  }
}
