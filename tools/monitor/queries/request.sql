-- What which version answered to a request, with what it was asked and the label if one came.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130; the inference ID, in quotes.
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
FROM {database}.predictions AS p
LEFT JOIN {database}.labels AS l ON l.key = {key} AND l.came >= p.time
WHERE p.year * 10000 + p.month * 100 + p.day BETWEEN ? AND ?
  AND p.inference_id = ?
GROUP BY
  p.inference_id, p.row, p.time, p.version, p.package, p.prediction, p.probability, p.value,
  CAST(p.features AS json), CAST(p.id AS json)
ORDER BY p.time, p.row
