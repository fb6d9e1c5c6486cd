-- The newest run of the output folder against the one before: rows, errors, lengths, speed. Run ids
-- begin with their time, so the greatest is the newest.
WITH nights AS (
  SELECT
    run_id,
    count(*) AS row_count,
    sum(CASE WHEN status = 'ok' THEN 0 ELSE 1 END) AS errors,
    avg(completion_tokens) AS mean_tokens,
    avg(total_ms) AS mean_ms,
    sum(device_ms) / nullif(sum(completion_tokens), 0) AS device_ms_per_token,
    row_number() OVER (ORDER BY run_id DESC) AS age
  FROM completions
  GROUP BY run_id
)
SELECT
  CASE WHEN age = 1 THEN 'this night' ELSE 'the last' END AS night,
  run_id,
  row_count,
  errors,
  mean_tokens,
  mean_ms,
  device_ms_per_token
FROM nights
WHERE age <= 2
ORDER BY age
