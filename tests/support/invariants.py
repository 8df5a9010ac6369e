"""What `manage.py reconcile` would find wrong."""

from blackgem.lib.invariants import Finding, sweep


def violations(*, using: str = "default") -> list[Finding]:
    """Only what contradicts something."""
    return [finding for finding in sweep(using=using) if finding.count]
