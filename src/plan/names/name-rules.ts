/**
 * What a service allows in a name. Names are always made of lower-case letters, digits and hyphens, which all of them
 * allow.
 */
export interface NameRule {
  /** Longest name, in characters, once `reserved` is taken off. */
  readonly max: number;
  /** Characters of the limit that are kept free for what CloudFormation or this package appends. */
  readonly reserved?: number;
  /** What the service's own check is, for tests and messages. */
  readonly pattern: RegExp;
  /** Where the numbers come from. */
  readonly source: string;
}

/** `-` + 12 digits of the account + `-` + the longest region name there is (`us-isof-south-1`). */
const ACCOUNT_AND_REGION = 29;

/** The limits of every kind of name that a delivery uses. */
export const NAME_RULES = {
  stack: {
    max: 128,
    pattern: /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/,
    source: 'CloudFormation API reference, CreateStack, StackName',
  },
  bucket: {
    max: 63, reserved: ACCOUNT_AND_REGION, pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    source: 'S3 user guide, general purpose bucket naming rules (global: account and region are appended)',
  },
  role: {
    max: 64,
    pattern: /^[\w+=,.@-]{1,64}$/,
    source: 'IAM API reference, CreateRole, RoleName (not case sensitive)',
  },
  keyAlias: {
    max: 256,
    reserved: 6,
    pattern: /^[a-zA-Z0-9/_-]{1,250}$/,
    source: 'KMS API reference, CreateAlias, AliasName (with `alias/`)',
  },
  modelPackageGroup: {
    max: 63,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    source: 'SageMaker API reference, CreateModelPackageGroup, ModelPackageGroupName',
  },
  sagemakerPipeline: {
    max: 256,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/,
    source: 'SageMaker API reference, CreatePipeline, PipelineName',
  },
  endpoint: {
    max: 63,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    source: 'SageMaker API reference, CreateEndpoint, EndpointName (not case sensitive)',
  },
  releasedEndpoint: {
    max: 63,
    reserved: 10,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    source: 'as an endpoint; `-r` and eight characters of the release are appended',
  },
  processingJobs: {
    max: 63,
    reserved: 37,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    source: 'SageMaker API reference, CreateProcessingJob, ProcessingJobName; a hyphen and 36 characters of an '
      + 'execution\'s ID are appended',
  },
  api: { max: 128, pattern: /^[a-zA-Z0-9-]{1,128}$/, source: 'API Gateway V2 API reference, CreateApi, Name' },
  codeDeploy: {
    max: 100,
    pattern: /^[a-zA-Z0-9-]{1,100}$/,
    source: 'CodeDeploy API reference, CreateApplication, CreateDeploymentGroup, CreateDeploymentConfig: 1 to 100',
  },
  deliveryStream: {
    max: 64,
    pattern: /^[a-zA-Z0-9_.-]{1,64}$/,
    source: 'Firehose API reference, CreateDeliveryStream, DeliveryStreamName',
  },
  codePipeline: {
    max: 100,
    pattern: /^[A-Za-z0-9.@\-_]{1,100}$/,
    source: 'CodePipeline API reference, PipelineDeclaration, name',
  },
  pipelineStage: {
    max: 100,
    pattern: /^[A-Za-z0-9.@\-_]{1,100}$/,
    source: 'CodePipeline API reference, StageDeclaration, name',
  },
  codeBuild: {
    max: 150,
    pattern: /^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/,
    source: 'CodeBuild API reference, CreateProject, name (2 to 150; 255 later)',
  },
  schedule: {
    max: 64, pattern: /^[0-9a-zA-Z\-_.]{1,64}$/, source: 'EventBridge Scheduler API reference, CreateSchedule, Name',
  },
  rule: { max: 64, pattern: /^[.\-_A-Za-z0-9]{1,64}$/, source: 'EventBridge API reference, PutRule, Name' },
  failures: {
    max: 64,
    reserved: 12,
    pattern: /^[.\-_A-Za-z0-9]{1,64}$/,
    source: 'as a rule; a hyphen and the kind of failure are appended',
  },
  eventBus: {
    max: 256,
    pattern: /^[/.\-_A-Za-z0-9]{1,256}$/,
    source: 'EventBridge API reference, CreateEventBus, Name',
  },
  busStatement: {
    max: 64,
    pattern: /^[a-zA-Z0-9\-_]{1,64}$/,
    source: 'EventBridge API reference, PutPermission, StatementId; CloudFormation knows the statement by it in all '
      + 'its stacks',
  },
  archive: {
    max: 48,
    pattern: /^[.\-_A-Za-z0-9]{1,48}$/,
    source: 'EventBridge API reference, CreateArchive, ArchiveName',
  },
  chatConfiguration: {
    max: 128,
    pattern: /^[A-Za-z0-9_-]{1,128}$/,
    source: 'CloudFormation, schema of AWS::Chatbot::SlackChannelConfiguration, ConfigurationName',
  },
  topic: { max: 256, pattern: /^[A-Za-z0-9_-]{1,256}$/, source: 'SNS API reference, CreateTopic, Name' },
  queue: { max: 80, pattern: /^[A-Za-z0-9_-]{1,80}$/, source: 'SQS API reference, CreateQueue, QueueName' },
  alarm: { max: 255, pattern: /^[^\0]{1,255}$/, source: 'CloudWatch API reference, PutMetricAlarm, AlarmName' },
  repository: {
    max: 256,
    pattern: /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
    source: 'ECR API reference, CreateRepository, repositoryName (2 to 256)',
  },
  repositoryPrefix: {
    max: 30,
    pattern: /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
    source: 'ECR API reference, CreatePullThroughCacheRule, ecrRepositoryPrefix (2 to 30)',
  },
  function: {
    max: 64,
    pattern: /^[A-Za-z0-9_-]{1,64}$/,
    source: 'Lambda API reference, CreateFunction, FunctionName',
  },
  trail: {
    max: 128,
    pattern: /^(?=.{3,128}$)[A-Za-z0-9]([._-]?[A-Za-z0-9])*$/,
    source: 'CloudTrail API reference, CreateTrail, Name',
  },
  database: {
    max: 128,
    pattern: /^[a-z0-9_-]{1,128}$/,
    source: 'Glue API reference, CreateDatabase, Name (1 to 255, lower case); Athena user guide, "Name databases"',
  },
  workgroup: {
    max: 128, pattern: /^[a-zA-Z0-9._-]{1,128}$/, source: 'Athena API reference, CreateWorkGroup, Name',
  },
  table: {
    max: 255, pattern: /^[a-zA-Z0-9_.-]{3,255}$/, source: 'DynamoDB API reference, CreateTable, TableName',
  },
  parameter: {
    max: 1011,
    reserved: 800,
    pattern: /^[a-zA-Z0-9_.-]{1,1011}$/,
    source: 'Systems Manager API reference, PutParameter, Name; a short name is easier to read',
  },
  workflow: {
    max: 100,
    pattern: /^[a-z0-9-]{1,100}$/,
    source: 'none; the name of a file, and of what is shown in the list of workflows',
  },
  hostEnvironment: {
    max: 255,
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    source: 'GitHub documentation, "Managing environments for deployment": at most 255 characters',
  },
  stateMachine: {
    max: 80,
    pattern: /^[A-Za-z0-9_-]{1,80}$/,
    source: 'Step Functions API reference, CreateStateMachine, name',
  },
} as const satisfies { readonly [kind: string]: NameRule };

/** A kind of name. */
export type NameKind = keyof typeof NAME_RULES;
