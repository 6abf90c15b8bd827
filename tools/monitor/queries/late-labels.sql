-- Labels that came later than monitors wait for them, by the day of the prediction: they are in no comparison.
-- Parameters: first day, last day, as numbers, for example 20261101 and 20261130.
WITH first_labels AS (
  SELECT p.inference_id, p.row, p.time, min(l.came) AS came
  FROM {database}.predictions AS p
  INNER JOIN {database}.labels AS l ON l.key = {key} AND l.came >= p.time
  WHERE p.year * 10000 + p.month * 100 + p.day BETWEEN ? AND ?
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
