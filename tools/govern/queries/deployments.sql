-- Deployments by version: which version was brought to which endpoint, when, and by which role. A version whose model
-- was created before the first day is empty; begin earlier then.
-- Parameters: first day, last day, for example '2026/11/01' and '2026/11/30'.
WITH calls AS (
  SELECT recipientaccountid AS owner, awsregion, eventname, eventtime, eventid, requestparameters, errorcode, useridentity
  FROM cloudtrail
  WHERE day BETWEEN ? AND ?
    AND eventsource = 'sagemaker.amazonaws.com'
    AND eventname IN ('CreateEndpoint', 'UpdateEndpoint', 'CreateEndpointConfig', 'CreateModel')
),
configurations AS (
  SELECT
    owner, awsregion,
    json_extract_scalar(requestparameters, '$.endpointConfigName') AS configuration,
    json_extract_scalar(requestparameters, '$.productionVariants[0].modelName') AS model
  FROM calls
  WHERE eventname = 'CreateEndpointConfig' AND errorcode IS NULL
),
models AS (
  SELECT
    owner, awsregion,
    json_extract_scalar(requestparameters, '$.modelName') AS model,
    COALESCE(
      json_extract_scalar(requestparameters, '$.primaryContainer.modelPackageName'),
      json_extract_scalar(requestparameters, '$.containers[0].modelPackageName')
    ) AS package
  FROM calls
  WHERE eventname = 'CreateModel' AND errorcode IS NULL
)
SELECT
  models.package,
  calls.owner AS owner,
  calls.awsregion AS region,
  json_extract_scalar(calls.requestparameters, '$.endpointName') AS endpoint,
  calls.eventname AS call,
  calls.eventtime AS event_time,
  COALESCE(calls.useridentity.sessioncontext.sessionissuer.arn, calls.useridentity.arn) AS role,
  COALESCE(calls.errorcode, 'done') AS outcome,
  calls.eventid AS event
FROM calls
LEFT JOIN configurations
  ON calls.owner = configurations.owner AND calls.awsregion = configurations.awsregion
  AND json_extract_scalar(calls.requestparameters, '$.endpointConfigName') = configurations.configuration
LEFT JOIN models
  ON configurations.owner = models.owner AND configurations.awsregion = models.awsregion
  AND configurations.model = models.model
WHERE calls.eventname IN ('CreateEndpoint', 'UpdateEndpoint')
ORDER BY models.package, event_time
