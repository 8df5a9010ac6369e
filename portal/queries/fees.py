"""How the management fees of an investor were worked out, whether a call asks for them or offsets took them up."""

from decimal import Decimal
from uuid import UUID

from blackgem.lib.pages import found
from fees.models import FeeStatement
from portal.reader import Reader

_SHOWN = (
    "effective_on",
    "facts",
    "withdrawn_at",
    "public_id",
    "commitment__public_id",
    "commitment__reference",
    "commitment__investor__public_id",
    "commitment__investor__name",
    *(f"fund__{name}" for name in ("public_id", "name", "currency", "time_zone")),
)


def fees_of(reader: Reader):
    """Its fee of every run that was approved, and of the time before where it came in later, newest first."""
    rows = FeeStatement.objects.filter(commitment__in=reader.commitments).only(*_SHOWN)
    return rows.select_related("fund", "commitment__investor").order_by("-effective_on", "-pk")


def fee_of(reader: Reader, public_id: UUID) -> FeeStatement:
    """One of them; 404 for that of anybody else."""
    return found(fees_of(reader), public_id=public_id)


def state_of_fee(one: FeeStatement) -> str:
    """What became of a fee: `withdrawn` with its call, `nothing_due`, `paid_by_fund` from its cash, or `billed`."""
    if one.withdrawn_at:
        return "withdrawn"
    if not Decimal(one.facts["due"]):
        return "nothing_due"
    return "paid_by_fund" if one.facts.get("paid_from") == "cash" else "billed"
