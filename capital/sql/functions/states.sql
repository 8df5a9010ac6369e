-- States as functions of amounts; capital/calc/states.py says the same in Python.

CREATE FUNCTION call_is_issued(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('sent', 'partially_funded', 'fully_funded');

CREATE FUNCTION allocation_state(committed numeric, called numeric, funded numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN funded = committed THEN 'funded'
    WHEN called = committed THEN 'called'
    WHEN funded > 0 THEN 'partially_funded'
    WHEN called > 0 THEN 'partially_called'
    ELSE 'committed'
END;

CREATE FUNCTION issued_call_status(total numeric, paid numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paid = total THEN 'fully_funded' WHEN paid > 0 THEN 'partially_funded' ELSE 'sent' END;

-- Interest between partners of different closings, and on a late payment, is no capital of the fund.
CREATE FUNCTION line_is_capital(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind NOT IN ('subsequent_close_interest', 'default_interest');

CREATE FUNCTION item_status(amount numeric, paid numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paid = amount THEN 'paid' WHEN paid > 0 THEN 'partial' ELSE 'pending' END;
