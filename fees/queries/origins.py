"""What of calls a fee run stands behind."""

from django.db.models import Exists, OuterRef

from capital.queries.origins import Origin, register
from fees.models import FeeBill


def register_fee_calls() -> None:
    """Have the page of a call lead to the run that it bills."""
    register(
        Origin(
            "bills_fee",
            "A management fee, partner by partner",
            "fee_run_of_call",
            lambda: Exists(FeeBill.objects.filter(call=OuterRef("pk"))),
        )
    )
