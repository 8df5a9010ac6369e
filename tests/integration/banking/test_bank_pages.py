"""Pages of bank statements: an account is registered, a file uploaded and read, and what is certain is posted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from banking.models import BankAccount, BankStatement, EntryPosting, StatementFile
from banking.services.reading import read_next
from blackgem.models import AuditEvent
from tests.factories import MembershipFactory, UserFactory
from tests.integration.banking.test_statements import SOME, BankStory, wire
from tests.integration.capital.story import NOW
from tests.support import bank_files
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def to(name, *ids):
    return reverse(f"banking:{name}", args=ids)


def test_an_account_a_file_and_its_certain_lines(client, django_assert_max_num_queries):
    story = BankStory()
    client.force_login(story.manager)
    fund = story.fund.pk
    assert to("bank", fund) in client.get(reverse("dashboard:fund", args=[fund])).content.decode()
    assert "No statement yet" in text_of(client.get(to("bank", fund)))
    assert client.post(to("account_new", fund), {"number": "44-00"}).status_code == 422
    assert client.post(to("account_new", fund), {"number": "44 00", "bank": ""}).status_code == 302
    columns = to("columns", BankAccount.objects.get(fund=fund, number="4400").pk)
    assert "Account 4400" not in text_of(client.get(columns))
    client.post(columns.replace("columns", "reveal"))
    assert "4400" in text_of(client.get(columns))
    assert AuditEvent.objects.get(verb="reveal_bank_account").actor == story.manager

    call = story.issued()
    partner = story.partners[0]
    rows = [
        wire("60000.00", f"CC{call.number}-{partner.reference}", reference="A1", name=partner.investor.name),
        wire(
            "30000.00",
            f"CC{call.number}-{story.partners[1].reference}",
            reference="A2",
            name="Somebody <b>Else",
        ),
    ]

    def sent(content):
        return client.post(
            to("upload", fund), {"file": SimpleUploadedFile("march.xml", content), "account": ""}
        )

    empty = sent(b"")
    assert empty.status_code == 422
    assert "The file is empty." in text_of(empty)
    content = bank_files.camt(rows, SOME)
    assert sent(content).status_code == 302
    assert "Being read: 0 %" in text_of(client.get(to("bank", fund)))
    again = sent(content)
    assert again.status_code == 409
    assert "imported already" in text_of(again)
    assert sent(content.replace(b"71250.00", b"71250.01", 1)).status_code == 302
    assert read_next(at=NOW)
    assert read_next(at=NOW)
    assert StatementFile.objects.count() == 2

    with django_assert_max_num_queries(10):
        listed = text_of(client.get(to("bank", fund)))
    assert "Line 2, Bal: closing" in listed, "the file that does not add up, and why"
    statement = BankStatement.objects.get()
    page = to("statement", statement.pk)
    with django_assert_max_num_queries(10):
        shown = client.get(page)
    assert "held: paid by Somebody" in text_of(shown)
    assert b"<b>Else" not in shown.content
    assert "reference, amount, name" in text_of(shown)

    posted = client.post(to("statement_post", statement.pk), follow=True)
    assert "1 posted." in text_of(posted)
    assert "Line 2 waits: held" in text_of(posted)
    assert EntryPosting.objects.count() == 1

    auditor = UserFactory()
    MembershipFactory(fund=story.fund, user=auditor, role="auditor")
    client.force_login(auditor)
    assert client.get(page).status_code == 200
    assert client.get(to("upload", fund)).status_code == 403
    assert client.post(to("statement_post", statement.pk)).status_code == 403


def test_of_what_nothing_proves_no_button_posts(client):
    story = BankStory()
    client.force_login(story.manager)
    call = story.issued()
    partner = story.partners[0]
    row = wire("60000.00", f"CC{call.number}-{partner.reference}", name=partner.investor.name)
    statement = story.read(bank_files.ofx([row], SOME)).statements.get()
    assert "Nothing proves it" in text_of(client.get(to("statement", statement.pk)))
    refused = client.post(to("statement_post", statement.pk))
    assert refused.status_code == 409
    assert not EntryPosting.objects.exists()
