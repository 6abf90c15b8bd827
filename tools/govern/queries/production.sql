-- What each endpoint was told to serve at the end of a day: the last call before it, with configuration, model and
-- version. SageMaker can return an endpoint to the configuration before by itself; the deployment's own records say so.
-- Parameters: first day to look at (the oldest change is found only if it is not older), the day, and the endpoints
-- as a pattern, for example '2024/01/01', '2026/11/30' and 'churn-%'.
WITH calls AS (
  SELECT recipientaccountid AS owner, awsregion, eventname, eventtime, requestparameters, useridentity
  FROM cloudtrail
  WHERE day BETWEEN ? AND ?
    AND eventsource = 'sagemaker.amazonaws.com'
    AND eventname IN ('CreateEndpoint', 'UpdateEndpoint', 'DeleteEndpoint', 'CreateEndpointConfig', 'CreateModel')
    AND errorcode IS NULL
),
changes AS (
  SELECT
    owner, awsregion, eventname, eventtime, useridentity.arn AS principal,
    json_extract_scalar(requestparameters, '$.endpointName') AS endpoint,
    json_extract_scalar(requestparameters, '$.endpointConfigName') AS configuration,
    row_number() OVER (
      PARTITION BY owner, awsregion, lower(json_extract_scalar(requestparameters, '$.endpointName'))
      ORDER BY eventtime DESC
    ) AS age
  FROM calls
  WHERE eventname IN ('CreateEndpoint', 'UpdateEndpoint', 'DeleteEndpoint')
),
configurations AS (
  SELECT
    owner, awsregion,
    json_extract_scalar(requestparameters, '$.endpointConfigName') AS configuration,
    json_extract_scalar(requestparameters, '$.productionVariants[0].modelName') AS model
  FROM calls
  WHERE eventname = 'CreateEndpointConfig'
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
  WHERE eventname = 'CreateModel'
)
SELECT
  changes.owner AS owner, changes.awsregion AS region, changes.endpoint, changes.eventtime AS since,
  changes.configuration, configurations.model, models.package, changes.principal
FROM changes
LEFT JOIN configurations
  ON changes.owner = configurations.owner AND changes.awsregion = configurations.awsregion
  AND changes.configuration = configurations.configuration
LEFT JOIN models
  ON configurations.owner = models.owner AND configurations.awsregion = models.awsregion
  AND configurations.model = models.model
WHERE changes.age = 1 AND changes.eventname <> 'DeleteEndpoint' AND changes.endpoint LIKE ?
ORDER BY changes.owner, changes.awsregion, changes.endpoint
