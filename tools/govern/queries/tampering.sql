-- Calls that stop or change the trail, weaken keys or buckets, or remove what is locked; also those that were denied.
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
  eventname AS call,
  COALESCE(
    json_extract_scalar(requestparameters, '$.name'), json_extract_scalar(requestparameters, '$.trailName'),
    json_extract_scalar(requestparameters, '$.keyId'),
    concat(
      json_extract_scalar(requestparameters, '$.bucketName'), '/',
      COALESCE(json_extract_scalar(requestparameters, '$.key'), '')
    )
  ) AS target,
  COALESCE(errorcode, 'done') AS outcome,
  sourceipaddress,
  eventid AS event
FROM cloudtrail
WHERE day BETWEEN ? AND ?
  AND (
    (
      eventsource = 'cloudtrail.amazonaws.com'
      AND eventname IN ('StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors')
    )
    OR (
      eventsource = 'kms.amazonaws.com'
      AND eventname IN (
        'ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy', 'DisableKeyRotation', 'DeleteImportedKeyMaterial'
      )
    )
    OR (
      eventsource = 's3.amazonaws.com'
      AND eventname IN (
        'DeleteBucket', 'DeleteBucketPolicy', 'PutBucketPolicy', 'PutBucketLifecycle',
        'PutBucketLifecycleConfiguration', 'DeleteBucketLifecycle', 'PutBucketVersioning',
        'PutObjectLockConfiguration', 'PutBucketObjectLockConfiguration', 'PutBucketAcl', 'PutBucketLogging',
        'PutBucketEncryption', 'DeleteBucketEncryption', 'PutBucketReplication', 'DeleteBucketReplication',
        'PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock', 'DeletePublicAccessBlock',
        'PutPublicAccessBlock', 'PutBucketOwnershipControls', 'DeleteBucketOwnershipControls', 'DeleteObject',
        'DeleteObjects', 'PutObjectRetention', 'PutObjectLegalHold', 'PutObjectAcl'
      )
    )
  )
ORDER BY event_time
