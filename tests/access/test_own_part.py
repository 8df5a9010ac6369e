"""What an investor is shown, wherever it looks, is its own part: no other partner's amount, and the totals of all only
on its letters, where the fund lets them show."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db.models import DecimalField
from openpyxl import load_workbook
from pypdf import PdfReader

from blackgem.lib.context import WriteContext
from capital.models import (
    CallCapital,
    CallItemCapital,
    CapitalCallItemLine,
    CapitalCallLine,
    CommitmentCapital,
    FundCommitmentCapital,
    Payment,
)
from capital.services import calls
from distributions.models import (
    CommitmentDistributions,
    DistributionCapital,
    DistributionItem,
    DistributionTier,
    FundDistributions,
)
from distributions.services import distributions
from funds.models import Commitment, Notice, NoticeRendering
from funds.services.rendering import letter_html
from tests.factories import BankDetailsFactory
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.integration.notices.letters import deliver_all, render_all
from tests.support.pages import text_of

from .routes import Visitor, routes
from .world import World

pytestmark = pytest.mark.django_db

COMMITTED = ("611317.23", "404107.57", "250003.11")
CALLED = ((date(2025, 10, 1), "100003.07"), (date(2026, 3, 1), "151009.91"))
OF_PARTNERS = (Commitment, CommitmentCapital, CallItemCapital, CapitalCallItemLine, Payment)
PAID_OUT = (CommitmentDistributions, DistributionItem)
#: They describe the API, with recorded examples.
NO_FIGURES = ("api/openapi.json", "api/docs")
TOTALS = (
    FundCommitmentCapital,
    CapitalCallLine,
    CallCapital,
    FundDistributions,
    DistributionCapital,
    DistributionTier,
)


class Sent(World):
    """The letters of investor A are made as they are, and mailed."""

    def render(self) -> None:
        ctx = WriteContext(self.story.manager, AT_EXIT)
        for call in self.story.fund.capital_calls.all():
            calls.send_notices(call_id=call.pk, ctx=ctx)
        for one in self.story.fund.distributions.all():
            distributions.send_notices(distribution_id=one.pk, ctx=ctx)
        own = {"notice__commitment": self.story.partners[0], "notice__deliveries__isnull": False}
        NoticeRendering.objects.exclude(pk__in=NoticeRendering.objects.filter(**own).values("pk")).delete()
        render_all(at=AT_EXIT)
        deliver_all(at=AT_EXIT)


def figures(rows) -> set[Decimal]:
    """Every amount in these rows but nothing."""
    found = set()
    for row in rows:
        amounts = [field.attname for field in row._meta.concrete_fields if isinstance(field, DecimalField)]
        found |= {abs(Decimal(getattr(row, name) or 0)) for name in amounts}
    return found - {Decimal(0)}


def foreign(partner) -> set[Decimal]:
    """The amounts of others and of all together that are not its own too."""
    kept, others = set(), set()
    for model in (*OF_PARTNERS, *PAID_OUT):
        tie = "pk" if model is Commitment else "commitment"
        own = model._base_manager.filter(**{tie: partner.pk})
        kept |= figures(own)
        others |= figures(model._base_manager.exclude(**{tie: partner.pk}))
    for model in TOTALS:
        others |= figures(model._base_manager.all())
    return others - kept


def amounts_in(text: str) -> set[Decimal]:
    return {Decimal(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\.\d{2}(?!\d)", text)}


def words_of(response) -> str:
    """What a page, a file or an answer says."""
    kind = response["Content-Type"].partition(";")[0]
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(response.body)).pages)
    if kind.endswith("sheet"):
        rows = load_workbook(BytesIO(response.body)).active.values
        cells = (cell for row in rows for cell in row)
        return " ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells)
    return text_of(response) if kind == "text/html" else response.body.decode()


def test_an_investor_is_shown_its_own_part_alone(mailoutbox):
    """Pages, files, answers and mails never show more; its letters do, where their fund lets them."""
    story = ExitStory(committed=COMMITTED, called=CALLED, short="50000.03")
    for verified in ({}, {"verified_at": None, "verified_by": None, "version": 2}):
        BankDetailsFactory(fund=story.fund, created_by=story.manager, **verified)
    world = Sent(story)
    assert world.ids
    ids, partner = world.ids_of("lp_a"), story.partners[0]
    visitor, hidden = Visitor(world, "lp_a"), foreign(partner)
    read = {f"mail {number}": mail.body for number, mail in enumerate(mailoutbox)}
    for route in routes():
        if route.verb != "GET" or not route.path.startswith(("portal/", "api/")) or route.path in NO_FIGURES:
            continue
        for form in ("csv", "xlsx") if "form" in route.arguments else ("",):
            for notice in partner.notices.all() if "notice" in route.arguments else (None,):
                answer = visitor.ask(route, ids | {"form": form, "notice": notice and notice.public_id})
                if answer.status_code == 200:
                    read[f"{route} {form} {notice}"] = words_of(answer)
    others = [one.investor.name for one in (*story.partners[1:], story.gp)]
    assert [name for name, words in read.items() for one in others if one in words] == []
    said = {name: amounts_in(words) & hidden for name, words in read.items()}
    of_letters = ("/portal/documents/<notice>.pdf", "/portal/letters/<letter_id>/pdf")
    letters = [said.pop(name) for name in list(said) if any(one in name for one in of_letters)]
    assert (len(letters), len(mailoutbox)) == (4, 3)
    assert len(said) > 20
    assert all(letters)
    assert {name: found for name, found in said.items() if found} == {}


@pytest.mark.parametrize("totals", ["none", "percentages"])
def test_a_letter_shows_of_all_partners_what_its_fund_lets_it(totals):
    """In percent, the uses of the money and the steps of the waterfall; or none. Letters that wait are written anew."""
    story = ExitStory(committed=COMMITTED, called=CALLED)
    story.fund.partner_totals = totals
    story.fund.save()
    distribution, partner = story.issue_exit("500000.03"), story.partners[0]
    hidden = foreign(partner)
    call = story.fund.capital_calls.latest("number")
    calls.send_notices(call_id=call.pk, confirmed=True, ctx=WriteContext(story.manager, AT_EXIT))
    written = Notice.objects.filter(commitment=partner)
    about_call = written.filter(kind="capital_call", subject_id=call.pk).latest("version")
    about_payout = written.get(kind="distribution", subject_id=distribution.pk)
    assert (about_call.version, about_call.change_note) == (2, "It shows less of all partners together.")
    for letter, share in ((about_call, "100.00%"), (about_payout, "To the general partner")):
        text = re.sub(r"<[^>]+>", " ", letter_html(letter))
        assert amounts_in(text) & hidden == set()
        assert Decimal(letter.facts["amount"]) in amounts_in(text)
        assert (share in text) == (totals == "percentages")
        assert letter.facts["totals"] == totals
