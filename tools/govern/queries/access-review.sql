-- Who can approve: who took on a role that approves, how often, when last and with which second factor; and who changed
-- such a role. Whom a role trusts today is in the role itself; whoever is named there and not here never used it.
-- Parameters: first day, last day, for example '2026/11/01' and '2026/11/30'.
WITH calls AS (
  SELECT
    CASE WHEN eventsource = 'sts.amazonaws.com' THEN 'took on' ELSE 'changed' END AS kind,
    CASE
      WHEN eventsource = 'sts.amazonaws.com'
        THEN regexp_extract(json_extract_scalar(requestparameters, '$.roleArn'), '[^/]+$')
      ELSE json_extract_scalar(requestparameters, '$.roleName')
    END AS role_name,
    COALESCE(
      json_extract_scalar(requestparameters, '$.sourceIdentity'), useridentity.sessioncontext.sourceidentity,
      useridentity.username, regexp_extract(useridentity.arn, '[^/]+$'), useridentity.principalid
    ) AS person,
    COALESCE(useridentity.arn, useridentity.principalid) AS principal,
    CASE WHEN eventsource = 'sts.amazonaws.com' THEN '' ELSE eventname END AS change,
    COALESCE(useridentity.sessioncontext.attributes.mfaauthenticated, 'unknown') AS mfa,
    COALESCE(errorcode, 'done') AS outcome,
    COALESCE(sharedeventid, eventid) AS event,
    eventtime
  FROM cloudtrail
  WHERE day BETWEEN ? AND ?
    AND (
      (
        eventsource = 'sts.amazonaws.com'
        AND eventname IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity')
      )
      OR (
        eventsource = 'iam.amazonaws.com'
        AND eventname IN (
          'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
          'CreateRole', 'DeleteRole', 'UpdateRole', 'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary'
        )
      )
    )
)
SELECT
  role_name, kind, person, principal, change, mfa, outcome,
  count(DISTINCT event) AS times, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM calls
WHERE regexp_like(role_name, '(approver|releaser)$')
GROUP BY role_name, kind, person, principal, change, mfa, outcome
ORDER BY role_name, kind, last_time
