"""What a manager sees across apps: overview, funds, investors, deals, the ledger, approvals, the audit trail."""
