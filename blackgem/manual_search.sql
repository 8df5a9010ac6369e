-- Pages of the manual that have the words, whatever their endings, in their titles or texts, with a passage of each:
-- the reader's own chapter first.
WITH found AS (
  SELECT page, title, text, query, starts_with(page, %(chapter)s) AS is_own, ts_rank(words, query, 1) AS rank
  FROM unnest(%(pages)s::text[], %(titles)s::text[], %(texts)s::text[]) AS manual (page, title, text)
  CROSS JOIN websearch_to_tsquery('english', %(words)s) AS query
  CROSS JOIN LATERAL (
    SELECT setweight(to_tsvector('english', title), 'A') || to_tsvector('english', text) AS words
  ) AS read
  WHERE words @@ query
  ORDER BY is_own DESC, rank DESC, page
  LIMIT %(most)s
)
SELECT page, title, ts_headline('english', text, query, 'StartSel="", StopSel="", MinWords=16, MaxWords=30')
FROM found
ORDER BY is_own DESC, rank DESC, page
