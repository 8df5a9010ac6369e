"""The audit trail: whose it is, what it says, and the same rows as a file."""

import csv
import io

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from funds.access import Role
from funds.services.partners import change_investor
from tests.factories import AdminFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, Story
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
TRAIL = "/audit/"


@staged
def story():
    story = Story()
    call = story.issued("100000.00")
    payment = story.pay_item(call.items.order_by("pk").first(), "60000.00")
    story.reverse(payment, reason="The wire bounced")
    return story


@pytest.fixture
def signed_in(client, story):
    def sign_in(role):
        person = UserFactory(full_name=f"Uma {role}")
        MembershipFactory(fund=story.fund, user=person, role=role)
        client.force_login(person)
        return client

    return sign_in


def exported(client, query="", name="audit_export") -> list[dict]:
    answer = client.get(f"{reverse(f'dashboard:{name}', args=['csv'])}{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.AUDITOR, 200), (Role.ANALYST, 403)])
def test_managers_and_auditors_read_it(signed_in, role, status):
    client = signed_in(role)
    assert client.get(TRAIL).status_code == status
    assert client.get(reverse("dashboard:audit_export", args=["csv"])).status_code == status
    assert (TRAIL in client.get("/calls/").content.decode()) == (status == 200)


def test_it_says_who_did_what_why_and_what_was_there_before(signed_in, story):
    page = text_of(signed_in(Role.AUDITOR).get(TRAIL))
    assert "Mary Manager" in page
    assert "Reversed a payment" in page
    assert "“The wire bounced”" in page
    assert "Status: was Awaiting approval → now Issued" in page


def test_page_and_file_hold_the_same_events_and_nothing_of_other_funds(signed_in, story):
    other = Story()
    other.issued("5.00")
    client = signed_in(Role.MANAGER)
    own = list(AuditEvent.objects.filter(fund_id=story.fund.pk).order_by("-id").values_list("pk", flat=True))
    assert [event.pk for event in client.get(TRAIL).context["listing"].page] == own
    taking, *rest = exported(client)
    assert taking["What"] == "took a file", "that the trail is taken is on it"
    assert [int(row["Event"]) for row in rest] == own
    for address in (TRAIL, reverse("dashboard:audit_export", args=["csv"])):
        assert client.get(f"{address}?fund={other.fund.pk}").status_code == 400


def test_an_auditor_takes_what_was_decided_and_who_may_what_as_files(signed_in, story):
    """Every kind that has a queue is read; nothing of another fund is in either file."""
    other = Story()
    other.reverse(other.pay_item(other.issued("7.00").items.first(), "1.00"))
    client = signed_in(Role.AUDITOR)
    decided = {row["Kind"]: row for row in exported(client, name="decisions_export")}
    assert {"Capital calls", "Reversals of payments"} <= set(decided)
    assert {row["Fund"] for row in decided.values()} == {story.fund.name}
    row = decided["Reversals of payments"]
    assert (row["Amount"], row["What"], row["Another person demanded"]) == (
        "60000.00",
        "The wire bounced",
        "no",
    )
    assert {row["Asked by"], row["Decided by"]} == {"Mary Manager"}
    assert (row["Decision"], row["Asked (UTC)"]) == ("approved", "2026-03-01 09:00:00")
    assert exported(client, "?until=2000-01-01", "decisions_export") == []
    people = {row["E-mail"]: row for row in exported(client, name="access_export")}
    assert people[story.manager.email]["May"] == "Manager"
    assert other.manager.email not in people
    auditor = people[client.get(TRAIL).wsgi_request.user.email]
    assert (auditor["May"], auditor["Account"], auditor["Second factors"]) == ("Auditor", "open", "0")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=bounced", 2),
        ("?q=request+reversal", 1),
        ("?q=mary+MANAGER&until=2000-01-01", 0),
        ("?q=100%25", 0),
        ("?q=zz_zz", 0),
    ],
)
def test_it_is_narrowed(signed_in, query, found):
    client = signed_in(Role.MANAGER)
    events = client.get(f"{TRAIL}{query}").context["listing"].page
    assert len(events) == len(exported(client, query)) == found


def test_what_cannot_be_read_is_refused(signed_in):
    client = signed_in(Role.MANAGER)
    assert client.get(f"{TRAIL}?since=yesterday").status_code == 400


def test_changes_of_partners_belong_to_their_funds(signed_in, story):
    change_investor(
        investor_id=story.partners[0].investor_id,
        fields={"name": "Renamed Partners LP"},
        ctx=WriteContext(story.manager, NOW),
    )
    Story()  # whose partners are none of this fund
    newest = signed_in(Role.AUDITOR).get(TRAIL).context["listing"].page[0]
    assert newest.told.what == "changed the investor"


def test_an_administrator_reads_everything(client, story):
    admin = AdminFactory()
    client.force_login(admin)
    assert client.get(TRAIL).context["listing"].page.paginator.count == AuditEvent.objects.count()


def test_it_says_from_where_and_escapes_what_it_says(signed_in, story):
    client = signed_in(Role.MANAGER)
    address = reverse("capital:call_reword", args=[story.fund.capital_calls.get().pk])
    form_data = {"purpose": "<script>x</script>", "due_date": "2026-04-15"}
    assert client.post(address, form_data, REMOTE_ADDR="192.0.2.7").status_code == 302
    answer = client.get(TRAIL)
    assert answer.context["listing"].page[0].address == "192.0.2.7"
    assert "<script>x" not in answer.content.decode()
    assert exported(client)[1]["Address"] == "192.0.2.7", "after the export itself"


def test_it_opens_within_ten_queries(signed_in, story, django_assert_max_num_queries):
    client = signed_in(Role.MANAGER)
    with django_assert_max_num_queries(10):
        client.get(TRAIL)
