-- Distributions are issued in the order of their approval, and none that counted another stands after that one was cancelled.
SELECT later.id AS distribution, later.status, first.id AS approved_before, first.status AS which_is
  FROM distributions later
  JOIN distributions first
    ON first.fund_id = later.fund_id AND (first.approved_at, first.id) < (later.approved_at, later.id)
 WHERE (later.status IN ('sent', 'paid') AND first.status = 'approved')
    OR (later.status IN ('approved', 'sent', 'paid') AND first.status = 'cancelled'
        AND later.approved_at < first.cancelled_at)
