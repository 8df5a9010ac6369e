"""The words of what investors do, and of who looks on: what the audit trail says."""

from blackgem.lib import timeline

timeline.register(
    {
        "acknowledge_notice": "acknowledged the notice",
        "view_as_investor": "looked at the portal as the investor",
        "stop_viewing_as_investor": "stopped looking as the investor",
    },
)
