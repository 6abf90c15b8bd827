-- Rows by day and version. Version null: rows that came while a deployment ran, of a source that names no version.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130.
SELECT date(time) AS day_of, version, count(*) AS rows_of, count(DISTINCT inference_id) AS requests
FROM {database}.predictions
WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
GROUP BY date(time), version
ORDER BY day_of, version
