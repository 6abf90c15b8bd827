-- How often each class was answered, by day and version; of a regression, values are rounded to two digits.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130.
WITH answers AS (
  SELECT
    date(time) AS day_of,
    version,
    CASE WHEN value IS NULL THEN prediction ELSE CAST(round(value, 2) AS varchar) END AS answer
  FROM {database}.predictions
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
)

SELECT
  day_of,
  version,
  answer,
  count(*) AS rows_of,
  CAST(count(*) AS double) / sum(count(*)) OVER (PARTITION BY day_of, version) AS share
FROM answers
GROUP BY day_of, version, answer
ORDER BY day_of, version, rows_of DESC, answer
