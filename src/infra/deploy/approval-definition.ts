/** The names and ARNs that the approval gate works with. */
export interface ApprovalDefinitionInput {
  readonly partition: string;
  readonly modelPackageGroup: string;
  readonly table: string;
  readonly deployPipeline: string;
  readonly packageVariable: string;
  /** Whether the registry is in the gate's own region. */
  readonly asksRegistry: boolean;
}

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
    Comment: 'Starts the deploy pipeline when a model package is approved or rejected',
    StartAt: 'IsOurs',
    TimeoutSeconds: 300,
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
        Retry: [{
          ...RETRY[0],
          ErrorEquals: [
            'DynamoDB.ProvisionedThroughputExceededException',
            'DynamoDB.RequestLimitExceeded',
            'DynamoDB.InternalServerError',
          ],
        }],
        Catch: [{
          ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'],
          ResultPath: '$.error',
          Next: 'Duplicate',
        }],
        Next: 'StartDeployment',
      },
      StartDeployment: {
        Type: 'Task',
        Resource: call('aws-sdk:codepipeline:startPipelineExecution'),
        Parameters: {
          'Name': input.deployPipeline,
          'ClientRequestToken.$': '$.id',
          'Variables': [{ 'Name': input.packageVariable, 'Value.$': '$.package.arn' }],
        },
        ResultPath: '$.execution',
        Retry: RETRY,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Forget' }],
        Next: 'Started',
      },
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
