-- What which version answered to a request, with what it was asked and the label if one came.
-- Parameters: first day and last day of the predictions, as numbers, for example 20261101 and 20261130; first day and
-- last day on which their labels came, for example 20261101 and 20261207; the inference ID, in quotes.
WITH asked AS (
  SELECT inference_id, row, time, version, package, prediction, probability, value, features, id
  FROM {database}.predictions
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

said AS (
  SELECT key, label, came
  FROM {database}.labels
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
)

SELECT
  p.inference_id,
  p.row,
  p.time,
  p.version,
  p.package,
  p.prediction,
  p.probability,
  p.value,
  max_by(l.label, l.came) AS label,
  max(l.came) AS label_came,
  CAST(p.features AS json) AS features,
  CAST(p.id AS json) AS id
FROM asked AS p
LEFT JOIN said AS l ON l.key = {key} AND l.came >= p.time
WHERE p.inference_id = ?
GROUP BY
  p.inference_id, p.row, p.time, p.version, p.package, p.prediction, p.probability, p.value,
  CAST(p.features AS json), CAST(p.id AS json)
ORDER BY p.time, p.row
