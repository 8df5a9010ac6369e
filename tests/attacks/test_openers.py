"""K. Funds in another's name: who opens one, what it may be called, and when its letters leave."""

from datetime import date
from functools import partial

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Value
from django.test import Client

from blackgem.identity.changes import approve
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden
from blackgem.lib.sql import mapped_errors
from blackgem.models import AccountChange, AuditEvent, User
from funds.models import Fund
from funds.services.funds import change_fund, create_fund
from funds.services.invitations import invite_member
from funds.services.portal_access import withdraw_access
from funds.services.senders import admit_sender, withdraw_sender
from tests.attacks.pages import nothing_changed
from tests.factories import (
    AdminFactory,
    ContactFactory,
    FundFactory,
    MembershipFactory,
    UserFactory,
    let_open_funds,
)
from tests.integration.capital.story import NOW, Story
from tests.integration.notices.letters import deliver_all, deliveries, render_all, send, story
from tests.support.api import Api, problem
from tests.support.opened import written
from tests.support.race import Gate, together

pytestmark = pytest.mark.django_db

NEW = {"name": "Granite Search Fund I", "lpa_date": date(2025, 9, 1)}


def by(person) -> WriteContext:
    return WriteContext(person, NOW)


# ---------------------------------------------------------------- who opens one


def test_whose_access_ended_opens_no_fund_with_the_session_that_is_left():
    """The attack as it went through: an investor's contact, shut out, was taken for a newcomer."""
    told = Story()
    eve = ContactFactory(investor=told.partners[0].investor, user=UserFactory()).user
    browser, api = Client(), Api.of(eve)
    browser.force_login(eve)
    contact = told.partners[0].investor.contacts.get(user=eve)
    withdraw_access(contact_id=contact.pk, ctx=by(told.manager))
    body = {"name": told.fund.legal_name, "lpaDate": "2025-09-01"}
    with nothing_changed():
        problem(api.post("/funds", body), 403, "role.insufficient")
        problem(api.post("/investors", {"name": "Somebody"}), 403, "role.insufficient")
        problem(api.post("/deals", {"name": "Something"}), 403, "role.insufficient")
        for path in ("/funds/new/", "/investors/new/", "/deals/new/"):
            assert browser.get(path).status_code == 403
            assert browser.post(path, body | {"lpa_date": "2025-09-01"}).status_code == 403
    page = browser.get("/").content.decode()
    assert "Set up your first fund" not in page
    assert "an administrator can let you open one" in page
    assert AuditEvent.objects.filter(actor=eve, verb="be_refused").exists()


def test_managers_analysts_and_who_has_left_open_none_without_the_right():
    fund = FundFactory(manager=UserFactory())
    people = {
        role: MembershipFactory(fund=fund, role=role).user for role in ("manager", "analyst", "auditor")
    }
    people["gone"] = UserFactory()
    with written():
        MembershipFactory(fund=fund, user=people["gone"]).delete()
    closed = UserFactory()
    let_open_funds(closed)
    closed.is_active = False
    closed.save()
    people["closed"] = closed
    with nothing_changed():
        for person in people.values():
            with pytest.raises(Forbidden):
                create_fund(fields=NEW, ctx=by(person))
    page = Client()
    page.force_login(people["manager"])
    assert "people whom one of them lets" in page.get("/funds/").content.decode()


def test_an_administrator_gives_the_right_and_takes_it_with_an_event_of_each():
    administrator, other, ana, browser = AdminFactory(), AdminFactory(), UserFactory(), Client()
    browser.force_login(administrator)
    page = f"/admin/blackgem/user/{ana.pk}/change/"
    fields = {
        "email": ana.email,
        "full_name": ana.full_name,
        "is_active": "on",
        "reason": "Opens the next one",
    }
    for answer, ticked in ((True, {"opens_funds": "on"}), (False, {})):
        assert browser.post(page, fields | ticked).status_code == 302
        for asked in AccountChange.objects.pending():
            approve(account_change_id=asked.pk, ctx=by(other))
        ana.refresh_from_db()
        assert ana.opens_funds is answer
        event = AuditEvent.objects.filter(verb__in=("approve_account_change", "change_user")).latest("pk")
        assert event.actor == (other if answer else administrator)
        assert event.changes == {"opens_funds": [not answer, answer]}
        if answer:
            create_fund(fields=NEW, ctx=by(User.objects.get(pk=ana.pk)))
    with pytest.raises(Forbidden):
        create_fund(fields=NEW, ctx=by(User.objects.get(pk=ana.pk)))


# ---------------------------------------------------------------- what it is called

