-- Every change of permissions, also those that were denied: identities and roles, and the policies of keys, buckets,
-- registries, buses, queues, topics, functions and secrets.
-- Parameters: first day, last day, for example '2026/11/01' and '2026/11/30'.
SELECT
  eventtime AS event_time,
  COALESCE(
    useridentity.sessioncontext.sourceidentity, useridentity.username, regexp_extract(useridentity.arn, '[^/]+$'),
    useridentity.invokedby
  ) AS person,
  useridentity.arn AS principal,
  recipientaccountid AS owner,
  awsregion,
  eventsource AS service,
  eventname AS call,
  COALESCE(
    json_extract_scalar(requestparameters, '$.roleName'), json_extract_scalar(requestparameters, '$.userName'),
    json_extract_scalar(requestparameters, '$.groupName'), json_extract_scalar(requestparameters, '$.policyArn'),
    json_extract_scalar(requestparameters, '$.keyId'), json_extract_scalar(requestparameters, '$.bucketName'),
    json_extract_scalar(requestparameters, '$.modelPackageGroupName'),
    json_extract_scalar(requestparameters, '$.eventBusName'), json_extract_scalar(requestparameters, '$.functionName'),
    json_extract_scalar(requestparameters, '$.queueUrl'), json_extract_scalar(requestparameters, '$.topicArn'),
    json_extract_scalar(requestparameters, '$.secretId'), json_extract_scalar(requestparameters, '$.permissionSetArn')
  ) AS target,
  COALESCE(errorcode, 'done') AS outcome,
  requestparameters AS request,
  eventid AS event
FROM cloudtrail
WHERE day BETWEEN ? AND ?
  AND (
    (
      eventsource IN (
        'iam.amazonaws.com', 'sso.amazonaws.com', 'sso-directory.amazonaws.com', 'identitystore.amazonaws.com',
        'organizations.amazonaws.com'
      )
      AND readonly = 'false'
    )
    OR (
      eventsource = 'kms.amazonaws.com'
      AND eventname IN ('PutKeyPolicy', 'CreateGrant', 'RevokeGrant', 'CreateAlias', 'UpdateAlias', 'DeleteAlias')
    )
    OR (
      eventsource = 's3.amazonaws.com'
      AND eventname IN (
        'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutBucketPublicAccessBlock',
        'DeleteBucketPublicAccessBlock', 'PutBucketOwnershipControls', 'DeleteBucketOwnershipControls'
      )
    )
    OR (
      eventsource = 'sagemaker.amazonaws.com'
      AND eventname IN ('PutModelPackageGroupPolicy', 'DeleteModelPackageGroupPolicy')
    )
    OR (eventsource = 'events.amazonaws.com' AND eventname IN ('PutPermission', 'RemovePermission'))
    OR (
      eventsource = 'lambda.amazonaws.com'
      AND (eventname LIKE 'AddPermission%' OR eventname LIKE 'RemovePermission%')
    )
    OR (eventsource = 'sqs.amazonaws.com' AND eventname IN ('AddPermission', 'RemovePermission', 'SetQueueAttributes'))
    OR (eventsource = 'sns.amazonaws.com' AND eventname IN ('AddPermission', 'RemovePermission', 'SetTopicAttributes'))
    OR (
      eventsource = 'secretsmanager.amazonaws.com' AND eventname IN ('PutResourcePolicy', 'DeleteResourcePolicy')
    )
  )
ORDER BY event_time
