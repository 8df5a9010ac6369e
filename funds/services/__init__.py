"""Every write of this app: keyword-only, one transaction each, with its audit event."""
