-- What each category has cost. category is a column of the input that input.keep names; put yours
-- in its place, and your price of an engine hour in the place of 2.5. Time in which a device waited
-- belongs to no row, so the sum is a little less than the bill.
SELECT
  category,
  count(*) AS completions,
  sum(completion_tokens) AS tokens,
  sum(device_ms) / 3600000.0 * 2.5 AS cost,
  sum(device_ms) / 3600000.0 * 2.5 / nullif(sum(completion_tokens), 0) * 1000 AS cost_per_1000_tokens
FROM completions
GROUP BY category
ORDER BY cost DESC, category
