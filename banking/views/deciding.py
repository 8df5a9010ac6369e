"""One bank entry after the other: what it may be, and what a person says of it. Every key is a button of the page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banking.access import check_settle, check_undo
from banking.forms.deciding import ApplyEntryForm, ClassifyForm, IgnoreForm, WiresForm
from banking.queries import entry as read
from banking.services import settling
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.errors import InvalidInput
from blackgem.lib.pages import says_refusals
from funds.access import MANAGE, check_role


@require_safe
@manager_page
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """An entry with what it may be, and every way to settle it."""
    return _shown(request, entry_id)


def _shown(request: HttpRequest, entry_id: int, status: int = 200) -> HttpResponse:
    """With what was posted in the form that was refused, if one was."""
    one = read.deciding_on(request.user, entry_id)
    sent = request.resolver_match.url_name if request.method == "POST" else ""

    def typed(name: str):
        return request.POST if sent == f"entry_{name}" else None

    fund = one.entry.fund
    rule = one.proposal.rule if one.proposal and one.proposal.is_clear else None
    context = {
        "one": one,
        "entry": one.entry,
        "fund": fund,
        "currency": fund.currency,
        "settle": offer(check_settle, one.entry, request.user),
        "undo": offer(check_undo, one.entry, request.user),
        "apply": ApplyEntryForm(typed("apply"), one=one, currency=fund.currency),
        "classify": ClassifyForm(
            typed("classify"), initial={"entry_class": rule.entry_class} if rule else {}
        ),
        "ignore": IgnoreForm(typed("ignore")),
        "rule": rule,
    }
    return render(request, "banking/entry.html", context, status=status)


def _refused(request: HttpRequest, error, entry_id: int) -> HttpResponse:
    return _shown(request, entry_id, error.status)


def _valid(form: forms.Form) -> dict:
    """What was posted; InvalidInput with the first thing that is wrong with it."""
    if not form.is_valid():
        name, wrong = next(iter(form.errors.items()))
        label = form.fields[name].label or name.replace("_", " ").capitalize() if name in form.fields else ""
        raise InvalidInput("entry.invalid", f"{label}: {wrong[0]}" if label else wrong[0])
    return form.cleaned_data


def _managed(request: HttpRequest, entry_id: int) -> None:
    """Whether this person may say something of the entry at all."""
    check_role(read.entry_seen_by(request.user, entry_id).role, MANAGE)


def _on(request: HttpRequest, entry_id: int, said: str) -> HttpResponse:
    """To the next line of the statement that waits, or to the statement."""
    messages.success(request, said)
    one = read.entry_seen_by(request.user, entry_id)
    following = read.next_waiting(one.statement, entry_id)
    if following is None:
        return redirect("banking:statement", one.statement_id)
    return redirect("banking:entry", following)


@require_POST
@manager_page
@says_refusals(_refused)
def apply_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Record the receipt of a credit, applied to what was chosen; the rest stays unapplied."""
    _managed(request, entry_id)
    one = read.deciding_on(request.user, entry_id)
    form = ApplyEntryForm(request.POST, one=one, currency=one.entry.fund.currency)
    cleaned = _valid(form)
    settling.apply_entry(
        entry_id=entry_id, splits=form.splits(), holder_id=cleaned["holder"], ctx=context_of(request)
    )
    return _on(request, entry_id, "The receipt is posted.")


@require_POST
@manager_page
@says_refusals(_refused)
def link_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say which wires of the books an entry is; what was payable is recorded as paid out."""
    _managed(request, entry_id)
    form = WiresForm(request.POST)
    cleaned = _valid(form)
    kind, rows = cleaned["wires"]
    if cleaned["pays"]:
        settling.pay_out_entry(entry_id=entry_id, kind=kind, row_ids=rows, ctx=context_of(request))
        return _on(request, entry_id, "The payout is confirmed.")
    settling.link_entry(entry_id=entry_id, wires=[(kind, row) for row in rows], ctx=context_of(request))
    return _on(request, entry_id, "It is what was recorded; nothing is posted again.")


@require_POST
@manager_page
@says_refusals(_refused)
def classify_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say of which class an entry is."""
    _managed(request, entry_id)
    cleaned = _valid(ClassifyForm(request.POST))
    settling.classify_entry(
        entry_id=entry_id,
        entry_class=cleaned["entry_class"],
        rule_id=cleaned["rule"],
        note=cleaned["note"],
        ctx=context_of(request),
    )
    return _on(request, entry_id, "The entry is classified.")


@require_POST
@manager_page
@says_refusals(_refused)
def ignore_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Leave an entry aside, with the reason."""
    _managed(request, entry_id)
    cleaned = _valid(IgnoreForm(request.POST))
    settling.ignore_entry(entry_id=entry_id, reason=cleaned["reason"], ctx=context_of(request))
    return _on(request, entry_id, "The entry is left aside.")


@require_POST
@manager_page
@says_refusals(_refused)
def undo_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take back what was said of an entry."""
    _managed(request, entry_id)
    settling.undo_entry(entry_id=entry_id, ctx=context_of(request))
    messages.success(request, "It waits again.")
    return redirect("banking:entry", entry_id)
