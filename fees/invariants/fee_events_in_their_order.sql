-- A suspension of the investment period ends before the next one begins, and every other event of a fee happens once.
SELECT o.fund, o.event, o.kind, o.effective_on
  FROM fee_events_out_of_order() o
