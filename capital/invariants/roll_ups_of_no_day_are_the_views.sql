-- As of the end of all days, as known at the end of time, every roll-up says for each row what its view says.
SELECT roll_up, id, said_by FROM differing_roll_ups()
