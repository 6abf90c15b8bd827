import { findingsOf } from '../../../testing/deliveries/findings';
import { BY_GITLAB } from '../../../testing/deliveries/gitlab';
import { cleanUp } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';

jest.setTimeout(120_000);
afterAll(cleanUp);

test.each(Object.entries({ github: BY_WORKFLOWS.workflowsOfAccounts, gitlab: BY_GITLAB.gitlabOfAccounts }))(
  'what %s needs in AWS has no finding of AwsSolutions or NIST 800-53 without a written reason', (_, delivery) => {
    expect(findingsOf(delivery)).toEqual([]);
  },
);

test('what the reasons are about is found without them, in the roles of jobs', () => {
  const found = findingsOf(BY_GITLAB.gitlab, { withoutReasons: true }).join('\n');
  for (const rule of ['AwsSolutions-IAM5', 'DynamoDB']) { expect(found).toContain(rule); }
});
