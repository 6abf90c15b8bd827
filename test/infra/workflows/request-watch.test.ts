import { requestWatchDefinition } from '../../../src/infra/workflows/request-watch-definition';
import { DeploymentApprovals } from '../../../src/options/github-actions';
import { runSeconds } from '../../../src/plan/workflows/patience';

interface Item { readonly status: string; readonly by?: string; readonly run?: string; readonly taken?: string }
interface State {
  readonly Type: string; readonly Next?: string; readonly ResultPath?: string; readonly Resource?: string;
  readonly Choices?: ReadonlyArray<{ readonly And: readonly Condition[]; readonly Next: string }>;
  readonly Default?: string;
  readonly Parameters?: { readonly Entries: ReadonlyArray<{ readonly DetailType: string; readonly Detail: object }> };
  readonly Catch?: ReadonlyArray<{ readonly Next: string }>;
}
interface Condition {
  readonly Variable: string;
  readonly IsPresent?: true;
  readonly StringEquals?: string;
  readonly StringEqualsPath?: string;
}

const definition = requestWatchDefinition({
  partition: 'aws', requests: 'requests', bus: 'bus', project: 'churn', group: 'main',
  runs: 'https://github.com/acme/churn/actions/runs/', patienceSeconds: 60, runSeconds: 600,
}) as { readonly StartAt: string; readonly States: { readonly [name: string]: State } };

/** The states that are passed, while the table holds these, one for each look; the last one stays. */
function play(...items: Array<Item | undefined>): string[] {
  const seen: { [where: string]: Item | undefined } = {};
  const names: string[] = [];
  const valueAt = (path: string) => {
    const [, where, field] = /^(\$\.\w+)\.Item\.(\w+)\.S$/.exec(path)!;
    return seen[where]?.[field as keyof Item];
  };
  const holds = (condition: Condition) => {
    const value = valueAt(condition.Variable);
    if (condition.IsPresent) { return value !== undefined; }
    // A path that leads nowhere fails the execution (Step Functions guide, "Choice workflow state").
    if (value === undefined) { throw new Error(`${condition.Variable} leads nowhere`); }
    return value === (condition.StringEquals ?? valueAt(condition.StringEqualsPath!));
  };
  for (let name: string | undefined = definition.StartAt; name && names.length < 20;) {
    const state: State = definition.States[name];
    names.push(name);
    if (state.Resource?.endsWith(':getItem')) { seen[state.ResultPath!] = items.length > 1 ? items.shift() : items[0]; }
    name = state.Type === 'Choice'
      ? state.Choices!.find(({ And }) => And.every(holds))?.Next ?? state.Default : state.Next;
  }
  return names;
}

const taken = (run: string, at: string): Item => ({ status: 'taken', by: 'alice', run, taken: at });
const TOLD = ['NotTaken', 'Lose', 'TellLost'];
const told = (...items: Array<Item | undefined>) => play(...items).filter(name => TOLD.includes(name));

test('what no run takes in time is told of, whoever asked for it', () => {
  expect(told({ status: 'waiting', by: 'the retraining of churn, group main' })).toEqual(['NotTaken']);
  expect(told({ status: 'waiting', by: 'arn:aws:sts::1:assumed-role/releaser/alice' })).toEqual(['NotTaken']);
  // The gate tells of its own; when a run takes it, that is watched, too.
  expect(told({ status: 'waiting', by: 'approval gate' }, { status: 'done', by: 'approval gate' })).toEqual([]);
  expect(told({ status: 'waiting', by: 'approval gate' }, taken('gh-1', '1'), taken('gh-1', '1')))
    .toEqual(['Lose', 'TellLost']);
});

test('what came to an end, or was forgotten, is not told of', () => {
  for (const status of ['done', 'failed']) {
    expect(told({ status, by: 'alice' })).toEqual([]);
    expect(told(taken('gh-1', '1'), { status, by: 'alice' })).toEqual([]);
  }
  expect(told(undefined)).toEqual([]);
  expect(told(taken('gh-1', '1'), undefined)).toEqual([]);
});

test('a run that never said how it ended is lost; one that began again, or took over, has its time', () => {
  expect(told(taken('gh-1', '1'))).toEqual(['Lose', 'TellLost']);
  expect(told(taken('gh-1', '1'), taken('gh-1', '2'), taken('gh-1', '2'), { status: 'done', by: 'alice' })).toEqual([]);
  expect(told(taken('gh-1', '1'), taken('gh-2', '2'), taken('gh-2', '2'), taken('gh-2', '2')))
    .toEqual(['Lose', 'TellLost']);
  expect(definition.States.Lose.Catch).toEqual([expect.objectContaining({ Next: 'Look' })]);
});

test('a lost run is told of as its own last job would have told it', () => {
  expect(definition.States.TellLost.Parameters!.Entries[0]).toMatchObject({
    DetailType: 'Workflow Failed',
    Detail: {
      'project': 'churn', 'group': 'main', 'kind.$': '$.detail.kind', 'id.$': '$.detail.id',
      'execution.$': '$.now.Item.run.S',
      'run.$': expect.stringContaining("'https://github.com/acme/churn/actions/runs/{}'"),
    },
  });
});

test('reviewers are waited for as long as a run may take', () => {
  const waves = [false, true].map(manualApproval => ({ environments: [{ manualApproval }] }));
  expect(runSeconds({ approvals: DeploymentApprovals.ENVIRONMENTS }, { waves })).toBe(35 * 24 * 3600);
  expect(runSeconds({ approvals: DeploymentApprovals.AWS }, { waves })).toBe(36 * 3600);
  expect(runSeconds({ approvals: DeploymentApprovals.ENVIRONMENTS }, { waves: waves.slice(0, 1) })).toBe(24 * 3600);
});
