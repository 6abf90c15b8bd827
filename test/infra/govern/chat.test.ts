import { Template } from 'aws-cdk-lib/assertions';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, stacksOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const TEAM = '1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f';
const withChat: DeliveryOptions = {
  ...DELIVERIES.gxp,
  notifications: {
    emailAddresses: ['ml@example.org'],
    chat: {
      slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
      teams: { tenantId: TEAM, teamId: TEAM, channelId: '19%3a0123abcd%40thread.tacv2' },
    },
  },
};
const { stacks } = stacksOf(withChat);
const templates = Object.values(stacks).map(stack => Template.fromStack(stack));
const infrastructure = Template.fromStack(stacks['churn-infrastructure']);

test('channels show the topic for chat applications, and nobody can do anything from there', () => {
  const channels = ['SlackChannel', 'MicrosoftTeamsChannel'].flatMap(kind =>
    resources(infrastructure, `AWS::Chatbot::${kind}Configuration`).map(channel => channel.Properties));
  expect(channels.map(channel => channel.ConfigurationName)).toEqual(['churn-slack', 'churn-teams']);
  const topics = infrastructure.findResources('AWS::SNS::Topic');
  for (const channel of channels) {
    expect(JSON.stringify(channel.GuardrailPolicies)).toContain(':iam::aws:policy/AWSDenyAll');
    expect(topics[channel.SnsTopicArns[0].Ref].Properties.TopicName).toBe('churn-chat');
  }
  const [role] = resources(infrastructure, 'AWS::IAM::Role').filter(r => r.Properties.RoleName === 'churn-chat');
  expect(role.Properties.Policies[0].PolicyDocument.Statement).toEqual([
    { Sid: 'Nothing', Effect: 'Deny', Action: '*', Resource: '*' },
  ]);
  expect(role.Properties.ManagedPolicyArns).toBeUndefined();
});

/** Every target in the tooling account that sends to the topic for chat applications. */
const chatTargets: Json[] = templates.flatMap(template => resources(template, 'AWS::Events::Rule'))
  .flatMap(rule => rule.Properties.Targets).filter(target => target.Id === 'Chat');

test('what is told by mail is told in the form that chat applications show, too', () => {
  const mails = templates.flatMap(template => resources(template, 'AWS::Events::Rule'))
    .flatMap(rule => rule.Properties.Targets).filter(target => target.Id === 'Topic');
  expect(chatTargets.length).toBeGreaterThan(20);
  expect(mails.length).toBe(chatTargets.length);
  for (const { InputTransformer: made } of chatTargets) {
    const written = JSON.stringify(made.InputTemplate);
    const filled = JSON.parse(typeof made.InputTemplate === 'string' ? made.InputTemplate
      : made.InputTemplate['Fn::Join'][1].map((part: Json) => (typeof part === 'string' ? part : 'x')).join(''));
    expect(filled).toMatchObject({ version: '1.0', source: 'custom', content: { textType: 'client-markdown' } });
    expect(filled.content.title).not.toBe('');
    // EventBridge refuses paths that the template does not use, and the template has no part without a path.
    const used = new Set([...written.matchAll(/<([a-z]+)>/gi)].map(found => found[1]));
    expect([...used].sort()).toEqual(Object.keys(made.InputPathsMap).sort());
  }
});

test('who decided and why is shown; what a service wrote freely is left to the mail, where a quote breaks nothing', () => {
  const shown = (part: string) => chatTargets.filter(target => JSON.stringify(target.InputTransformer.InputPathsMap)
    .includes(`"${part}"`)).length;
  expect(shown('$.detail.Record.reason')).toBe(2);
  expect(shown('$.detail.Record.signer.name')).toBe(2);
  expect(shown('$.detail.error')).toBe(0);
  expect(shown('$.detail.state.reason')).toBe(0);
});

test('alarms on queues are shown in the channels', () => {
  const alarms = resources(Template.fromStack(stacks['churn-governance']), 'AWS::CloudWatch::Alarm')
    .map(alarm => alarm.Properties).filter(alarm => alarm.MetricName === 'ApproximateNumberOfMessagesVisible');
  for (const alarm of alarms) { expect(JSON.stringify(alarm.AlarmActions)).toContain(':churn-chat'); }
  expect(alarms.length).toBeGreaterThan(1);
});

test('without channels nothing of them is made', () => {
  const plain = stacksOf(DELIVERIES.gxp).stacks;
  const all = Object.values(plain).map(stack => JSON.stringify(Template.fromStack(stack).toJSON()));
  expect(all.filter(text => /Chatbot|churn-chat/.test(text))).toEqual([]);
});
