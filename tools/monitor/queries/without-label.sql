-- Rows for which no label came, by day and version.
-- Parameters: first day and last day of the predictions, as numbers, for example 20261101 and 20261130; first day and
-- last day on which their labels came, for example 20261101 and 20261207.
WITH asked AS (
  SELECT inference_id, row, time, version, id
  FROM {database}.predictions
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

said AS (
  SELECT key, label, came
  FROM {database}.labels
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

rows_with AS (
  SELECT p.inference_id, p.row, p.time, p.version, count(l.key) AS labels_of
  FROM asked AS p
  LEFT JOIN said AS l ON l.key = {key} AND l.came >= p.time
  GROUP BY p.inference_id, p.row, p.time, p.version
)

SELECT
  date(time) AS day_of,
  version,
  count(*) AS rows_of,
  count_if(labels_of = 0) AS without_label,
  CAST(count_if(labels_of = 0) AS double) / count(*) AS share
FROM rows_with
GROUP BY date(time), version
ORDER BY day_of, version