TAKEN = [
    "Granite Search Fund I",
    "GRANITE  SEARCH FUND I",
    "Granite Search Fund l",
    "Granite Search Fund 1",
    "Granite Search Fund |",
    "Granite Search Fund, I.",
    "Gr\N{CYRILLIC SMALL LETTER A}nite Search Fund I",
    "Granite Search Fund \N{GREEK CAPITAL LETTER IOTA}",
    "Granite Search Fund \N{CYRILLIC LETTER PALOCHKA}",
    "Granite Search Fund \N{ROMAN NUMERAL ONE}",
    "\N{FULLWIDTH LATIN CAPITAL LETTER G}ranite Search Fund I",
    "Gra\N{COMBINING DOT BELOW}nite Se\N{COMBINING ACUTE ACCENT}arch Fund I",
    "Granite Search Fund\N{NO-BREAK SPACE}I",
    "Granite \N{MATHEMATICAL BOLD CAPITAL S}earch Fund I",
    "\N{CHEROKEE LETTER NAH}ranite Search Fund I",
    # the legal name, whichever field it is tried in
    "Granite Search Fund I, L.P.",
    "Granite Search Fund I L\N{CYRILLIC CAPITAL LETTER ER}",
]
FREE = [
    "Granite Search Fund II",
    "Granite Search Fund",
    "Granite Search Fund IV",
    "Гранит Фонд I",
    "花崗岩 I",
]


def test_a_name_that_is_anothers_to_the_eye_is_refused_without_saying_whose():
    told = story()
    mallory = UserFactory()
    let_open_funds(mallory)
    api, own = Api.of(mallory), FundFactory(manager=mallory, name="Own", legal_name="Own, L.P.")
    with nothing_changed():
        for name in TAKEN:
            for fields in ({"name": name}, {"name": "Other", "legalName": name}):
                said = problem(api.post("/funds", fields | {"lpaDate": "2025-09-01"}), 409, "fund.name_taken")
                assert said["detail"] == "This name cannot be used for a fund. Choose another one.", name
                problem(api.patch(f"/funds/{own.pk}", fields), 409, "fund.name_taken")
    for name in FREE:
        assert api.post("/funds", {"name": name, "lpaDate": "2025-09-01"}).status_code == 201, name
    same = {"name": told.fund.legal_name, "legal_name": told.fund.name}
    change_fund(fund_id=told.fund.pk, fields=same, ctx=by(told.manager))


def test_what_is_invisible_tells_no_two_names_apart():
    """The field refuses such characters; the rail sees through them."""
    FundFactory(name="Granite Search Fund I")
    other = FundFactory()
    for name in ("Granite\u200b Search Fund I", "Granite Search\u2060 Fund\u00ad I\ufe0f"):
        with pytest.raises(DomainError) as refused, mapped_errors(), transaction.atomic():
            Fund.objects.filter(pk=other.pk).update(name=Value(name))
        assert refused.value.code == "fund.name_taken"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_the_name():
    opener = AdminFactory()
    gate = Gate(2)

    def opening(name):
        with transaction.atomic():
            fund = create_fund(fields=NEW | {"name": name}, ctx=by(opener))
            gate.meet()
            return fund

    answers = together(
        partial(opening, name) for name in ("Granite Fund I", "Gr\N{CYRILLIC SMALL LETTER A}nite Fund l")
    )
    assert {type(one) for one in answers} == {Fund, Conflict}
    assert Fund.objects.count() == 1


# ---------------------------------------------------------------- when its letters leave


def test_letters_leave_under_a_name_that_somebody_stands_for(quick):
    told = story()
    second = MembershipFactory(fund=told.fund).user
    call, later = told.issued("1000.00"), told.issued("500.00")
    render_all()
    send(told, call)
    change_fund(fund_id=told.fund.pk, fields={"legal_name": "Deutsche Bank KYC"}, ctx=by(second))
    told.fund.refresh_from_db()
    assert told.fund.sender_admitted_at is None
    api = Api.of(told.manager)
    with nothing_changed():
        with pytest.raises(Conflict) as refused:
            _invite(told)
        assert refused.value.code == "sender.not_admitted"
        problem(
            api.post(f"/capital-calls/{later.pk}/send-notices", {}),
            409,
            "sender.not_admitted",
        )
    deliver_all()
    assert mail.outbox == []
    assert {one.state for one in deliveries(call)} == {"failed"}
    page = Client()
    page.force_login(told.manager)
    assert "No letter leaves yet" in page.get(f"/funds/{told.fund.pk}/").content.decode()

    with pytest.raises(Forbidden):
        admit_sender(fund_id=told.fund.pk, ctx=by(told.manager))
    admit_sender(fund_id=told.fund.pk, ctx=by(AdminFactory()))
    send(told, later)
    deliver_all()
    assert len(mail.outbox) == 3


def _invite(told):
    change, _ = invite_member(
        fund_id=told.fund.pk, email="x@example.com", role="auditor", ctx=by(told.manager)
    )
    return change


def test_administrators_admit_and_withdraw_a_sender_in_the_admin_with_an_event_of_each():
    told = story()
    administrator, browser = AdminFactory(), Client()
    browser.force_login(administrator)
    call = told.issued("1000.00")
    for verb, admitted in (("withdraw_sender", False), ("admit_sender", True)):
        asked = {"action": verb, "_selected_action": [told.fund.pk], "confirmed": "yes"}
        browser.post("/admin/funds/fund/", asked)
        told.fund.refresh_from_db()
        assert bool(told.fund.sender_admitted_at) is admitted
        assert AuditEvent.objects.get(verb=verb).actor == administrator
        if not admitted:
            with pytest.raises(Conflict) as refused:
                send(told, call)
            assert refused.value.code == "sender.not_admitted"
    assert send(told, call) == 3
    with pytest.raises(Forbidden):
        withdraw_sender(fund_id=told.fund.pk, ctx=by(told.manager))
