"""A fund's letterhead and words: changed, and shown as a letter before they are."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page, manager_preview
from blackgem.lib.context import context_of
from blackgem.lib.downloads import makes_file, show_pdf, takes
from blackgem.lib.navigation import address
from blackgem.lib.pages import REFUSED, FormPage, form_page
from funds.access import MANAGE, check_may
from funds.calc.wording import LETTERS
from funds.forms.wording import WordingForm
from funds.models import ControlChange
from funds.queries import funds as queries
from funds.queries.controls import with_words
from funds.queries.wording import waiting_for, wording_of, written_by
from funds.services.letter_previews import preview_pdf
from funds.services.wording import preview_facts, proposed_facts, set_wording, stored_facts

from .asking import say_it_waits


def _page(request, fund_id) -> FormPage:
    fund = queries.fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    stands, waiting = wording_of(fund), waiting_for(fund)
    stands = stands and written_by(stands)
    initial = {"head_lines": stands.head_lines, **stands.words} if stands else {}
    form = WordingForm(request.POST or None, request.FILES or None, initial=initial)
    context = {"fund": fund, "stands": stands, "waiting": with_words([waiting])[0] if waiting else None}
    return FormPage(template="funds/wording_form.html", form=form, context=context)


@manager_page
@form_page(_page)
def wording(request, page: FormPage, fund_id):
    """A new version, of which letters that are written from then on are made."""
    with transaction.atomic():
        written = set_wording(fund_id=fund_id, entered=page.form.entered, ctx=context_of(request))
        if isinstance(written, ControlChange):
            say_it_waits(request, [written])
            return redirect("funds:wording", fund_id)
    stood = page.context["stands"]
    if written is None or (stood and written.pk == stood.pk):
        messages.info(request, "Letterhead and words are as they were.")
    else:
        messages.success(request, f"Version {written.version} stands: letters written from now on have it.")
    return redirect(address("fund", fund_id))


@makes_file
@require_http_methods(["GET", "POST"])
@manager_preview
def wording_preview(request: HttpRequest, fund_id: int) -> HttpResponse:
    """A letter under what is in the form, or, asked for by its address, under what waits for another person, else what
    stands. Writes nothing."""
    page = _page(request, fund_id)
    fund, form = page.context["fund"], page.form
    asked = request.POST.get("letter") or request.GET.get("letter") or ""
    letter = asked if asked in LETTERS else "capital_call"
    if request.method == "POST":
        if not form.is_valid():
            return page.shown(request, status=REFUSED)
        facts, pictures = preview_facts(fund, form.entered)
    else:
        facts, pictures = _kept(fund, page.context["waiting"], page.context["stands"])
    takes(request, fund, fund_id=fund.pk)
    content = preview_pdf(fund, letter, facts, pictures, ctx=context_of(request))
    return show_pdf(content, name=f"{fund.code}-{letter.replace('_', '-')}-preview.pdf")


def _kept(fund, waiting, stands) -> tuple[dict, dict[str, bytes]]:
    if waiting:
        return proposed_facts(waiting)
    return stored_facts(fund, stands)
