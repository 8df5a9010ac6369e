-- Money: three decimals, never NaN, never rounded silently, below ten to the thirteenth.
CREATE DOMAIN money_amount AS numeric
    CONSTRAINT money_amount_is_exact CHECK (VALUE <> 'NaN' AND VALUE = round(VALUE, 3) AND abs(VALUE) < 1e13);
