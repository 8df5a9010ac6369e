-- Which distributions count, and their status as a function of amounts; distributions/calc/states.py says the same.

CREATE FUNCTION distribution_is_issued(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('sent', 'paid');

CREATE FUNCTION issued_distribution_status(gross numeric, paid_out numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paid_out = gross THEN 'paid' ELSE 'sent' END;
