-- Labels that came later than monitors wait for them, by the day of the prediction: they are in no comparison.
-- Parameters: first day and last day of the predictions, as numbers, for example 20261101 and 20261130; first day and
-- last day on which their labels came, for example 20261101 and 20261207.
WITH asked AS (
  SELECT inference_id, row, time, id
  FROM {database}.predictions
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

said AS (
  SELECT key, label, came
  FROM {database}.labels
  WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?
),

first_labels AS (
  SELECT p.inference_id, p.row, p.time, min(l.came) AS came
  FROM asked AS p
  INNER JOIN said AS l ON l.key = {key} AND l.came >= p.time
  GROUP BY p.inference_id, p.row, p.time
)

SELECT
  date(time) AS day_of,
  count(*) AS labels_of,
  count_if(date_diff('hour', time, came) >= {waitHours}) AS late,
  max(date_diff('hour', time, came)) AS latest_hours
FROM first_labels
GROUP BY date(time)
ORDER BY day_of
