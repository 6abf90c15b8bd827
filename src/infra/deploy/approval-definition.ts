import { REQUESTS_SOURCE, WORKFLOW_REQUESTED } from '../../plan/workflows/model';

/** The names and ARNs that the approval gate works with. */
export interface ApprovalDefinitionInput {
  readonly partition: string;
  readonly modelPackageGroup: string;
  readonly table: string;
  /** How a deployment is started: a pipeline, or a request that a workflow takes. */
  readonly start: PipelineStart | RequestStart;
  /** Whether the registry is in the gate's own region. */
  readonly asksRegistry: boolean;
}

/** A pipeline, and the variable of it that takes the package. */
export interface PipelineStart {
  readonly deployPipeline: string;
  readonly packageVariable: string;
}

/** The table of requests and the bus that tells of them. */
export interface RequestStart {
  readonly requests: string;
  readonly bus: string;
  readonly project: string;
  readonly group: string;
  /** How long a request may wait before people are told. */
  readonly patienceSeconds: number;
}

/** How long the gate's own work takes at most. */
const TIMEOUT_SECONDS = 300;

/** Tries again while a service is busy; 3 tries, 2 to 8 seconds apart. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }];

/**
 * The approval gate in Amazon States Language.
 *
 * Events are delivered at least once, may come late, and a change of metadata repeats the status. So: an event counts
 * only when the registry says the same at this moment, and only when the package's status differs from the one that was
 * acted upon last and is not older than that. When the start fails for good, that memory is taken back, so that the
 * event can be sent again. No result path is null: CloudFormation refuses null anywhere in a template.
 *
 * SDK integrations call services in the state machine's own region (Step Functions guide, "AWS SDK service
 * integrations"). For a registry in another region the gate takes the event at its word. That it is genuine is certain:
 * only SageMaker itself can send an event with its source, and the bus lets in nothing but what the build account
 * forwards. That it is still true is not; the deploy pipeline asks the registry before it decides, and again before
 * each change, so an event that is out of date costs one execution that deploys nothing new.
 */
export function approvalDefinition(input: ApprovalDefinitionInput): object {
  const call = (service: string) => `arn:${input.partition}:states:::${service}`;
  return {
    Comment: `${'requests' in input.start ? 'Asks for a deployment' : 'Starts the deploy pipeline'} when a model `
      + 'package is approved or rejected',
    StartAt: 'IsOurs',
    TimeoutSeconds: TIMEOUT_SECONDS + ('requests' in input.start ? input.start.patienceSeconds : 0),
    States: {
      IsOurs: {
        Type: 'Choice',
        Choices: [{
          And: [
            { Variable: '$.detail.ModelPackageArn', IsPresent: true },
            { Variable: '$.detail.ModelPackageGroupName', StringEquals: input.modelPackageGroup },
            {
              Or: ['Approved', 'Rejected'].map(status => ({
                Variable: '$.detail.ModelApprovalStatus',
                StringEquals: status,
              })),
            },
          ],
          Next: input.asksRegistry ? 'AskRegistry' : 'TakeFromEvent',
        }],
        Default: 'NotOurs',
      },
      ...(input.asksRegistry ? askRegistry(input, call) : TAKE_FROM_EVENT),
      Remember: {
        Type: 'Task',
        Resource: call('dynamodb:putItem'),
        Parameters: {
          TableName: input.table,
          Item: {
            ModelPackageArn: { 'S.$': '$.package.arn' },
            ApprovalStatus: { 'S.$': '$.package.status' },
            ChangedAt: { 'S.$': '$.time' },
            EventId: { 'S.$': '$.id' },
          },
          // Times of events are all in one form and in UTC, so their order as text is their order in time (EventBridge
          // user guide, "Event structure").
          ConditionExpression: 'attribute_not_exists(ChangedAt) OR (ApprovalStatus <> :status AND ChangedAt <= '
            + ':changedAt)',
          ExpressionAttributeValues: { ':status': { 'S.$': '$.package.status' }, ':changedAt': { 'S.$': '$.time' } },
        },
        ResultPath: '$.remembered',
        Retry: BUSY_TABLE,
        Catch: [{
          ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'],
          ResultPath: '$.error',
          Next: 'Duplicate',
        }],
        Next: 'StartDeployment',
      },
      ...('requests' in input.start ? askForDeployment(input.start, call) : startPipeline(input.start, call)),
      Forget: {
        Type: 'Task',
        Resource: call('dynamodb:deleteItem'),
        Parameters: { TableName: input.table, Key: { ModelPackageArn: { 'S.$': '$.package.arn' } } },
        ResultPath: '$.forgotten',
        Retry: RETRY,
        Next: 'NotStarted',
      },
      Started: { Type: 'Succeed' },
      NotOurs: { Type: 'Succeed', Comment: 'Another group, or neither approved nor rejected' },
      Duplicate: { Type: 'Succeed', Comment: 'This status, or a later one, has already been handled' },
      NotStarted: { Type: 'Fail', Error: 'DeploymentNotStarted', CausePath: 'States.JsonToString($.error)' },
    },
  };
}

/** When the start fails for good, what was remembered is taken back. */
const FORGET = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Forget' };

