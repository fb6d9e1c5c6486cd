-- Completions that say nearly the same: equal in their first 30 characters after blanks, commas and
-- stops are gone. An opening with many prompts is one that the model falls back to: raise the
-- temperature, or vary the prompts.
WITH openings AS (
  SELECT
    id,
    substr(
      replace(replace(replace(replace(replace(lower(completion),
        ' ', ''), ',', ''), '.', ''), '、', ''), '。', ''),
      1, 30) AS opening
  FROM completions
  WHERE status = 'ok'
)
SELECT opening, count(*) AS completions, count(DISTINCT id) AS prompts, min(id) AS for_example
FROM openings
GROUP BY opening
HAVING count(*) > 1
ORDER BY completions DESC, opening
LIMIT 50
