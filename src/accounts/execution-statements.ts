import { apis, apisOf, PASSED_TO_OF_APIS, streams } from './api-statements';
import { keys } from './key-statements';
import { hasMonitors, monitors, PASSED_TO_OF_MONITORS } from './monitor-statements';
import { actions, allow, type PolicyStatement, type Service, type ServiceScope } from './statement';
import { identities, parameters } from './workflow-statements';
import type { DeployedService } from '../plan/stacks/kinds';

/** Services that roles of a delivery are passed to, each only where it is used. */
const PASSED_TO = [
  'chatbot',
  'cloudtrail',
  'codebuild',
  'codepipeline',
  'ecr',
  'events',
  'lambda',
  'sagemaker',
  'states',
].map(service => `${service}.amazonaws.com`);

/**
 * Roles with the delivery's names, with the boundary where there is one; no users, no groups, no policies of their own.
 * A role that was made with the boundary keeps it: its policies can be changed only while it has it, and it cannot be
 * taken off.
 */
const roles: Service = scope => {
  const { plan, named, partition, account } = scope;
  const further = [
    ...(apisOf(scope).length > 0 ? PASSED_TO_OF_APIS : []), ...(hasMonitors(scope) ? PASSED_TO_OF_MONITORS : []),
  ].map(service => `${service}.amazonaws.com`);
  const { permissionsBoundaryName: boundary } = plan.delivery;
  const own = named('iam', 'role/{}*', '');
  const condition = boundary && {
    StringEquals: { 'iam:PermissionsBoundary': `arn:${partition}:iam::${account ?? '*'}:policy/${boundary}` },
  };
  const limited = condition && account === undefined ? { StringLike: condition.StringEquals } : condition || undefined;
  return [
    allow(
      'RolesMade',
      actions('iam', 'CreateRole DeleteRolePolicy PutRolePermissionsBoundary PutRolePolicy'),
      own,
      limited,
    ),
    allow('Roles', actions('iam', `DeleteRole GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies
      ListRoleTags TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`), own),
    allow('RolesPassed', ['iam:PassRole'], own, {
      StringEquals: { 'iam:PassedToService': [...PASSED_TO, ...further] },
    }),
  ];
};

/** Configuration of buckets, never what is in them. */
const buckets: Service = ({ prefixes, partition }) => [
  allow('Buckets', actions('s3', `CreateBucket DeleteBucket DeleteBucketPolicy GetBucket* PutBucket*
    GetEncryptionConfiguration PutEncryptionConfiguration GetLifecycleConfiguration PutLifecycleConfiguration
    GetAccelerateConfiguration GetAnalyticsConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
    GetMetricsConfiguration GetReplicationConfiguration ListBucket ListTagsForResource TagResource UntagResource`),
  prefixes.map(prefix => `arn:${partition}:s3:::${prefix}*`)),
];

/** Rules, on the default bus and on the delivery's; a queue for what could not be delivered; alarms; dashboards. */
const signals: Service = ({ named, foreign, plan }) => {
  const buses = foreign.flatMap(names => names.bus ?? []);
  return [
    allow('Rules', actions(
      'events',
      'DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets RemoveTargets TagResource '
        + 'UntagResource',
    ),
    [...named('events', 'rule/{}*'), ...buses.flatMap(bus => named('events', `rule/${bus}/{}*`))]),
    allow('Queues', actions(
      'sqs',
      'CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue',
    ),
    named('sqs', '{}*')),
    allow(
      'Alarms',
      actions('cloudwatch', 'DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource'),
      named('cloudwatch', 'alarm:{}*'),
    ),
    ...(plan.groups.some(group => group.environments.some(environment => environment.dashboard)) ? [allow(
      'Dashboards', actions('cloudwatch', 'DeleteDashboards GetDashboard PutDashboard'),
      named('cloudwatch', 'dashboard/{}*', ''),
    )] : []),
  ];
};

/**
 * Bus, archive and topic. Who may put events on a bus is said by calls that know no resources (service authorization
 * reference, EventBridge).
 */
