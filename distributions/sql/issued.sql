-- Whether a fund ever issued a distribution, cancelled since or not: from then on its controls are changed by two people.
CREATE FUNCTION fund_issued_distributions(of_fund bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM distributions WHERE fund_id = of_fund AND sent_at IS NOT NULL)
$$;
