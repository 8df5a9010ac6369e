-- What the tiers took of the partners' shares is what the general partner, and nobody else, gets as carried interest.
SELECT i.distribution_id AS distribution, x.borne, sum(i.carried_interest) AS received
  FROM distribution_items i
  JOIN (SELECT q.distribution_id, coalesce(sum((t->>1)::numeric + (t->>3)::numeric), 0) AS borne
          FROM distribution_items q LEFT JOIN LATERAL jsonb_array_elements(q.tiers) t ON true
         GROUP BY q.distribution_id) x ON x.distribution_id = i.distribution_id
 GROUP BY i.distribution_id, x.borne
HAVING sum(i.carried_interest) <> x.borne
UNION ALL
SELECT i.distribution_id, 0, i.carried_interest
  FROM distribution_items i JOIN commitments c ON c.id = i.commitment_id
 WHERE c.kind <> 'gp' AND i.carried_interest <> 0
