"""What files are called: those of one fund by its code, so that no two funds' files overwrite each other."""

from funds.models import Fund


def export_name(name: str, fund_id: int | None) -> str:
    """ "LSFI-capital-calls" for one fund, "capital-calls" for several."""
    code = Fund.objects.filter(pk=fund_id).values_list("code", flat=True).first() if fund_id else None
    return f"{code}-{name}" if code else name
