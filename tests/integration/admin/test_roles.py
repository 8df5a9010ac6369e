"""Every page of the admin, for each role that there is in it and for those who have none."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from blackgem.groups import AUDITORS, SUPPORT, SUPPORTED
from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent, User
from capital.models import Payment
from capital.services.reversals import request_reversal
from funds.models import FundMembership, Invitation
from tests.factories import AdminFactory, FundFactory, UserFactory
from tests.integration.admin.acting import AT, OURS, act, asked_of, url

pytestmark = pytest.mark.django_db
PAGES = ("changelist", "add", "change", "history", "delete")


def staff(group: str) -> User:
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return person


def every_model():
    return [one for one in admin.site._registry if one._meta.app_label in (*OURS, "usersessions")]


def answers(client, person) -> dict[tuple[str, str], int]:
    """(table, page) → status of what a person is answered."""
    client.force_login(person)
    found = {}
    for model in every_model():
        row = model._default_manager.order_by("pk").first()
        for page in PAGES:
            if page in ("changelist", "add"):
                found[model._meta.label, page] = client.get(url(model, page)).status_code
            elif row is not None:
                found[model._meta.label, page] = client.get(url(model, page, row.pk)).status_code
    return found


def test_an_administrator_reads_everything(client, call, administrator):
    ctx = WriteContext(administrator, AT)
    request_reversal(payment_id=Payment.objects.get().pk, reason="Bounced", ctx=ctx)
    for (table, page), status in answers(client, administrator).items():
        writes = page in ("add", "delete")
        assert status == (403 if writes and not _is_written(table, page) else 200), (table, page)


def test_an_auditor_reads_everything_and_writes_nothing(client, call):
    for (table, page), status in answers(client, staff(AUDITORS)).items():
        assert status == (200 if page in ("changelist", "change", "history") else 403), (table, page)


def test_support_reads_what_it_needs_and_writes_nothing(client, call):
    seen = {name.replace("view_", "").lower() for name in SUPPORTED}
    for (table, page), status in answers(client, staff(SUPPORT)).items():
        reads = table.lower() in seen and page in ("changelist", "change", "history")
        assert status == (200 if reads else 403), (table, page)


def test_nobody_else_finds_anything(client, call):
    manager = FundMembership.objects.get(fund=call.fund_id).user
    manager.is_staff = manager.is_superuser = False
    manager.save()
    for person in (manager, UserFactory()):
        assert set(answers(client, person).values()) == {404}


def test_support_helps_people_who_cannot_get_in(client, mailoutbox):
    ana, support = UserFactory(email="ana@demo.example"), staff(SUPPORT)
    UserSession.objects.create(user=ana, ip="192.0.2.1", session_key="x" * 32, user_agent="Telephone")
    client.force_login(support)

    assert act(client, [ana], "send_reset_link") == ["Mailed: 1."]
    assert act(client, [UserSession.objects.get(user=ana)], "end") == ["Ended: 1."]

    assert mailoutbox[0].to == ["ana@demo.example"]
    assert not UserSession.objects.filter(user=ana).exists()
    told = AuditEvent.objects.order_by("-pk")[:2].values_list("verb", "actor")
    assert list(told) == [("end_session", support.pk), ("send_reset_link", support.pk)]


@pytest.mark.parametrize("group", [AUDITORS, SUPPORT])
def test_an_action_that_is_not_offered_does_nothing(client, group):
    """Posted all the same, as by hand: an auditor ends no session, and nobody but a superuser takes factors away."""
    ana, person = UserFactory(), staff(group)
    UserSession.objects.create(user=ana, ip="192.0.2.1", session_key="x" * 32, user_agent="Telephone")
    client.force_login(person)
    if group == AUDITORS:
        data = asked_of([UserSession.objects.get(user=ana)], "end", confirmed="yes")
        client.post(url(UserSession, "changelist"), data)
    client.post(url(User, "changelist"), asked_of([ana], "remove_second_factors", confirmed="yes"))
    assert UserSession.objects.filter(user=ana).exists()
    assert not AuditEvent.objects.filter(verb__in=["end_session", "remove_second_factors"]).exists()


def test_support_reaches_no_administrator(client, mailoutbox):
    above = AdminFactory()
    client.force_login(staff(SUPPORT))

    said = act(client, [above], "send_reset_link")

    assert said == [f"{above}: Only another administrator helps an administrator."]
    assert not mailoutbox


@pytest.mark.parametrize("group", [AUDITORS, SUPPORT])
def test_no_group_takes_over_an_account(client, group):
    """Neither by another address, to which a link would go, nor by another password."""
    person, ana = staff(group), UserFactory(email="ana@demo.example")
    person.user_permissions.add(*_may_change_people())
    client.force_login(person)

    data = {"email": "mine@demo.example", "full_name": "Ana", "is_active": ""}
    client.post(url(User, "change", ana.pk), data)
    password = {"password1": "correct-horse-battery", "password2": "correct-horse-battery"}
    answer = client.post(f"/admin/blackgem/user/{ana.pk}/password/", {**password, "usable_password": "true"})

    ana.refresh_from_db()
    assert (ana.email, ana.is_active, answer.status_code) == ("ana@demo.example", True, 403)


def test_an_invitation_is_withdrawn(browser, administrator):
    invitation = Invitation.objects.create(
        fund=FundFactory(manager=administrator),
        role="auditor",
        email="new@demo.example",
        token_sha256="ab" * 32,
        created_at="2025-10-01T00:00Z",
        created_by=administrator,
        expires_at="2099-10-01T00:00Z",
    )
    assert act(browser, [invitation], "withdraw") == ["Withdrawn: 1."]
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    assert "Withdrawn: 1." not in act(browser, [invitation], "withdraw")


def test_the_names_of_tables_are_english(browser):
    text = browser.get("/admin/").content.decode()
    for wrong in ("entrys", "termss", "Api ", "Write downs"):
        assert wrong not in text
    for right in ("Net asset values", "Fund terms", "API tokens", "Write-downs"):
        assert right in text


def test_every_list_is_searched_and_narrowed():
    for model in every_model():
        shown = admin.site._registry[model]
        assert shown.search_fields, model
        assert shown.list_filter, model


def test_every_row_says_what_services_did_with_it(browser, call):
    text = browser.get(url(type(call), "history", call.pk)).content.decode()
    assert "issued" in text
    assert call.fund.name in text
    trail = browser.get(url(AuditEvent, "changelist")).content.decode()
    assert call.fund.name in trail
    assert ">create_call<" not in trail


def test_rates_are_percentages(browser, call):
    terms = call.fund.terms.get()
    for address in (url(type(terms), "changelist"), url(type(terms), "change", terms.pk)):
        text = browser.get(address).content.decode()
        assert "20%" in text
        assert "0.20000000" not in text


def _is_written(table: str, page: str) -> bool:
    """What is entered or removed here."""
    added = {"blackgem.User", "funds.FundMembership", "funds.MailDomain"}
    return table in (added if page == "add" else {"funds.FundMembership"})


def _may_change_people():
    permissions = User.user_permissions.rel.model.objects
    return permissions.filter(codename__in=["change_user", "view_user"])
