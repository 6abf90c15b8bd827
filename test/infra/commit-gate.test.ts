import { branchFilter, type ChangedPaths, toStringMatches } from '../../src/infra/source/changed-paths';
import { commitDefinition } from '../../src/infra/source/commit-definition';
import { sourceTriggers } from '../../src/infra/source/source-action';
import { infrastructurePaths } from '../../src/options/knowledge/infrastructure-paths';
import { SourceType } from '../../src/options/source';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const definition = (paths: ChangedPaths): Json => commitDefinition({
  partition: 'aws', repository: 'churn', pipeline: 'churn-main-build', paths,
});
const gitHub = {
  type: SourceType.GITHUB, repository: 'team/churn',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd', ignoredPaths: [],
};

/** Amazon States Language, "Choice rule", StringMatches: `*` is any characters, a backslash escapes. */
function stringMatches(pattern: string, value: string): boolean {
  const source = pattern.replace(/\\(.)|([\s\S])/g, (_, escaped: string | undefined, plain: string | undefined) => (
    plain === '*' ? '.*' : (escaped ?? plain)!.replace(/[^\w]/g, '\\$&')));
  return new RegExp(`^${source}$`, 's').test(value);
}

describe('a pattern', () => {
  test.each([
    ['README.md', ['README.md'], ['a/README.md', 'READMEXmd', 'README.md.txt', 'README.md/x']],
    ['**/README.md', ['a/README.md', 'a/b/README.md'], ['README.md', 'a/my-README.md', 'README.md/x']],
    ['docs/**', ['docs/a', 'docs/a/b.png', 'docs/.x'], ['docs', 'docs2/a', 'a/docs/b']],
    ['infra/sub/**', ['infra/sub/a'], ['infra/a', 'infra/sub']],
    ['config/delivery.json', ['config/delivery.json'], ['config/delivery_json', 'x/config/delivery.json']],
    ['a\\b', ['a\\b'], ['ab', 'a/b']],
  ])('%s means the same to Step Functions as to a trigger', (pattern, those, notThose) => {
    expect(those.filter(path => !stringMatches(toStringMatches(pattern), path))).toEqual([]);
    expect(notThose.filter(path => stringMatches(toStringMatches(pattern), path))).toEqual([]);
  });
  test('with a single asterisk takes at least what it takes as a glob', () => {
    expect(['a.json', 'b.json'].every(path => stringMatches(toStringMatches('*.json'), path))).toBe(true);
    expect(stringMatches(toStringMatches('*.json'), 'a.ts')).toBe(false);
  });
  test('of a branch is the branch, whatever git allows in its name', () => {
    expect(branchFilter('feature/{a}')).toBe('feature/\\{a\\}');
    expect(branchFilter('feature/next')).toBe('feature/next');
  });
});

describe('the state machine', () => {
  const states = (machine: Json): Json => machine.States;
  const next = (state: Json): string[] => [
    state.Next, state.Default, ...(state.Choices ?? []).map((c: Json) => c.Next),
    ...(state.Catch ?? []).map((c: Json) => c.Next),
  ].filter(Boolean);

  test.each<[string, ChangedPaths]>([
    ['ignores', { ignored: ['docs/**'] }], ['wants', { only: ['infra/**'] }], ['ignores none', { ignored: [] }],
  ])(
    'that %s paths reaches each of its states and leads to none that is not there', (_, paths) => {
      const machine = definition(paths);
      const reached = new Set<string>([machine.StartAt]);
      for (const name of reached) { next(states(machine)[name]).forEach(n => reached.add(n)); }
      expect([...reached].sort()).toEqual(Object.keys(states(machine)).sort());
      expect(JSON.stringify(machine)).not.toContain('null');
      expect(JSON.stringify(machine)).not.toContain('"Or":[]');
    });
  test('ends in Started, NothingForUs or NotStarted', () => {
    const ends = Object.entries<Json>(states(definition({ ignored: ['docs/**'] }))).filter(([
      , s,
    ]) => next(s).length === 0);
    expect(ends.map(([
      name, s,
    ]) => [name, s.Type])).toEqual([['Started', 'Succeed'], ['NothingForUs', 'Succeed'], ['NotStarted', 'Fail']]);
  });
  test('starts the pipeline for exactly the commit of the event, once for each event', () => {
    const { StartPipeline: start } = states(definition({}));
    expect(start.Parameters).toEqual({
      'Name': 'churn-main-build', 'ClientRequestToken.$': 'States.Format(\'{}-255ae9ba\', $.id)',
      'SourceRevisions': [{
        'ActionName': 'Source', 'RevisionType': 'COMMIT_ID', 'RevisionValue.$': '$.detail.commitId',
      }],
    });
  });
  test('looks at both paths of a change', () => {
    const [rule] = states(definition({ ignored: ['a'] })).LookAtChanges.ItemProcessor.States.Counts.Choices;
    expect(rule.Or.map((r: Json) => r.And[0].Variable)).toEqual(['$.BeforeBlob.Path', '$.AfterBlob.Path']);
  });
  test('stays below the events that a history holds, and below what a state holds', () => {
    const machine = states(definition({ ignored: ['a'] }));
    const pages = machine.IsForUs.Choices.find((c: Json) => c.NumericGreaterThanEquals).NumericGreaterThanEquals;
    // Each change: iteration started and ended, choice entered and left, pass entered and left.
    expect(pages * (machine.AskChanges.Parameters.MaxResults * 6 + 40)).toBeLessThan(25_000);
  });
});

