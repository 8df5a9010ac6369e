"""Bank details of a partner that wait, and a number on file, for everybody who might ask about them."""

from datetime import UTC, datetime

from blackgem.lib.context import WriteContext
from funds.services.call_backs import record_phone_number
from funds.services.payees import propose_payee_details

AT = datetime(2027, 7, 1, 12, tzinfo=UTC)
ACCOUNT = "000444555666"


def payees(story, partner) -> dict[str, object]:
    """Their ids, and the number's."""
    ctx = WriteContext(story.manager, AT)
    number = {"person_name": "Ann", "number": "+1 212 555 0199"}
    fields = {"bank_name": "B’s Bank", "account_name": "B", "account_number": ACCOUNT}
    of_partner = {"commitment_id": partner.pk, "ctx": ctx}
    on_file = record_phone_number(fund_id=partner.fund_id, fields=number, **of_partner)
    details = propose_payee_details(fields=fields, **of_partner)
    return {"payee_details_id": details.pk, "phone_number_id": on_file.pk}
