-- Tokens per hour and device, and how busy the device was: device_ms is a completion's share of the
-- steps it was in, so its sum is the time in which the device worked. A completion counts in the
-- hour in which it finished.
SELECT
  date_trunc('hour', finished_at) AS hour,
  executor_id,
  device,
  count(*) AS completions,
  sum(completion_tokens) AS tokens,
  sum(completion_tokens) / 3600.0 AS tokens_per_second_of_the_hour,
  sum(device_ms) / 3600000.0 AS busy_share_of_the_hour
FROM completions
WHERE status = 'ok'
GROUP BY date_trunc('hour', finished_at), executor_id, device
ORDER BY hour, executor_id, device
