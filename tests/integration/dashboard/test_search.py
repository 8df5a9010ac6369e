"""The search: what is found by what, in which order, and by whom."""

import re
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.urls import reverse

from blackgem.accounts import Backend
from capital.models import CapitalCall
from dashboard.queries.search import search
from distributions.models import Distribution
from funds.access import Role
from funds.models import Deal, Fund, FundMembership, Investor, InvestorContact
from tests.access.world import World
from tests.factories import (
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.distributions.story import ExitStory
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

#: Names as people have them, and what finds each.
NAMES = {
    "Jane Williams": ("jane", "WILLIAMS", "williams jane", "iam", "jane wiliams", "willaims"),
    "O’Brien-Smith Trust": ("obrien", "O'Brien", "o’brien", "brien smith", "Brien-Smith trust"),
    "Žižková & Søn s.r.o.": ("zizkova", "ŽIŽKOVÁ", "son sro", "søn"),
    "Юрий Йодль": ("юрий", "ЙОДЛЬ", "Йод", "Йодль Юрий"),
    "北京张伟基金": ("张伟", "北京", "张", "张伟基金"),
    "Ｆｕｌｌ Width ﬁne": ("full", "fine"),
    "100%_Fund\\": ("100", "100%_fund"),
}


@staged
def story():
    told = ExitStory(short="50000.00")
    told.fund.name = "Larkspur Search Fund"
    told.fund.save()
    for partner, name in zip(told.partners, NAMES, strict=False):
        partner.investor.name = name
        partner.investor.save()
    return told


def known(user):
    """The person as a request has it."""
    return Backend().get_user(user.pk)


def found(user, text) -> dict[str, list]:
    return {group.title: group.hits for group in search(known(user), text)}


def names(user, text, title) -> list[str]:
    return [hit.name for hit in found(user, text).get(title, [])]


def links(user, text) -> set[str]:
    return {hit.href for hits in found(user, text).values() for hit in hits}


# ---------------------------------------------------------------- what is found by what


def test_a_name_is_found_by_any_piece_however_it_is_written(story):
    for name in list(NAMES)[3:]:
        InvestorFactory(name=name, created_by=story.manager)
    for name, texts in NAMES.items():
        for text in texts:
            assert name in names(story.manager, text, "Investors"), (name, text)


def test_signs_of_patterns_are_signs(story):
    """What would match everything, or nothing, finds what has it, and a long text costs no more than its length."""
    for text in (
        "%",
        "_",
        "\\",
        "%%%",
        "a%z",
        "'",
        "'; DROP TABLE funds; --",
        "\x00",
        "%s",
        "{}",
        "x" * 10_000,
    ):
        assert names(story.manager, text, "Investors") == []
    assert names(story.manager, "% ".join("abcdefgh") * 20, "Investors") == []


def test_every_kind_is_found(story):
    call = story.fund.capital_calls.get(number=3)
    jane = story.partners[0]
    item = call.items.get(commitment=jane)
    contact = ContactFactory(investor=jane.investor, name="Ann Okafor", email="ann@okafor.example")
    loose = DealFactory(name="Never Bought", created_by=story.manager)
    distribution = story.issue_exit(source="Sale of ABC")
    story.pay_out(distribution)
    share = distribution.items.get(commitment=jane)
    story.pay_item(item, "123.45", tx_ref="WIRE-88/41-a", reference="for CC3")
    story.receive("7654.32", tx_ref="LOOSE-1", payer="Somebody Else")
    item_page = reverse("capital:item", args=[call.pk, item.pk])
    investor_page = reverse("dashboard:investor", args=[jane.investor_id])
    cash = f"{reverse('capital:receipt_list')}?{urlencode({'fund': story.fund.pk, 'show': 'all'})}"
    expected = {
        "larkspur": ("Funds", reverse("dashboard:fund", args=[story.fund.pk])),
        story.fund.legal_name: ("Funds", reverse("dashboard:fund", args=[story.fund.pk])),
        "jane": ("Investors", investor_page),
        "okafor": ("Contacts", investor_page),
        contact.email: ("Contacts", investor_page),
        jane.reference: ("Commitments", investor_page),
        "call 3": ("Capital calls", reverse("capital:call", args=[call.pk])),
        "#3": ("Capital calls", reverse("capital:call", args=[call.pk])),
        "cc3": ("Capital calls", reverse("capital:call", args=[call.pk])),
        "acquisition larkspur": ("Capital calls", reverse("capital:call", args=[call.pk])),
        "distribution 1": (
            "Distributions",
            reverse("distributions:distribution", args=[distribution.pk]),
        ),
        "sale of abc": ("Distributions", reverse("distributions:distribution", args=[distribution.pk])),
        "wire-88/41": ("Payments", item_page),
        "88/41-A": ("Payments", item_page),
        "123.45": ("Payments", item_page),
        "for cc3": ("Payments", item_page),
        "exit": ("Payouts", reverse("distributions:item", args=[distribution.pk, share.pk])),
        "$600,000": ("Commitments", investor_page),
        "loose-1": ("Unapplied cash", cash),
        "somebody": ("Unapplied cash", cash),
        "$7,654.32": ("Unapplied cash", cash),
        f"{story.fund.code}-CC3-{jane.reference}": ("Notices", item_page),
        f"cc3-{jane.reference}": ("Notices", item_page),
        "never": ("Deals", f"{reverse('dashboard:deal_list')}?{urlencode({'q': loose.name})}"),
        "approvals": ("Go to", "/approvals/"),
        "settings": ("Go to", "/account/"),
    }
    for text, (title, href) in expected.items():
        assert href in [hit.href for hit in found(story.manager, text).get(title, [])], text


def test_an_amount_is_found_in_every_place_and_in_its_currency(story):
    call = story.fund.capital_calls.get(number=3)
    item = call.items.get(commitment=story.partners[0])
    distribution = story.issue_exit("98765.00")
    share = distribution.items.get(commitment=story.partners[1])
    assert "Capital calls" in found(story.manager, "100,000.00")
    assert "Distributions" in found(story.manager, "$98,765")
    assert reverse("capital:item", args=[call.pk, item.pk]) in links(story.manager, str(item.amount))
    of_share = reverse("distributions:item", args=[distribution.pk, share.pk])
    assert of_share in links(story.manager, f"{share.net_amount:,}")
    assert "Capital calls" not in found(story.manager, "€100,000.00")


def test_decimals_are_those_of_the_currency(story):
    fund = FundFactory(manager=story.manager, currency="KWD", created_by=story.manager)
    for currency, amount in (("KWD", "1234.567"), ("JPY", "98765")):
        fund = FundFactory(manager=story.manager, currency=currency, created_by=story.manager)
        CommitmentFactory(fund=fund, amount=Decimal("999999"), created_by=story.manager)
        story.fund = fund
        story.draft(amount)
        written = f"{Decimal(amount):,}"
        assert "Capital calls" in found(story.manager, written)
        assert "Capital calls" in found(story.manager, f"{written} {currency}")
        assert "Capital calls" not in found(story.manager, f"${written}")


def test_the_exact_one_comes_first_and_few_of_a_kind(story):
    for number in range(12):
        InvestorFactory(name=f"Harbor {number}", created_by=story.manager)
    exact = InvestorFactory(name="Harbor", created_by=story.manager)
    shown = names(story.manager, "harbor", "Investors")
    assert shown[0] == exact.name
    assert len(shown) == 5
    assert next(iter(found(story.manager, "harbor"))) == "Investors"


# ---------------------------------------------------------------- verbs


def test_record_payment_lists_what_is_owed_and_opens_its_form(story):
    call = story.fund.capital_calls.get(number=3)
    item = call.items.get(commitment=story.partners[0])
    [hit] = found(story.manager, "record payment jane")["Record a payment"]
    assert hit.href == reverse("capital:payment_new", args=[call.pk, item.pk])
    assert hit.amount == item.capital.outstanding
    for text in (f"pay {story.partners[0].reference}", "payment jane 3", "record a payment jane larkspur"):
        assert hit.href in links(story.manager, text), text
    assert found(story.manager, "record pay")["Do"][0].fills == "record payment "
    assert hit.href in links(story.manager, "record payment jnae wiliams")
    story.pay_item(item, item.capital.outstanding)
    assert "Record a payment" not in found(story.manager, "record payment jane")


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("record payment jane", {Role.MANAGER}),
        ("record payment", {Role.MANAGER}),
        ("new capital call", {Role.MANAGER, Role.ANALYST}),
        ("new call larkspur", {Role.MANAGER, Role.ANALYST}),
        ("new distribution larkspur", {Role.MANAGER, Role.ANALYST}),
        ("new commitment larkspur", {Role.MANAGER}),
        ("allocate larkspur", {Role.MANAGER}),
        ("record money larkspur", {Role.MANAGER}),
        ("new investor", {Role.MANAGER, Role.ANALYST}),
        ("new fund", {Role.MANAGER}),
        ("statement jane", set(Role)),
        ("returns larkspur", set(Role)),
    ],
)
def test_a_verb_is_offered_as_its_button_is(story, client, text, roles):
    people = {Role.MANAGER: story.manager} | {
        role: MembershipFactory(fund=story.fund, role=role).user for role in (Role.ANALYST, Role.AUDITOR)
    }
    offered = {role for role, user in people.items() if {"Do", "Record a payment"} & set(found(user, text))}
    assert offered == roles
    for role in roles:
        client.force_login(people[role])
        for href in links(people[role], text):
            assert client.get(href).status_code == 200, (role, href)


