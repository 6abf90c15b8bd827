import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { findingsOf } from '../../../testing/deliveries/findings';
import { cleanUp } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

test('a delivery with APIs has no finding of AwsSolutions or NIST 800-53 without a written reason', () => {
  expect(findingsOf(DELIVERIES.apis)).toEqual([]);
});

test('what the reasons are about is found without them, in the API, its handler and its hooks', () => {
  const found = findingsOf(DELIVERIES.apis, { withoutReasons: true }).join('\n');
  for (const rule of ['APIG6', 'COG4', 'APIGWExecutionLoggingEnabled', 'LambdaDLQ', 'LambdaInsideVPC']) {
    expect(found).toContain(rule);
  }
});
