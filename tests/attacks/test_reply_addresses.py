"""Whom investors answer to: an address of a domain that an administrator admitted, or nobody's but the site's."""

import pytest
from django.core import mail
from django.test import Client

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.models import AuditEvent
from funds.models import MailDomain
from funds.services.funds import change_fund
from funds.services.senders import admit_domain, withdraw_domain
from tests.attacks.pages import nothing_changed
from tests.factories import AdminFactory, admit
from tests.integration.capital.story import NOW, Story
from tests.integration.notices.letters import deliver_all, render_all, send, story
from tests.support.api import Api, problem, token_of

pytestmark = pytest.mark.django_db

ADMINS_PAGE = "/admin/funds/maildomain/"


def test_a_stranger_is_no_address_of_a_fund_whoever_enters_it():
    told = Story()
    api = Api(token_of(told.manager))
    with nothing_changed():
        for stranger in ("ir@attacker.example", "ir@demo.example.attacker.example", "ir@sub.demo.example"):
            with pytest.raises(InvalidInput) as refused:
                change_fund(
                    fund_id=told.fund.pk,
                    fields={"contact_email": stranger},
                    ctx=WriteContext(told.manager, NOW),
                )
            assert (refused.value.code, refused.value.field) == ("fund.contact_domain", "contact_email")
            answer = api.patch(f"/funds/{told.fund.pk}", {"contactEmail": stranger})
            assert problem(answer, 422, "fund.contact_domain")["errors"][0]["field"] == "contactEmail"
    own = api.patch(f"/funds/{told.fund.pk}", {"contactEmail": "IR@Demo.Example"})
    assert own.status_code == 200, own.content


def test_letters_carry_it_while_it_is_admitted(quick):
    told = story()
    told.fund.refresh_from_db()
    first, second = told.issued("1000.00"), told.issued("500.00")
    render_all()
    send(told, first)
    deliver_all()
    assert {tuple(one.reply_to) for one in mail.outbox} == {("ir@granite.example",)}
    mail.outbox.clear()
    admitted = MailDomain.objects.admitted().get(name="granite.example")
    withdraw_domain(domain_id=admitted.pk, ctx=WriteContext(AdminFactory(), NOW))
    send(told, second)
    deliver_all()
    assert mail.outbox
    assert {tuple(one.reply_to) for one in mail.outbox} == {()}


def test_only_an_administrator_admits_and_withdraws():
    told = Story()
    admit("ir@fund.example")
    [domain] = MailDomain.objects.filter(name="fund.example")
    manager = WriteContext(told.manager, NOW)
    with nothing_changed():
        with pytest.raises(Forbidden):
            admit_domain(name="attacker.example", ctx=manager)
        with pytest.raises(Forbidden):
            withdraw_domain(domain_id=domain.pk, ctx=manager)
        with pytest.raises(Conflict):
            admit_domain(name="Fund.Example", ctx=WriteContext(AdminFactory.build(pk=0), NOW))


def test_in_the_admin_with_an_event_of_each():
    administrator, browser = AdminFactory(), Client()
    browser.force_login(administrator)
    assert browser.post(f"{ADMINS_PAGE}add/", {"name": "  Zürich-Fonds.example "}).status_code == 302
    domain = MailDomain.objects.get(admitted_by=administrator)
    assert domain.name == "xn--zrich-fonds-thb.example"
    for verb in ("change", "delete"):
        assert (
            browser.post(f"{ADMINS_PAGE}{domain.pk}/{verb}/", {"name": "attacker.example"}).status_code == 403
        )
    browser.post(ADMINS_PAGE, {"action": "withdraw", "_selected_action": [domain.pk], "confirmed": "yes"})
    domain.refresh_from_db()
    assert domain.withdrawn_by == administrator
    events = (
        AuditEvent.objects.filter(actor=administrator, verb__endswith="domain")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert list(events) == ["admit_domain", "withdraw_domain"]
    refused = browser.post(f"{ADMINS_PAGE}add/", {"name": "@"})
    assert "Enter a domain such as fund.example." in refused.content.decode()