# ---------------------------------------------------------------- who finds what


TEXTS = ("", "fund", "person", "call", "1", "50000", "record payment", "cc3", "statement", "new", "wire", "2")


def test_whatever_is_listed_opens(client):
    """For every role, and for a person of another fund: what it may not open it is not shown."""
    world = World.make()
    ids, story = world.ids, world.story
    own = [partner.investor.name for partner in story.partners]
    shown = {}
    for who in ("analyst", "auditor", "manager", "other", "admin"):
        client.force_login(world.people[who])
        texts = (*TEXTS, story.fund.name, *own, *(f"record payment {name}" for name in own))
        shown[who] = set().union(*(links(world.people[who], text) for text in texts))
        refused = {href: client.get(href).status_code for href in shown[who]}
        assert {href for href, status in refused.items() if status != 200} == set(), who
    of_fund = {
        reverse("dashboard:fund", args=[ids["fund_id"]]),
        reverse("capital:call", args=[ids["call_id"]]),
    }
    for who in ("analyst", "auditor", "manager", "admin"):
        assert of_fund <= shown[who], who
    assert not of_fund & shown["other"]


def test_people_of_the_portal_have_no_such_page(client):
    client.force_login(ContactFactory(user=UserFactory()).user)
    for name in ("search", "shortcuts"):
        assert client.get(reverse(f"dashboard:{name}"), {"q": "jane"}).status_code == 404


