"""Asking the fund's manager about a call or a distribution."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from funds.forms.questions import MessageForm
from funds.models import Notice
from portal.queries.calls import call_of
from portal.queries.distributions import distribution_of
from portal.queries.questions import thread_of
from portal.reader import portal_page
from portal.services.questions import ask_question

_CALL, _DISTRIBUTION = Notice.Kind.CAPITAL_CALL, Notice.Kind.DISTRIBUTION


def _page(request, kind: str, item, back: str) -> FormPage:
    form = MessageForm(
        request.POST or None,
        label="Your question",
        help_text="Plain text. The fund’s managers read it, and who else sees this commitment for you.",
    )
    whole = item.call if kind == _CALL else item.distribution
    context = {
        "item": item,
        "whole": whole,
        "fund": whole.fund,
        "back_to": back,
        "thread": thread_of(request.reader, kind, item),
    }
    return FormPage(template="portal/ask.html", form=form, context=context)


def _call_page(request, call_item: UUID) -> FormPage:
    return _page(request, _CALL, call_of(request.reader, call_item), "portal:call")


def _distribution_page(request, distribution_item: UUID) -> FormPage:
    return _page(
        request, _DISTRIBUTION, distribution_of(request.reader, distribution_item), "portal:distribution"
    )


def _ask(request, page: FormPage, kind: str, part: UUID) -> HttpResponse:
    ask_question(kind=kind, part=part, text=page.form.cleaned_data["text"], ctx=context_of(request))
    messages.success(request, "Your question is with the fund. You are told by mail when it is answered.")
    return redirect(page.context["back_to"], part)


@portal_page
@form_page(_call_page)
def ask_about_call(request: HttpRequest, page: FormPage, call_item: UUID) -> HttpResponse:
    """A question about one call."""
    return _ask(request, page, _CALL, call_item)


@portal_page
@form_page(_distribution_page)
def ask_about_distribution(request: HttpRequest, page: FormPage, distribution_item: UUID) -> HttpResponse:
    """A question about one distribution."""
    return _ask(request, page, _DISTRIBUTION, distribution_item)
