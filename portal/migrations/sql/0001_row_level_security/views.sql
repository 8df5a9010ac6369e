-- A view shows what its reader may see, not what its owner may.
ALTER VIEW allocation_capital SET (security_invoker = true);
ALTER VIEW call_capital SET (security_invoker = true);
ALTER VIEW call_item_capital SET (security_invoker = true);
ALTER VIEW commitment_capital SET (security_invoker = true);
ALTER VIEW fund_capital SET (security_invoker = true);
ALTER VIEW fund_cash SET (security_invoker = true);
ALTER VIEW fund_commitment_capital SET (security_invoker = true);
ALTER VIEW receipt_capital SET (security_invoker = true);
ALTER VIEW commitment_distributions SET (security_invoker = true);
ALTER VIEW distribution_capital SET (security_invoker = true);
ALTER VIEW distribution_item_capital SET (security_invoker = true);
ALTER VIEW fund_distributions SET (security_invoker = true);