const bus: Service = ({ named, plan, partition, account }) => [
  allow('BusPolicy', ['events:PutPermission', 'events:RemovePermission'], ['*']),
  allow('Bus', actions('events', `CreateArchive CreateEventBus DeleteArchive DeleteEventBus DescribeArchive
    DescribeEventBus ListTagsForResource TagResource UntagResource UpdateArchive UpdateEventBus`), [
    ...named('events', 'event-bus/{}*'),
    ...named('events', 'archive/{}*'),
  ]),
  allow('Topic', actions('sns', `CreateTopic DeleteTopic GetDataProtectionPolicy GetSubscriptionAttributes
    GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource SetSubscriptionAttributes SetTopicAttributes
    Subscribe TagResource Unsubscribe UntagResource`), named(
    'sns', '{}*',
  )),
  ...(plan.infrastructure.chat ? [
    allow('ChannelsMade', actions('chatbot', `CreateMicrosoftTeamsChannelConfiguration CreateSlackChannelConfiguration
      DescribeSlackChannelConfigurations GetMicrosoftTeamsChannelConfiguration ListMicrosoftTeamsChannelConfigurations
      ListTagsForResource`), ['*']),
    allow('Channels', actions('chatbot', `AssociateToConfiguration DeleteMicrosoftTeamsChannelConfiguration
      DeleteSlackChannelConfiguration DisassociateFromConfiguration ListAssociations TagResource UntagResource
      UpdateMicrosoftTeamsChannelConfiguration UpdateSlackChannelConfiguration`), [
      `arn:${partition}:chatbot::${account ?? '*'}:chat-configuration/*`,
    ]),
    allow('ChannelsServiceRole', ['iam:CreateServiceLinkedRole'], [
      `arn:${partition}:iam::${account ?? '*'}:role/aws-service-role/management.chatbot.amazonaws.com/*`,
    ], { StringEquals: { 'iam:AWSServiceName': 'management.chatbot.amazonaws.com' } }),
  ] : []),
];

/** Builds. */
const projects: Service = ({ named }) => [
  allow(
    'Projects',
    actions('codebuild', 'BatchGetProjects CreateProject DeleteProject UpdateProject'),
    named('codebuild', 'project/{}*'),
  ),
];

