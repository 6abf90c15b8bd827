/**
 * What CloudFormation calls to make, change, read and delete a resource: the permissions that the handlers of its type
 * declare (CloudFormation resource schemas, as cfn-lint carries them), without those for properties that no template of
 * a delivery has, and without those of lists of everything. The schema of CodeBuild projects declares none; theirs are the calls of the CodeBuild API reference.
 */
export const CLOUDFORMATION_CALLS: { readonly [type: string]: string } = {
  'AWS::ApiGateway::ApiKey': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::BasePathMapping': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::Deployment': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::DomainName': `acm:DescribeCertificate apigateway:AddCertificateToDomain apigateway:DELETE
    apigateway:GET apigateway:PATCH apigateway:POST apigateway:RemoveCertificateFromDomain`,
  'AWS::ApiGateway::GatewayResponse': 'apigateway:DELETE apigateway:GET apigateway:PUT',
  'AWS::ApiGateway::Method': 'apigateway:DELETE apigateway:GET apigateway:PUT iam:PassRole',
  'AWS::ApiGateway::Model': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::RequestValidator': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::Resource': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::RestApi': `apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST apigateway:PUT
    apigateway:UpdateRestApiPolicy`,
  'AWS::ApiGateway::Stage': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::UsagePlan': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGateway::UsagePlanKey': 'apigateway:DELETE apigateway:GET apigateway:POST',
  'AWS::ApiGatewayV2::Api': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGatewayV2::Authorizer': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  'AWS::ApiGatewayV2::Integration': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST iam:PassRole',
  'AWS::ApiGatewayV2::Route': 'apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST',
  // HTTP APIs deliver logs (API Gateway guide, "Configure logging for HTTP APIs").
  'AWS::ApiGatewayV2::Stage': `apigateway:DELETE apigateway:GET apigateway:PATCH apigateway:POST logs:CreateLogDelivery
    logs:DeleteLogDelivery logs:DescribeResourcePolicies logs:GetLogDelivery logs:ListLogDeliveries
    logs:PutResourcePolicy logs:UpdateLogDelivery`,
  'AWS::Athena::NamedQuery': 'athena:CreateNamedQuery athena:DeleteNamedQuery athena:GetNamedQuery',
  // Without Spark, whose workgroups have roles.
  'AWS::Athena::WorkGroup': `athena:CreateWorkGroup athena:DeleteWorkGroup athena:GetWorkGroup
    athena:ListTagsForResource athena:TagResource athena:UntagResource athena:UpdateWorkGroup`,
  'AWS::CloudWatch::Alarm': `cloudwatch:DeleteAlarms cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource
    cloudwatch:PutMetricAlarm cloudwatch:TagResource cloudwatch:UntagResource`,
  'AWS::CloudWatch::Dashboard': 'cloudwatch:DeleteDashboards cloudwatch:GetDashboard cloudwatch:PutDashboard',
  'AWS::CodeBuild::Project': 'codebuild:BatchGetProjects codebuild:CreateProject codebuild:DeleteProject '
    + 'codebuild:UpdateProject iam:PassRole',
  'AWS::CodeCommit::Repository': `codecommit:CreateRepository codecommit:DeleteRepository codecommit:GetRepository
    codecommit:GetRepositoryTriggers codecommit:ListTagsForResource codecommit:TagResource codecommit:UntagResource
    codecommit:UpdateRepositoryDescription codecommit:UpdateRepositoryEncryptionKey codecommit:UpdateRepositoryName`,
  'AWS::CodeDeploy::Application': `codedeploy:CreateApplication codedeploy:DeleteApplication codedeploy:GetApplication
    codedeploy:ListTagsForResource codedeploy:TagResource codedeploy:UntagResource`,
  'AWS::CodeDeploy::DeploymentConfig': `codedeploy:CreateDeploymentConfig codedeploy:DeleteDeploymentConfig
    codedeploy:GetDeploymentConfig`,
  // No revision is deployed with it.
  'AWS::CodeDeploy::DeploymentGroup': `codedeploy:CreateDeploymentGroup codedeploy:DeleteDeploymentGroup
    codedeploy:GetDeploymentGroup codedeploy:ListTagsForResource codedeploy:TagResource codedeploy:UntagResource
    codedeploy:UpdateDeploymentGroup iam:PassRole`,
  'AWS::CodePipeline::Pipeline': `codepipeline:CreatePipeline codepipeline:DeletePipeline codepipeline:GetPipeline
    codepipeline:GetPipelineState codepipeline:ListTagsForResource codepipeline:StartPipelineExecution
    codepipeline:TagResource codepipeline:UntagResource codepipeline:UpdatePipeline iam:PassRole`,
  'AWS::DynamoDB::Table': `dynamodb:CreateTable dynamodb:DeleteTable dynamodb:DescribeContinuousBackups
    dynamodb:DescribeContributorInsights dynamodb:DescribeTable dynamodb:DescribeTimeToLive dynamodb:GetResourcePolicy
    dynamodb:ListTagsOfResource dynamodb:TagResource dynamodb:UntagResource dynamodb:UpdateContinuousBackups
    dynamodb:UpdateContributorInsights dynamodb:UpdateTable dynamodb:UpdateTimeToLive kms:CreateGrant kms:DescribeKey`,
  'AWS::ECR::PullThroughCacheRule': `ecr:CreatePullThroughCacheRule ecr:DeletePullThroughCacheRule
    ecr:DescribePullThroughCacheRules iam:CreateServiceLinkedRole secretsmanager:GetSecretValue`,
  'AWS::ECR::Repository': `ecr:CreateRepository ecr:DeleteLifecyclePolicy ecr:DeleteRepository
    ecr:DeleteRepositoryPolicy ecr:DescribeRepositories ecr:GetLifecyclePolicy ecr:GetRepositoryPolicy
    ecr:ListTagsForResource ecr:PutImageScanningConfiguration ecr:PutImageTagMutability ecr:PutLifecyclePolicy
    ecr:SetRepositoryPolicy ecr:TagResource ecr:UntagResource kms:CreateGrant kms:DescribeKey kms:RetireGrant`,
  'AWS::ECR::RepositoryCreationTemplate': `ecr:CreateRepositoryCreationTemplate ecr:DeleteRepositoryCreationTemplate
    ecr:DescribeRepositoryCreationTemplates ecr:UpdateRepositoryCreationTemplate iam:CreateServiceLinkedRole
    iam:PassRole`,
  'AWS::Events::Archive': 'events:CreateArchive events:DeleteArchive events:DescribeArchive events:UpdateArchive',
  'AWS::Events::EventBus': `events:CreateEventBus events:DeleteEventBus events:DescribeEventBus
    events:ListTagsForResource events:TagResource events:UntagResource events:UpdateEventBus`,
  'AWS::Events::EventBusPolicy': 'events:DescribeEventBus events:PutPermission events:RemovePermission',
  'AWS::Events::Rule': `events:DeleteRule events:DescribeRule events:ListTagsForResource events:ListTargetsByRule
    events:PutRule events:PutTargets events:RemoveTargets events:TagResource events:UntagResource iam:PassRole`,
  // Without connections and Lake Formation.
  'AWS::Glue::Database': 'glue:CreateDatabase glue:DeleteDatabase glue:GetDatabase glue:UpdateDatabase',
  'AWS::Glue::Table': `glue:CreateTable glue:DeleteTable glue:GetDatabase glue:GetTable glue:UpdateDatabase
    glue:UpdateTable`,
  'AWS::IAM::OIDCProvider': `iam:AddClientIDToOpenIDConnectProvider iam:CreateOpenIDConnectProvider
    iam:DeleteOpenIDConnectProvider iam:GetOpenIDConnectProvider iam:ListOpenIDConnectProviderTags
    iam:RemoveClientIDFromOpenIDConnectProvider iam:TagOpenIDConnectProvider iam:UntagOpenIDConnectProvider
    iam:UpdateOpenIDConnectProviderThumbprint`,
  'AWS::IAM::Role': `iam:CreateRole iam:DeleteRole iam:DeleteRolePolicy iam:GetRole iam:GetRolePolicy
    iam:ListAttachedRolePolicies iam:ListRolePolicies iam:PutRolePolicy iam:TagRole iam:UntagRole
    iam:UpdateAssumeRolePolicy iam:UpdateRole iam:UpdateRoleDescription`,
  'AWS::KMS::Alias': 'kms:CreateAlias kms:DeleteAlias kms:UpdateAlias',
  'AWS::KMS::Key': `kms:CreateKey kms:DescribeKey kms:DisableKeyRotation kms:EnableKey kms:EnableKeyRotation
    kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListResourceTags kms:PutKeyPolicy kms:ScheduleKeyDeletion
    kms:TagResource kms:UntagResource kms:UpdateKeyDescription`,
  'AWS::KinesisFirehose::DeliveryStream': `firehose:CreateDeliveryStream firehose:DeleteDeliveryStream
    firehose:DescribeDeliveryStream firehose:ListTagsForDeliveryStream firehose:StartDeliveryStreamEncryption
    firehose:StopDeliveryStreamEncryption firehose:TagDeliveryStream firehose:UntagDeliveryStream
    firehose:UpdateDestination iam:GetRole iam:PassRole kms:CreateGrant kms:DescribeKey kms:RevokeGrant`,
  // Without filters that are encrypted.
  'AWS::Lambda::EventSourceMapping': `lambda:CreateEventSourceMapping lambda:DeleteEventSourceMapping
    lambda:GetEventSourceMapping lambda:ListTags lambda:TagResource lambda:UntagResource
    lambda:UpdateEventSourceMapping`,
  // Without layers, networks and file systems; code is read with the rights of the bootstrap's bucket.
  'AWS::Lambda::Function': `iam:PassRole kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey
    lambda:CreateFunction lambda:DeleteFunction lambda:DeleteFunctionConcurrency lambda:GetFunction
    lambda:GetFunctionCodeSigningConfig lambda:GetFunctionRecursionConfig lambda:GetRuntimeManagementConfig
    lambda:PutFunctionConcurrency lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode
    lambda:UpdateFunctionConfiguration`,
  'AWS::Logs::LogStream': 'logs:CreateLogStream logs:DeleteLogStream logs:DescribeLogStreams',
  'AWS::Logs::LogGroup': `logs:AssociateKmsKey logs:CreateLogGroup logs:DeleteLogGroup logs:DeleteRetentionPolicy
    logs:DescribeLogGroups logs:DisassociateKmsKey logs:ListTagsForResource logs:PutRetentionPolicy logs:TagResource
    logs:UntagResource`,
  'AWS::Route53::RecordSet': `route53:ChangeResourceRecordSets route53:GetChange route53:GetHostedZone
    route53:ListHostedZones route53:ListResourceRecordSets`,
  'AWS::S3::Bucket': `s3:CreateBucket s3:DeleteBucket s3:GetBucketLogging s3:GetBucketOwnershipControls
    s3:GetBucketPublicAccessBlock s3:GetBucketTagging s3:GetBucketVersioning s3:GetEncryptionConfiguration
    s3:GetLifecycleConfiguration s3:ListBucket s3:PutBucketLogging s3:PutBucketOwnershipControls
    s3:PutBucketPublicAccessBlock s3:PutBucketTagging s3:PutBucketVersioning s3:PutEncryptionConfiguration
    s3:PutLifecycleConfiguration`,
  'AWS::S3::BucketPolicy': 's3:DeleteBucketPolicy s3:GetBucketPolicy s3:PutBucketPolicy',
  'AWS::SNS::Topic': `sns:CreateTopic sns:DeleteTopic sns:GetTopicAttributes sns:ListSubscriptionsByTopic
    sns:ListTagsForResource sns:SetTopicAttributes sns:Subscribe sns:TagResource sns:Unsubscribe sns:UntagResource`,
  'AWS::SNS::TopicPolicy': 'sns:SetTopicAttributes',
  'AWS::SNS::Subscription': 'sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Subscribe sns:Unsubscribe',
  'AWS::SSM::Parameter': `ssm:AddTagsToResource ssm:DeleteParameter ssm:GetParameters ssm:ListTagsForResource
    ssm:PutParameter ssm:RemoveTagsFromResource`,
  'AWS::SQS::Queue': `sqs:CreateQueue sqs:DeleteQueue sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListQueueTags
    sqs:SetQueueAttributes sqs:TagQueue sqs:UntagQueue`,
  'AWS::SQS::QueuePolicy': 'sqs:SetQueueAttributes',
  'AWS::SageMaker::ModelPackageGroup': `sagemaker:AddTags sagemaker:CreateModelPackageGroup
    sagemaker:DeleteModelPackageGroup sagemaker:DeleteModelPackageGroupPolicy sagemaker:DeleteTags
    sagemaker:DescribeModelPackageGroup sagemaker:GetModelPackageGroupPolicy sagemaker:ListTags
    sagemaker:PutModelPackageGroupPolicy`,
  'AWS::Scheduler::Schedule': `iam:PassRole scheduler:CreateSchedule scheduler:DeleteSchedule scheduler:GetSchedule
    scheduler:UpdateSchedule`,
  'AWS::StepFunctions::StateMachine': `iam:PassRole states:CreateStateMachine states:DeleteStateMachine
    states:DescribeStateMachine states:ListTagsForResource states:TagResource states:UntagResource
    states:UpdateStateMachine`,
  'AWS::WAFv2::WebACLAssociation': `apigateway:SetWebACL wafv2:AssociateWebACL wafv2:DisassociateWebACL wafv2:GetWebACL
    wafv2:GetWebACLForResource`,
};
