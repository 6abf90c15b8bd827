import { REQUESTS_SOURCE, WORKFLOW_FAILED, WORKFLOW_NOT_TAKEN } from '../../plan/workflows/model';
import { APPROVAL_GATE } from '../deploy/approval-definition';

/** What the watch of requests works with. */
export interface RequestWatchInput {
  readonly partition: string;
  /** The table of requests. */
  readonly requests: string;
  readonly bus: string;
  readonly project: string;
  readonly group: string;
  /** What the address of a run begins with; its number follows. */
  readonly runs: string;
  /** How long a request may wait before people are told. */
  readonly patienceSeconds: number;
  /** How long a run may take that has taken one. */
  readonly runSeconds: number;
}

/** Tries again while a service is busy; 5 tries, 2 to 32 seconds apart. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 5, BackoffRate: 2 }];

/**
 * The watch of requests in Amazon States Language: whatever a workflow was asked for must be taken in time, and what
 * was taken must come to an end. A run says itself how it ended; one whose last job never ran says nothing. Waiting
 * costs nothing.
 *
 * A run that begins again takes its request again, at another time. So only what is unchanged in all that time is lost.
 */
export function requestWatchDefinition(input: RequestWatchInput): object {
  const call = (service: string) => `arn:${input.partition}:states:::${service}`;
  const key = { kind: { 'S.$': '$.detail.kind' }, id: { 'S.$': '$.detail.id' } };
  const look = (where: string, next: string) => ({
    Type: 'Task',
    Resource: call('dynamodb:getItem'),
    Parameters: { TableName: input.requests, Key: key, ConsistentRead: true },
    ResultPath: where,
    Retry: RETRY,
    Next: next,
  });
  const tell = (what: string, detail: object) => ({
    Type: 'Task',
    Resource: call('events:putEvents'),
    Parameters: {
      Entries: [{
        EventBusName: input.bus,
        Source: REQUESTS_SOURCE,
        DetailType: what,
        Detail: {
          'project': input.project, 'group': input.group, 'kind.$': '$.detail.kind', 'id.$': '$.detail.id', ...detail,
        },
      }],
    },
    ResultPath: '$.told',
    Retry: RETRY,
    Next: 'Over',
  });
  const is = (where: string, status: string) => [
    { Variable: `${where}.Item.status.S`, IsPresent: true },
    { Variable: `${where}.Item.status.S`, StringEquals: status },
  ];
  const same = (field: string) => ({
    Variable: `$.now.Item.${field}.S`, StringEqualsPath: `$.request.Item.${field}.S`,
  });
  return {
    Comment: 'Tells people of what no workflow has taken in time, and of runs that never came to an end',
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: input.patienceSeconds, Next: 'Look' },
      Look: look('$.request', 'IsTaken'),
      IsTaken: {
        Type: 'Choice',
        Choices: [
          // The gate tells of its own, which a later run still takes.
          {
            And: [...is('$.request', 'waiting'), { Variable: '$.request.Item.by.S', StringEquals: APPROVAL_GATE }],
            Next: 'Wait',
          },
          { And: is('$.request', 'waiting'), Next: 'NotTaken' },
          { And: is('$.request', 'taken'), Next: 'Work' },
        ],
        Default: 'Over',
      },
      NotTaken: tell(WORKFLOW_NOT_TAKEN, {}),
      Work: { Type: 'Wait', Seconds: input.runSeconds, Next: 'LookAgain' },
      LookAgain: look('$.now', 'IsOver'),
      IsOver: {
        Type: 'Choice',
        Choices: [
          { And: [...is('$.now', 'taken'), same('run'), same('taken')], Next: 'Lose' },
          { And: is('$.now', 'taken'), Next: 'Look' },
        ],
        Default: 'Over',
      },
      Lose: {
        Type: 'Task',
        Resource: call('dynamodb:updateItem'),
        Parameters: {
          TableName: input.requests,
          Key: key,
          UpdateExpression: 'SET #status = :failed',
          ConditionExpression: '#status = :taken AND #run = :run AND #taken = :then',
          ExpressionAttributeNames: { '#status': 'status', '#run': 'run', '#taken': 'taken' },
          ExpressionAttributeValues: {
            ':failed': { S: 'failed' },
            ':taken': { S: 'taken' },
            ':run': { 'S.$': '$.now.Item.run.S' },
            ':then': { 'S.$': '$.now.Item.taken.S' },
          },
        },
        ResultPath: '$.lost',
        Retry: [{
          ...RETRY[0],
          ErrorEquals: [
            'DynamoDB.ProvisionedThroughputExceededException', 'DynamoDB.RequestLimitExceeded',
            'DynamoDB.InternalServerError',
          ],
        }],
        Catch: [{ ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], ResultPath: '$.error', Next: 'Look' }],
        Next: 'TellLost',
      },
      // As the run's last job would have told it (`tools/deploy/finish.py`).
      TellLost: tell(WORKFLOW_FAILED, {
        'execution.$': '$.now.Item.run.S',
        'run.$': `States.Format('${input.runs}{}', `
          + "States.ArrayGetItem(States.StringSplit($.now.Item.run.S, '-'), 1))",
      }),
      Over: { Type: 'Succeed' },
    },
  };
}
