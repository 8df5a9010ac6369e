-- The least of each commitment that is unfunded on a day or any later one: what a call that counts from then may draw on.
CREATE FUNCTION unfunded_from(ids bigint[], first_day date) RETURNS TABLE (commitment_id bigint, unfunded numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT d.commitment_id, min(d.unfunded)
      FROM (SELECT m.commitment_id, greatest(m.day, first_day) AS day,
                   sum(sum(m.amount)) OVER (PARTITION BY m.commitment_id ORDER BY greatest(m.day, first_day)) AS unfunded
              FROM unfunded_moves m
             WHERE m.commitment_id = ANY (ids)
             GROUP BY m.commitment_id, greatest(m.day, first_day)) d
     GROUP BY d.commitment_id
$$;
