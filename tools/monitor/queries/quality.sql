-- How good answers were, by day and version: the share of right ones, and the mean error of numbers. Rows without a label
-- are not counted; True is true, and 1.0 is 1. A label counts for predictions before it came; of several, the last one.
-- Parameters: first day and last day of the predictions, as numbers, for example 20261101 and 20261130; first day and
-- last day on which their labels came, for example 20261101 and 20261207.
WITH asked AS (
  SELECT inference_id, row, time, version, prediction, value, id
  FROM {database}.predictions
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

said AS (
  SELECT key, label, came
  FROM {database}.labels
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

labelled AS (
  SELECT
    p.time,
    p.version,
    p.prediction,
    p.value,
    max_by(l.label, l.came) AS label
  FROM asked AS p
  INNER JOIN said AS l ON l.key = {key} AND l.came >= p.time
  GROUP BY p.inference_id, p.row, p.time, p.version, p.prediction, p.value
)

SELECT
  date(time) AS day_of,
  version,
  count(*) AS rows_of,
  avg(CASE WHEN value IS NULL THEN CASE
    WHEN prediction = label THEN 1.0E0
    WHEN lower(prediction) IN ('true', 'false') AND lower(prediction) = lower(label) THEN 1.0E0
    WHEN TRY_CAST(prediction AS double) = TRY_CAST(label AS double) THEN 1.0E0
    ELSE 0.0E0
  END END) AS accuracy,
  avg(abs(value - TRY_CAST(label AS double))) AS mean_error
FROM labelled
GROUP BY date(time), version
ORDER BY day_of, version
