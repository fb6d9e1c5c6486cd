-- The completions that took longest, and where their time went: waiting for a place, reading the
-- prompt, or writing. Many tokens at a usual speed are long; few tokens are slow.
SELECT
  id,
  sequence_index,
  total_ms,
  queue_ms,
  prefill_ms,
  decode_ms,
  prompt_tokens,
  completion_tokens,
  1000 * completion_tokens / nullif(decode_ms, 0) AS tokens_per_second,
  executor_id,
  device
FROM completions
WHERE status = 'ok'
ORDER BY total_ms DESC, id, sequence_index
LIMIT 20
