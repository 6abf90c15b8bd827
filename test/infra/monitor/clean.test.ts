import { Aspects, type IAspect } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, stacksOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

/** What cdk-nag finds in the delivery with monitors, by both packs. */
function findings(strip: boolean): string[] {
  const { app, cicd } = stacksOf(DELIVERIES.monitored);
  for (const scope of [app, cicd.endpoints]) {
    if (strip) { Aspects.of(scope).add(new WithoutReasons()); }
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

test('a delivery with monitors has no finding of AwsSolutions or NIST 800-53 without a written reason', () => {
  expect(findings(false)).toEqual([]);
});

test('what the reasons are about is found without them, in bucket, alarms and roles of monitors', () => {
  const found = findings(true).filter(text => text.includes('/Monitors/')).join('\n');
  for (const rule of ['SQS3', 'IAM5', 'CloudWatchAlarmAction', 'S3BucketReplicationEnabled']) {
    expect(found).toContain(rule);
  }
});