describe('the gate of a pipeline', () => {
  const templates = templatesOf(DELIVERIES.sharedAccounts);
  const gates = (stack: string) => resources(templates[stack], 'AWS::StepFunctions::StateMachine').map(m =>
    m.Properties).filter(m => /commits/.test(m.StateMachineName));
  const patterns = (machine: Json) =>
    [...new Set([...JSON.stringify(machine.Definition).matchAll(/"StringMatches":"([^"]+)"/g)].map(m => m[1]))];

  test('of a model ignores the paths of the option, also where the infrastructure has a repository of its own', () => {
    const [gate, ...more] = gates('churn-north-delivery');
    expect(more).toEqual([]);
    expect(patterns(gate)).toEqual(['docs/*', 'README.md']);
    expect(JSON.stringify(gate.Definition)).toContain('"RepositoryName":"models"');
  });
  test('of the infrastructure wants its files, in its own repository', () => {
    const [gate] = gates('churn-infrastructurepipeline');
    expect(patterns(gate)).toEqual(expect.arrayContaining(['infra/*', 'package.json', 'config/delivery.json']));
    expect(JSON.stringify(gate.Definition)).toContain('"RepositoryName":"platform"');
  });
  test('is started by the rule, with its log and trace', () => {
    const [[id, machine]] = Object
      .entries<Json>(templates['churn-north-delivery'].findResources('AWS::StepFunctions::StateMachine'))
      .filter(([, m]) => m.Properties.StateMachineName.includes('commits'));
    expect(machine.Properties).toMatchObject({
      StateMachineType: 'STANDARD', TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    });
    const rule = resources(templates['churn-north-delivery'], 'AWS::Events::Rule').map(r =>
      r.Properties).find(r => r.Name === 'churn-north-commits');
    expect(rule.Targets).toEqual([expect.objectContaining({
      Arn: { 'Fn::GetAtt': [id, 'Arn'] }, RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
    })]);
    expect(rule.Targets[0].DeadLetterConfig.Arn['Fn::GetAtt'][0]).toMatch(/Commits.*DeadLetters/);
    expect(rule.EventPattern.detail.referenceName).toEqual(['main']);
  });
  test.each(['churn-north-delivery', 'churn-infrastructurepipeline'])('in %s keeps what it cannot deliver for 14 '
    + 'days in a queue of its own, which has an alarm', stack => {
    const find = (type: string) => Object.entries<Json>(templates[stack].findResources(type));
    const [[ruleId]] = find('AWS::Events::Rule').filter(([, r]) => /commits$/.test(r.Properties.Name));
    const [[queueId, queue]] = find('AWS::SQS::Queue').filter(([id]) => /Commits.*DeadLetters/.test(id));
    expect(queue.Properties).toMatchObject({
      MessageRetentionPeriod: 1209600, KmsMasterKeyId: expect.anything() as Json,
    });
    const statements = find('AWS::SQS::QueuePolicy').flatMap(([
      , p,
    ]) => p.Properties.PolicyDocument.Statement as Json[]);
    expect(statements.filter(s => s.Effect === 'Allow' && s.Resource['Fn::GetAtt'][0] === queueId)).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Condition: {
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } },
        },
      },
    ]);
    const [[, { Properties: { KeyPolicy: policy } }]] = find('AWS::KMS::Key');
    expect(policy.Statement).toContainEqual({
      Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    });
    const alarms = find('AWS::CloudWatch::Alarm').filter(([
      , a,
    ]) => JSON.stringify(a.Properties.Dimensions).includes(queueId));
    expect(alarms).toHaveLength(1);
    expect(alarms[0][1].Properties.AlarmActions).toHaveLength(1);
  });
  test('both repositories are created, each once, and kept', () => {
    const made = resources(templates['churn-source'], 'AWS::CodeCommit::Repository');
    expect(made.map(r =>
      [r.Properties.RepositoryName, r.Properties.RepositoryDescription, r.UpdateReplacePolicy])).toEqual([
      ['models', 'Model build of churn', 'Retain'], ['platform', 'Infrastructure of churn', 'Retain'],
    ]);
  });
});

describe('the trigger of a connection', () => {
  const push = (paths: ChangedPaths) =>
    (sourceTriggers(gitHub, 'feature/next', paths)![0].gitConfiguration as Json).push;

  test('leaves out what the option ignores', () => {
    expect(push({ ignored: ['docs/**', 'README.md', '**/README.md'] })).toEqual([
      { branches: { includes: ['feature/next'] }, filePaths: { excludes: ['docs/**', 'README.md', '**/README.md'] } },
    ]);
  });
  test('has no filter of paths when nothing is ignored', () => {
    expect(push({ ignored: [] })).toEqual([{ branches: { includes: ['feature/next'] } }]);
  });
  test('wants the files of the infrastructure, in no more patterns than a filter takes', () => {
    const [{ filePaths }] = push({
      only: infrastructurePaths(['package.json', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'infra/']),
    });
    expect(filePaths.includes.length).toBeLessThanOrEqual(8);
    expect(filePaths.includes).toContain('infra/**');
  });
  test('is none for CodeCommit, which has a gate', () => {
    expect(sourceTriggers({ ...gitHub, type: SourceType.CODECOMMIT }, 'main', { ignored: ['a'] })).toBeUndefined();
  });
});
