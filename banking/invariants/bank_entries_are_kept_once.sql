-- What was booked is kept once: of entries that are alike on one day, the occurrences count from 1 without a gap.
SELECT e.account_id AS account, e.booking_date, e.amount, count(*) AS kept, max(e.occurrence) AS last
  FROM bank_entries e
 WHERE e.status = 'booked'
 GROUP BY e.account_id, e.booking_date, e.amount, e.fingerprint
HAVING count(*) <> max(e.occurrence) OR min(e.occurrence) <> 1 OR count(DISTINCT e.occurrence) <> count(*)