function startPipeline({ deployPipeline, packageVariable }: PipelineStart, call: (service: string) => string): object {
  return {
    StartDeployment: {
      Type: 'Task',
      Resource: call('aws-sdk:codepipeline:startPipelineExecution'),
      Parameters: {
        'Name': deployPipeline,
        'ClientRequestToken.$': '$.id',
        'Variables': [{ 'Name': packageVariable, 'Value.$': '$.package.arn' }],
      },
      ResultPath: '$.execution',
      Retry: RETRY,
      Catch: [FORGET],
      Next: 'Started',
    },
  };
}

/** Who asks for what the gate lets in. */
export const APPROVAL_GATE = 'approval gate';

/** A DynamoDB that is busy. */
const BUSY_TABLE = [{
  ...RETRY[0],
  ErrorEquals: [
    'DynamoDB.ProvisionedThroughputExceededException',
    'DynamoDB.RequestLimitExceeded',
    'DynamoDB.InternalServerError',
  ],
}];

/** As `tools/deploy/workflow_requests.py` has ids; the time of an event has no fractions of seconds. */
const REQUEST_ID = "States.Format('{}.000Z-{}', States.ArrayGetItem(States.StringSplit($.time, 'Z'), 0), $.id)";

/**
 * The request is there for good before anybody is told of it: whoever misses the event finds it in the table. An event
 * that comes twice makes one request, by its id. Then the gate waits, which costs nothing, and fails if no run has
 * taken the request: the host's schedule may be off, or nobody looks at what an App could not start.
 */
function askForDeployment(
  { requests, bus, project, group, patienceSeconds }: RequestStart, call: (service: string) => string,
): object {
  return {
    StartDeployment: {
      Type: 'Task',
      Resource: call('dynamodb:putItem'),
      Parameters: {
        TableName: requests,
        Item: {
          kind: { S: 'deploy' },
          id: { 'S.$': REQUEST_ID },
          status: { S: 'waiting' },
          by: { S: APPROVAL_GATE },
          variables: { M: { MODEL_PACKAGE: { 'S.$': '$.package.arn' } } },
        },
        ConditionExpression: 'attribute_not_exists(id)',
      },
      ResultPath: '$.asked',
      Retry: BUSY_TABLE,
      Catch: [
        { ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], ResultPath: '$.error', Next: 'Tell' }, FORGET,
      ],
      Next: 'Tell',
    },
    Tell: {
      Type: 'Task',
      Resource: call('events:putEvents'),
      Parameters: {
        Entries: [{
          EventBusName: bus,
          Source: REQUESTS_SOURCE,
          DetailType: WORKFLOW_REQUESTED,
          Detail: { project, group, 'kind': 'deploy', 'id.$': REQUEST_ID },
        }],
      },
      ResultPath: '$.told',
      Retry: RETRY,
      // It waits in the table in any case.
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Wait' }],
      Next: 'Wait',
    },
    Wait: { Type: 'Wait', Seconds: patienceSeconds, Next: 'Look' },
    Look: {
      Type: 'Task',
      Resource: call('dynamodb:getItem'),
      Parameters: {
        TableName: requests,
        Key: { kind: { S: 'deploy' }, id: { 'S.$': REQUEST_ID } },
        ConsistentRead: true,
      },
      ResultPath: '$.request',
      Retry: BUSY_TABLE,
      Next: 'IsTaken',
    },
    IsTaken: {
      Type: 'Choice',
      Choices: [{
        And: [
          { Variable: '$.request.Item.status.S', IsPresent: true },
          { Variable: '$.request.Item.status.S', StringEquals: 'waiting' },
        ],
        Next: 'NotTaken',
      }],
      Default: 'Started',
    },
    NotTaken: { Type: 'Fail', Error: 'DeploymentNotTaken', Cause: 'No run of the workflow has taken the request' },
  };
}

/** The package as the registry has it at this moment. */
function askRegistry(input: ApprovalDefinitionInput, call: (service: string) => string): object {
  return {
    AskRegistry: {
      Type: 'Task',
      Resource: call('aws-sdk:sagemaker:describeModelPackage'),
      Parameters: { 'ModelPackageName.$': '$.detail.ModelPackageArn' },
      ResultSelector: {
        'arn.$': '$.ModelPackageArn',
        'group.$': '$.ModelPackageGroupName',
        'status.$': '$.ModelApprovalStatus',
      },
      ResultPath: '$.package',
      Retry: RETRY,
      Next: 'IsStillTrue',
    },
    IsStillTrue: {
      Type: 'Choice',
      Choices: [{
        And: [
          { Variable: '$.package.group', StringEquals: input.modelPackageGroup },
          { Variable: '$.package.status', StringEqualsPath: '$.detail.ModelApprovalStatus' },
        ],
        Next: 'Remember',
      }],
      Default: 'OutOfDate',
    },
    OutOfDate: { Type: 'Succeed', Comment: 'The registry has another status by now, which has its own event' },
  };
}

/** The package as the event has it. */
const TAKE_FROM_EVENT = {
  TakeFromEvent: {
    Type: 'Pass',
    Parameters: {
      'arn.$': '$.detail.ModelPackageArn',
      'group.$': '$.detail.ModelPackageGroupName',
      'status.$': '$.detail.ModelApprovalStatus',
    },
    ResultPath: '$.package',
    Next: 'Remember',
  },
};
