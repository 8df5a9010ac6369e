-- The columns that name something, and rates that no constraint of a model holds.

CALL hold_to_names('funds', 'name', 'legal_name');
CALL hold_to_names('deals', 'name');
CALL hold_to_names('investors', 'name');
CALL hold_to_names('investor_contacts', 'name', 'email');
CALL hold_to_names('commitments', 'reference');
CALL hold_to_names('bank_details', 'bank_name', 'account_name');
CALL hold_to_names('payee_details', 'bank_name', 'account_name');
CALL hold_to_names('phone_numbers', 'person_name');
CALL hold_to_names('notices', 'number');
CALL hold_to_names('notice_deliveries', 'message_id');

CALL hold_to_rates('investors', 'withholding_rate');
CALL hold_to_rates('fund_terms', 'clawback_tax_rate');
