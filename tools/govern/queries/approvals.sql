-- Who approved or rejected what, when and why: models, their stages, and the manual approvals of pipelines and workflows.
-- Parameters: first day, last day, for example '2026/11/01' and '2026/11/30'.
SELECT
  eventtime AS event_time,
  COALESCE(
    useridentity.sessioncontext.sourceidentity, useridentity.username, regexp_extract(useridentity.arn, '[^/]+$')
  ) AS person,
  useridentity.arn AS principal,
  CASE eventname WHEN 'PutApprovalResult' THEN 'pipeline' WHEN 'StartExecution' THEN 'workflow' ELSE 'model' END AS kind,
  CASE eventname
    WHEN 'PutApprovalResult' THEN concat(
      json_extract_scalar(requestparameters, '$.pipelineName'), '/',
      json_extract_scalar(requestparameters, '$.stageName'), '/',
      json_extract_scalar(requestparameters, '$.actionName')
    )
    WHEN 'StartExecution' THEN json_extract_scalar(requestparameters, '$.stateMachineArn')
    ELSE json_extract_scalar(requestparameters, '$.modelPackageArn')
  END AS subject,
  COALESCE(
    json_extract_scalar(requestparameters, '$.modelApprovalStatus'),
    json_extract_scalar(requestparameters, '$.result.status'),
    regexp_extract(json_extract_scalar(requestparameters, '$.input'), '"decision":[ ]{0,1}"([A-Za-z]+)"', 1)
  ) AS decision,
  json_extract_scalar(requestparameters, '$.modelLifeCycle.stage') AS stage,
  json_extract_scalar(requestparameters, '$.modelLifeCycle.stageStatus') AS stage_status,
  COALESCE(
    json_extract_scalar(requestparameters, '$.approvalDescription'),
    json_extract_scalar(requestparameters, '$.result.summary'),
    regexp_extract(json_extract_scalar(requestparameters, '$.input'), '"reason":[ ]{0,1}"([^"]*)"', 1)
  ) AS reason,
  COALESCE(errorcode, 'done') AS outcome,
  eventid AS event
FROM cloudtrail
WHERE day BETWEEN ? AND ?
  AND (
    (
      eventsource = 'sagemaker.amazonaws.com' AND eventname IN ('UpdateModelPackage', 'CreateModelPackage')
      AND (
        json_extract_scalar(requestparameters, '$.modelApprovalStatus') IN ('Approved', 'Rejected')
        OR json_extract_scalar(requestparameters, '$.modelLifeCycle.stage') IS NOT NULL
      )
    )
    OR (eventsource = 'codepipeline.amazonaws.com' AND eventname = 'PutApprovalResult')
    OR (
      eventsource = 'states.amazonaws.com' AND eventname = 'StartExecution'
      AND json_extract_scalar(requestparameters, '$.stateMachineArn') LIKE '%decisions%'
    )
  )
ORDER BY event_time