/** The logs of what runs: builds, gates, endpoints. */
const logs: Service = ({ named }) => [
  allow('Logs', actions('logs', `AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy
    DisassociateKmsKey GetDataProtectionPolicy ListTagsForResource PutLogGroupDeletionProtection PutRetentionPolicy
    TagResource UntagResource`),
  ['codebuild', 'vendedlogs/states', 'sagemaker/Endpoints', 'lambda'].flatMap(kind =>
    named('logs', `log-group:/aws/${kind}/{}*`))),
  allow('LogsListed', ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups'], ['*']),
];

/** The pipelines, their gates, and what they reach. */
const pipelines: Service = ({ named, plan }) => {
  const { source, infrastructure, network } = plan.delivery;
  const connections = [
    ...new Set([source, infrastructure.source].map(s => s.connectionArn).filter((c): c is string => c !== undefined)),
  ];
  return [
    // A promotion is a pipeline of AWS with every engine.
    ...(plan.engines.delivery === 'codepipeline' || plan.promotion ? [
      allow('Pipelines', actions('codepipeline', `CreatePipeline DeletePipeline DisableStageTransition
        EnableStageTransition GetPipeline GetPipelineState ListTagsForResource StartPipelineExecution TagResource
        UntagResource UpdatePipeline`), named('codepipeline', '{}*')),
    ] : []),
    allow('Gates', actions(
      'states',
      'CreateStateMachine DeleteStateMachine DescribeStateMachine ListTagsForResource TagResource UntagResource '
        + 'UpdateStateMachine',
    ),
    named('states', 'stateMachine:{}*')),
    ...(connections.length > 0
      ? [allow('Connections', ['codeconnections:PassConnection', 'codestar-connections:PassConnection'], connections)]
      : []),
    ...(network
      ? [allow('Network', ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'], ['*'])]
      : []),
  ];
};

/** What the approval gate remembers. */
const memory: Service = ({ named }) => [
  allow('Memory', actions('dynamodb', `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
    DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy ListTagsOfResource
    TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateTable UpdateTimeToLive`),
  named('dynamodb', 'table/{}*')),
];

const repositories: Service = ({ arn, plan }) => [
  allow('Repositories', actions('codecommit', `CreateRepository DeleteRepository GetRepository GetRepositoryTriggers
    ListTagsForResource TagResource UntagResource UpdateRepositoryDescription UpdateRepositoryEncryptionKey
    UpdateRepositoryName`), plan.source.repositories.map(r =>
    arn('codecommit', r.repository))),
];

/** The registry of models: of the build, and of copies. */
const registry: Service = ({ named, foreign, arn }) => [
  allow('Registry', actions('sagemaker', `AddTags CreateModelPackageGroup DeleteModelPackageGroup
    DeleteModelPackageGroupPolicy DeleteTags DescribeModelPackageGroup GetModelPackageGroupPolicy ListTags
    PutModelPackageGroupPolicy`), [
    ...named('sagemaker', 'model-package-group/{}*'),
    ...foreign.map(names => arn('sagemaker', `model-package-group/${names.modelPackageGroup}`)),
  ]),
];

/** Repositories for images. The rules of a pull through cache know no resources. */
const images: Service = ({ named, plan, partition, account }) => {
  const { containerRepositories } = plan.delivery;
  if (containerRepositories.length === 0) { return []; }
  const caches = containerRepositories.flatMap(r => (r.pullThroughCache ? [r.pullThroughCache] : []));
  const secrets = [...new Set(caches.flatMap(cache => (cache.credentialArn ? [cache.credentialArn] : [])))];
  return [
    allow('Images', actions('ecr', `CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy
      DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource PutImageScanningConfiguration
      PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource`),
    named('ecr', 'repository/{}*')),
    ...(caches.length > 0 ? [
      allow('ImageCaches', actions('ecr', `CreatePullThroughCacheRule CreateRepositoryCreationTemplate
        DeletePullThroughCacheRule DeleteRepositoryCreationTemplate DescribePullThroughCacheRules
        DescribeRepositoryCreationTemplates UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate`), [
        '*',
      ]),
      allow('ImageCacheRole', [
        'iam:CreateServiceLinkedRole',
      ], [`arn:${partition}:iam::${account ?? '*'}:role/aws-service-role/*`], {
        StringEquals: { 'iam:AWSServiceName': ['pullthroughcache.ecr.amazonaws.com', 'ecr.amazonaws.com'] },
      }),
    ] : []),
    ...(secrets.length > 0 ? [allow('ImageSecrets', ['secretsmanager:GetSecretValue'], secrets)] : []),
  ];
};

/**
 * Functions that record and decide, what brings them messages of a queue, and the address of a webhook. The service
 * gives what brings messages an ID; the condition admits it for these functions alone.
 */
const functions: Service = ({ named, arn }) => [
  allow('FunctionsFed', ['lambda:CreateEventSourceMapping'], ['*'], {
    ArnLike: { 'lambda:FunctionArn': named('lambda', 'function:{}*') },
  }),
  allow('FunctionsFedFrom', actions('lambda', `DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource
    UntagResource UpdateEventSourceMapping`), [arn('lambda', 'event-source-mapping:*')]),
  allow('Functions', actions('lambda', `AddPermission CreateFunction CreateFunctionUrlConfig DeleteFunction
    DeleteFunctionConcurrency DeleteFunctionUrlConfig GetFunction
    GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration GetFunctionRecursionConfig
    GetFunctionUrlConfig GetPolicy GetRuntimeManagementConfig InvokeFunction ListTags PutFunctionConcurrency
    RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionUrlConfig`),
  named('lambda', 'function:{}*')),
];

/** Trails of calls. */
const trails: Service = ({ named }) => [
  allow('TrailLogs', actions('logs', `AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter
    DeleteRetentionPolicy DisassociateKmsKey ListTagsForResource PutMetricFilter PutRetentionPolicy TagResource
    UntagResource`), named('logs', 'log-group:/aws/cloudtrail/{}*')),
  // It knows no names of log groups with a filter that is to be read (service authorization reference, CloudWatch Logs).
  allow('TrailFilters', ['logs:DescribeMetricFilters'], ['*']),
  allow('Trails', actions('cloudtrail', `AddTags CreateTrail DeleteTrail GetEventSelectors GetInsightSelectors GetTrail
    GetTrailStatus ListTags PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging UpdateTrail`),
  named('cloudtrail', 'trail/{}*')),
];

/** Saved queries: over a trail, over what is monitored. */
const queries: Service = ({ named, arn }) => [
  allow('QueryTables', actions('glue', `CreateDatabase CreateTable DeleteDatabase DeleteTable GetDatabase GetTable
    GetTags TagResource UntagResource UpdateDatabase UpdateTable`), [
    arn('glue', 'catalog'), ...named('glue', 'database/{}*'), ...named('glue', 'table/{}*'),
  ]),
  allow('QueriesSaved', actions('athena', `CreateNamedQuery CreateWorkGroup DeleteNamedQuery DeleteWorkGroup
    GetNamedQuery GetWorkGroup ListNamedQueries ListTagsForResource TagResource UntagResource UpdateWorkGroup`),
  named('athena', 'workgroup/{}*')),
];

/** Every template asks for the version of the bootstrap. */
const bootstrap: Service = ({ arn, plan }) => [
  allow(
    'Bootstrap',
    ['ssm:GetParameters'],
    [arn('ssm', `parameter/cdk-bootstrap/${plan.delivery.infrastructure.bootstrapQualifier}/version`)],
  ),
];

/** What every stack has. */
const ALWAYS: readonly Service[] = [bootstrap, roles, buckets, keys];

/** In the order of the policies. */
const SERVICES: { readonly [S in DeployedService]: Service } = {
  signals,
  bus,
  pipelines,
  projects,
  logs,
  memory,
  repositories,
  registry,
  images,
  functions,
  trails,
  queries,
  apis,
  streams,
  monitors,
  identities,
  parameters,
};

/** The statements for stacks that work with these services. */
export function executionStatements(scope: ServiceScope, services: ReadonlySet<DeployedService>): PolicyStatement[] {
  const used = (Object.keys(SERVICES) as DeployedService[]).filter(name =>
    services.has(name)).map(name => SERVICES[name]);
  return [...ALWAYS, ...used].flatMap(service => service(scope));
}
