-- What a late closer was charged for the time before is what its periods add up to, and what the call that was issued with it asks of it.
SELECT o.call, o.commitment, o.net, o.tax, o.by_periods, o.asked_fee, o.asked_tax
  FROM fee_catch_ups_asked_otherwise() o
