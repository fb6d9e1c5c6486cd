-- Share of completions that a condition accepts, and the prompts of which none was accepted: those
-- are worth another run with a higher num_return_sequences. Put your condition in the place of
-- this one: ended by itself, and at least ten tokens long.
WITH judged AS (
  SELECT
    id,
    CASE WHEN finish_reason = 'stop' AND completion_tokens >= 10 THEN 1 ELSE 0 END AS accepted
  FROM completions
),
by_prompt AS (
  SELECT id, count(*) AS completions, sum(accepted) AS accepted
  FROM judged
  GROUP BY id
)
SELECT
  count(*) AS prompts,
  sum(completions) AS completions,
  sum(accepted) AS accepted,
  1.0 * sum(accepted) / sum(completions) AS share_accepted,
  sum(CASE WHEN accepted = 0 THEN 1 ELSE 0 END) AS prompts_without_any
FROM by_prompt
