"""The partners of a fund, entered as one table."""

from django.contrib import messages

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from blackgem.lib.pages import FormPage, form_page
from funds.access import MANAGE, check_may
from funds.forms.partner_table import PartnerTable
from funds.queries import funds as queries
from funds.services.partner_table import enter_partners

from .set_up import go_on


def _table_page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    table = PartnerTable(fund, user=request.user, data=request.POST if request.method == "POST" else None)
    return FormPage(
        template="funds/partner_table.html",
        partial="partner_table",
        form=table,
        context={"fund": fund, "table": table},
        asks=request.POST.get("do", "").startswith(("read", "add_", "remove_", "edit")),
    )


@manager_page
@form_page(_table_page)
def partner_table(request, page: FormPage, fund_id):
    """Everything is shown back as it was understood before anything is written."""
    table = page.form
    if request.POST.get("do") != "enter":
        table.is_shown_back = True
        return lambda: page.shown(request)
    commitments = enter_partners(fund_id=fund_id, rows=table.entered(), ctx=context_of(request))
    count = len(commitments)
    messages.success(request, f"{count} commitment{'' if count == 1 else 's'} entered.")
    return go_on(request, fund_id, after="investors", to=address("fund", fund_id))
