-- A fee run says of everybody who pays a fee what it owes: nobody who had promised something by its day is left out.
SELECT o.run, o.commitment, o.promised
  FROM fee_runs_without_a_partner() o
