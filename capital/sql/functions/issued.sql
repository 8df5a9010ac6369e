-- Whether a fund ever issued a call, cancelled since or not: from then on its controls are changed by two people.
CREATE FUNCTION fund_issued_calls(of_fund bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM capital_calls WHERE fund_id = of_fund AND approved_at IS NOT NULL)
$$;
