-- How good answers were, by day and version: the share of right ones, and the mean error of numbers. Rows without a label
-- are not counted. A label counts for predictions before it came; of several, the last one does.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130.
WITH labelled AS (
  SELECT
    p.time,
    p.version,
    p.prediction,
    p.value,
    max_by(l.label, l.came) AS label
  FROM {database}.predictions AS p
  INNER JOIN {database}.labels AS l ON l.key = {key} AND l.came >= p.time
  WHERE p.year * 10000 + p.month * 100 + p.day BETWEEN ? AND ?
  GROUP BY p.inference_id, p.row, p.time, p.version, p.prediction, p.value
)

SELECT
  date(time) AS day_of,
  version,
  count(*) AS rows_of,
  avg(CASE WHEN value IS NULL THEN CASE WHEN prediction = label THEN 1.0E0 ELSE 0.0E0 END END) AS accuracy,
  avg(abs(value - TRY_CAST(label AS double))) AS mean_error
FROM labelled
GROUP BY date(time), version
ORDER BY day_of, version
