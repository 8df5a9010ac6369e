-- A mail that went out has its Message-ID and its time; one under way has a lease, and each letter has one at most.
SELECT notice_id AS notice, state, count(*) AS mails
  FROM notice_deliveries
 WHERE (state = 'sent' AND (sent_at IS NULL OR message_id = '')) OR (state = 'sending' AND lease_until IS NULL)
 GROUP BY notice_id, state
UNION ALL
SELECT notice_id, 'under way', count(*)
  FROM notice_deliveries WHERE state IN ('queued', 'sending') GROUP BY notice_id HAVING count(*) > 1
