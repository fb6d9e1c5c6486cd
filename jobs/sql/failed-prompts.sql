-- Which prompts failed, and why: one row for each error, the most frequent kind first.
SELECT
  error_code,
  count(*) OVER (PARTITION BY error_code) AS of_this_kind,
  id,
  sequence_index,
  error_message,
  prompt_tokens,
  substr(prompt, 1, 80) AS prompt_start
FROM completions
WHERE status = 'error'
ORDER BY of_this_kind DESC, error_code, id, sequence_index
