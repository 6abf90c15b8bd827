-- Rows for which no label came, by day and version.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130.
WITH rows_with AS (
  SELECT p.inference_id, p.row, p.time, p.version, count(l.key) AS labels_of
  FROM {database}.predictions AS p
  LEFT JOIN {database}.labels AS l ON l.key = {key} AND l.came >= p.time
  WHERE p.year * 10000 + p.month * 100 + p.day BETWEEN ? AND ?
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
