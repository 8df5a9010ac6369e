"""Rules that propose classes for entries, and accepting what they propose."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banking.forms.deciding import RuleForm
from banking.models import EntryRule
from banking.queries import pages as read
from banking.queries.settled import rule_rows_of
from banking.services import rules as services
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from funds.access import MANAGE, check_role
from funds.models import Fund
from funds.queries.access import fund_of, may_manage


@require_safe
@manager_page
def rules(request: HttpRequest, fund_id: int) -> HttpResponse:
    """The rules of a fund that stand."""
    fund = fund_of(request.user, fund_id)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "rules": rule_rows_of(fund),
        "may_manage": may_manage(fund),
    }
    return render(request, "banking/rules.html", context)


def _page(request: HttpRequest, fund, first: dict, title: str, rule: EntryRule | None = None) -> FormPage:
    check_role(fund.role, MANAGE)
    form = RuleForm(request.POST or None, initial=first, currency=fund.currency)
    context = {"fund": fund, "currency": fund.currency, "title": title, "rule": rule}
    return FormPage(template="banking/rule.html", form=form, context=context)


def _new_page(request: HttpRequest, fund_id: int) -> FormPage:
    first = {
        name: request.GET[name][:100] for name in ("name_holds", "text_holds", "side") if name in request.GET
    }
    return _page(request, fund_of(request.user, fund_id), first, "Teach a rule")


@manager_page
@form_page(_new_page)
def teach_rule(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Teach a rule of a fund."""
    services.teach_rule(fund_id=fund_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, "The rule proposes from now on.")
    return redirect("banking:rules", fund_id)


def _rule_of(request: HttpRequest, rule_id: int) -> EntryRule:
    rows = EntryRule.objects.filter(fund__in=Fund.objects.visible_to(request.user))
    return found(rows, pk=rule_id)


def _change_page(request: HttpRequest, rule_id: int) -> FormPage:
    rule = _rule_of(request, rule_id)
    first = {name: getattr(rule, name) for name in services.SAID}
    return _page(request, fund_of(request.user, rule.fund_id), first, f"Change rule {rule.number}", rule)


@manager_page
@form_page(_change_page)
def change_rule(request: HttpRequest, page: FormPage, rule_id: int) -> HttpResponse:
    """Teach a rule anew, as its next version."""
    services.change_rule(rule_id=rule_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, "The rule is changed. What was classified stays as it is.")
    return redirect("banking:rules", page.context["fund"].pk)


@require_POST
@manager_page
def retire_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Let a rule propose nothing any more."""
    rule = _rule_of(request, rule_id)
    services.retire_rule(rule_id=rule_id, ctx=context_of(request))
    messages.success(request, "The rule proposes nothing any more.")
    return redirect("banking:rules", rule.fund_id)


@require_POST
@manager_page
def accept_rules(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Classify each line of a statement of which the rules say one thing."""
    read.statement_of(request.user, statement_id)
    accepted = services.accept_rules(statement_id=statement_id, ctx=context_of(request))
    messages.success(
        request, f"{len(accepted)} classified." if accepted else "The rules said nothing of what waits."
    )
    return redirect("banking:statement", statement_id)