def test_a_role_that_ended_finds_nothing_more(story):
    member = MembershipFactory(fund=story.fund, role=Role.ANALYST)
    assert names(member.user, "jane", "Investors") == ["Jane Williams"]
    FundMembership.objects.filter(pk=member.pk).delete()
    assert names(member.user, "jane", "Investors") == []
    for text in ("larkspur", "call 3", "100,000.00", story.partners[0].reference, "record payment jane"):
        assert not {href for href in links(member.user, text) if any(sign.isdigit() for sign in href)}, text


@pytest.mark.parametrize(
    "text", ["", "jane", "new", "call 3", "1,000.00", "record payment jane", "new call larkspur"]
)
def test_it_takes_three_queries_at_most(story, django_assert_max_num_queries, text):
    user = known(story.manager)
    with django_assert_max_num_queries(3):
        search(user, text)


# ---------------------------------------------------------------- the page


def test_the_page_works_by_its_address_and_answers_the_box_with_its_list_alone(story, client):
    client.force_login(story.manager)
    address = reverse("dashboard:search")
    page = client.get(address, {"q": "<b>jane"}).content.decode()
    assert "Nothing found" in page
    assert "<b>jane" not in page
    page = client.get(address, {"q": "jane"}).content.decode()
    assert f'href="{reverse("dashboard:investor", args=[story.partners[0].investor_id])}"' in page
    part = client.get(address, {"q": "jane"}, headers={"HX-Request": "true"}).content.decode()
    assert part.count('role="option"') >= 1
    assert "<html" not in part


def test_every_key_leads_to_a_page_of_ones_own(story, client):
    analyst = MembershipFactory(fund=story.fund, role=Role.AUDITOR).user
    keys = {}
    for user in (story.manager, analyst):
        client.force_login(user)
        page = client.get(reverse("dashboard:shortcuts")).content.decode()
        pairs = re.findall(r'href="([^"]+)" data-keys="(\w \w)"', page)
        keys[user.pk] = [pressed for _, pressed in pairs]
        assert len(set(keys[user.pk])) == len(pairs)
        assert {client.get(href).status_code for href, _ in pairs} == {200}
    assert "n c" in keys[story.manager.pk]
    assert "n c" not in keys[analyst.pk]


# ---------------------------------------------------------------- what the database does for it


@pytest.mark.parametrize(
    ("model", "written"),
    [
        (Fund, "name || ' ' || legal_name || ' ' || code"),
        (Investor, "name"),
        (InvestorContact, "name || ' ' || email"),
        (Deal, "name"),
        (CapitalCall, "'capital call ' || number || ' cc' || number || ' ' || purpose"),
        (Distribution, "'distribution ' || number || ' dn' || number || ' ' || source"),
    ],
)
def test_what_is_looked_for_is_folded_as_what_is_found(story, model, written):
    story.issue_exit(source="Žižková’s Sale, L.P.")
    ContactFactory(investor=story.partners[0].investor, name="Ærø Straße", email="a@x.example")
    DealFactory(name="北京 (张伟)", created_by=story.manager)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE folded = search_text({written})) FROM {model._meta.db_table}"
        )
        rows, alike = cursor.fetchone()
    assert rows == alike > 0


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("investors", "folded LIKE search_pattern('jane')"),
        ("investors", "folded LIKE search_pattern('张伟')"),
        ("investors", "search_text(' wiliams') <% folded"),
        ("investor_contacts", "folded LIKE search_pattern('jane')"),
        ("deals", "folded LIKE search_pattern('abc')"),
        ("funds", "folded LIKE search_pattern('abc')"),
        ("commitments", "lower(reference) LIKE '%0042%'"),
        ("notices", "lower(number) LIKE '%cc3-0042%'"),
        ("receipts", "lower(coalesce(tx_ref, '') || ' ' || payer) LIKE '%8841%'"),
        ("payments", "lower(reference) LIKE '%8841%'"),
        ("payouts", "lower(reference) LIKE '%8841%'"),
        ("payments", "amount = ANY ('{1.00,2.00}'::numeric[])"),
        ("receipts", "amount = 1"),
        ("capital_call_items", "amount = 1"),
        ("distribution_items", "net_amount = 1 OR gross_amount = 1"),
    ],
)
def test_an_index_serves_what_is_looked_for(table, condition):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT id FROM {table} WHERE {condition}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond" in plan, plan
