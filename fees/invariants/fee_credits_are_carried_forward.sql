-- What is left of a partner's credit after a fee run, the next one takes up, to the cent.
SELECT o.run, o.commitment, o.credit, o.carried
  FROM fee_credits_that_are_lost() o
