-- No more of waived fees is deemed paid by a general partner than was waived, and other partners are asked for as much.
SELECT f.id AS fund, NULL::bigint AS use, w.waived, w.used
  FROM funds f
 CROSS JOIN LATERAL fee_waivers_of(f.id) w
 WHERE w.used > w.waived
UNION ALL
SELECT NULL, o.use, o.amount, o.deemed
  FROM fee_waiver_uses_posted_otherwise() o
