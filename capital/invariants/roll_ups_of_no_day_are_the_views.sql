-- As of the end of all days, as known at the end of time, every roll-up says for each row what its view says.
SELECT d.roll_up, d.id, d.said_by
  FROM ((SELECT 'commitment_capital' AS roll_up, x.commitment_id AS id, 'the view alone' AS said_by
           FROM (SELECT * FROM commitment_capital EXCEPT SELECT * FROM commitment_capital_at('infinity', 'infinity')) x)
        UNION ALL
        (SELECT 'commitment_capital', x.commitment_id, 'the function alone'
           FROM (SELECT * FROM commitment_capital_at('infinity', 'infinity') EXCEPT SELECT * FROM commitment_capital) x)
        UNION ALL
        (SELECT 'fund_commitment_capital', x.fund_id, 'the view alone'
           FROM (SELECT * FROM fund_commitment_capital EXCEPT SELECT * FROM fund_commitment_capital_at('infinity', 'infinity')) x)
        UNION ALL
        (SELECT 'fund_commitment_capital', x.fund_id, 'the function alone'
           FROM (SELECT * FROM fund_commitment_capital_at('infinity', 'infinity') EXCEPT SELECT * FROM fund_commitment_capital) x)
        UNION ALL
        (SELECT 'allocation_capital', x.allocation_id, 'the view alone'
           FROM (SELECT * FROM allocation_capital EXCEPT SELECT * FROM allocation_capital_at('infinity', 'infinity')) x)
        UNION ALL
        (SELECT 'allocation_capital', x.allocation_id, 'the function alone'
           FROM (SELECT * FROM allocation_capital_at('infinity', 'infinity') EXCEPT SELECT * FROM allocation_capital) x)
        UNION ALL
        (SELECT 'fund_capital', x.fund_id, 'the view alone'
           FROM (SELECT * FROM fund_capital EXCEPT SELECT * FROM fund_capital_at('infinity', 'infinity')) x)
        UNION ALL
        (SELECT 'fund_capital', x.fund_id, 'the function alone'
           FROM (SELECT * FROM fund_capital_at('infinity', 'infinity') EXCEPT SELECT * FROM fund_capital) x)) d
