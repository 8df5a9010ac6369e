"""A fund whose partners can be written to, its notices, and what a worker does with them, step by step."""

from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from blackgem.lib.context import WriteContext
from blackgem.lib.mail import Relay
from capital.services import calls
from funds.models import Notice, NoticeDelivery
from funds.services.delivering import deliver_next
from funds.services.rendering import render_next
from tests.factories import BankDetailsFactory, ContactFactory, admit, rename
from tests.integration.capital.story import NOW, Story

FUND = {
    "name": "Granite Search Fund I",
    "legal_name": "Granite Search Fund I, L.P.",
    "address": "200 Clarendon Street\nBoston, MA 02116",
    "contact_name": "Maya Fields",
    "contact_email": "ir@granite.example",
    "contact_phone": "+1 617 555 0142",
    "signatory_name": "Daniel Reyes",
    "signatory_title": "Managing Member of the General Partner",
}


def story(committed=("600000.00", "300000.00", "100000.00"), *, contacts=True, **fund) -> Story:
    """Partners with an address each: lp1@example.com, lp2@…; verified bank details, a letterhead."""
    told = Story(tuple(committed))
    admit(FUND["contact_email"])
    rename(told.fund, **{**FUND, **fund})
    BankDetailsFactory(fund=told.fund, verified_by=told.manager)
    for number, partner in enumerate(told.partners, start=1):
        if contacts:
            ContactFactory(investor=partner.investor, email=f"lp{number}@example.com")
    return told


def send(told, call, **options) -> int:
    return calls.send_notices(call_id=call.pk, ctx=WriteContext(told.manager, NOW), **options)


def notices(call) -> list[Notice]:
    """Every version of every letter of a call."""
    return list(Notice.objects.filter(subject_id=call.pk).order_by("item_id", "version"))


def deliveries(call) -> list[NoticeDelivery]:
    return list(NoticeDelivery.objects.filter(notice__subject_id=call.pk).order_by("notice_id", "round"))


def states(call) -> list[str]:
    return [delivery.state for delivery in deliveries(call)]


def render_all(at=NOW) -> int:
    return _count(lambda: render_next(at=at))


def deliver_all(at=NOW) -> int:
    """What one worker mails until nothing is due."""
    with Relay() as relay:
        return _count(lambda: deliver_next(relay=relay, at=at))


def _count(step) -> int:
    done = 0
    while step():
        done += 1
    return done


def after(**time):
    return NOW + timedelta(**time)


def text_of(content: bytes) -> str:
    """The words of a PDF, one space between them."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
