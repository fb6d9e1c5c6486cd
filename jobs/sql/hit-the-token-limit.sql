-- Share of completions that were cut at the token limit, by model. Where it is high, raise
-- generation.max_new_tokens or give the model a stop string.
SELECT
  model,
  count(*) AS completions,
  sum(CASE WHEN finish_reason = 'length' THEN 1 ELSE 0 END) AS cut,
  avg(CASE WHEN finish_reason = 'length' THEN 1.0 ELSE 0.0 END) AS share_cut,
  avg(completion_tokens) AS mean_tokens,
  max(completion_tokens) AS longest
FROM completions
WHERE status = 'ok'
GROUP BY model
ORDER BY share_cut DESC, model
