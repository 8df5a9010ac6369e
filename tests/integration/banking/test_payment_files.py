"""Payment files: written, approved by another, taken to the bank, answered; and posted by the statement alone."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import etree

from banking.models import EntryMove, PaymentFile
from banking.services import payment_answers as answers
from banking.services import payments as services
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from banking.services.reading import read_next
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden, NotFound
from distributions.models import Payout
from distributions.services.payouts import request_payout_reversal
from distributions.services.releases import release_payout
from funds.services.payees import propose_payee_details, verify_payee_details
from tests.factories import MembershipFactory, UserFactory
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support import bank_files
from tests.support.bank_files import Booking
from tests.support.called import called
from tests.support.pages import text_of
from tests.support.race import together

pytestmark = pytest.mark.django_db

SCHEMA = Path(__file__).parents[2] / "files" / "schemas" / "pain.001.001.09.xsd"
PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
NACHA = {
    "destination": "021000021",
    "destination_name": "First Bank",
    "origin": "1234567890",
    "company_id": "1234567890",
    "description": "DISTRIB",
}
ROUTING = ("021000021", "011401533", "091000019", "021000021")


class FileStory(ExitStory):
    """An issued exit of a fund with two managers, whose partners have verified accounts."""

    def __init__(self, name="Søren & Zoë Müller", **more):
        super().__init__(**more)
        assert self.second, "made before anything needs two"
        self.account = add_bank_account(
            fund_id=self.fund.pk, number=bank_files.NUMBER, bank="021000021", ctx=self.ctx()
        )
        self.details = [
            self.verified(one, name=name, routing_number=routing)
            for one, routing in zip([*self.partners, self.gp], ROUTING, strict=True)
        ]
        self.distribution = self.issue_exit()

    def ctx(self, by=None, at=AT_EXIT):
        return WriteContext(by or self.manager, at)

    def propose(self, partner, *, name="A", by=None, at=AT_EXIT, **fields):
        fields = {
            "bank_name": "Bank",
            "account_name": name,
            "account_number": f"0004445556{partner.pk % 100:02}",
            "routing_number": "021000021",
            "holder_town": "Zürich",
            "holder_country": "CH",
        } | fields
        return propose_payee_details(commitment_id=partner.pk, fields=fields, ctx=self.ctx(by, at))

    def verified(self, partner, *, by=None, at=AT_EXIT, **fields):
        details = self.propose(partner, by=by, at=at, **fields)
        other = self.manager if by == self.second else self.second
        call = called(details, at)
        return verify_payee_details(payee_details_id=details.pk, call=call, ctx=self.ctx(other, at))

    def release(self, item, at):
        """Let a payout go whose account is new, as who entered nothing."""
        return release_payout(item_id=item.pk, reason="Called", ctx=self.ctx(self.second, at))

    @property
    def owed(self):
        return list(self.distribution.items.filter(net_amount__gt=0).order_by("pk"))

    def write(self, items=None, *, form="pain.001.001.09", by=None, pay_on=EXIT, at=AT_EXIT):
        chosen = [("payout", item.pk) for item in (self.owed if items is None else items)]
        return services.write_payment_file(
            account_id=self.account.pk, format=form, pay_on=pay_on, payables=chosen, ctx=self.ctx(by, at)
        )

    def approved(self, *args, **more):
        file = self.write(*args, **more)
        return services.approve_payment_file(payment_file_id=file.pk, ctx=self.ctx(self.second))

    def take(self, file, by=None, at=AT_EXIT):
        return services.download_payment_file(payment_file_id=file.pk, ctx=self.ctx(by, at))

    def statement(self, rows):
        content = bank_files.camt(rows, Decimal("850000.00"), currency=self.fund.currency)
        upload_statement(fund_id=self.fund.pk, name="exit.xml", content=content, ctx=self.ctx())
        assert read_next(at=AT_EXIT)
        return self.fund.bank_statements.get()


def refused(code: str, kind: type[DomainError], attempt, *args, **more) -> None:
    with pytest.raises(kind) as error:
        attempt(*args, **more)
    assert error.value.code == code


def test_a_file_is_written_approved_taken_and_posted_by_the_statement_alone(
    client, django_assert_max_num_queries
):
    story = FileStory()
    client.force_login(story.manager)
    form = reverse("banking:payment_file_new", args=[story.fund.pk])
    with django_assert_max_num_queries(10):
        shown = client.get(form)
    assert "5555" not in text_of(shown), "account numbers are masked"
    values = [f"payout:{item.pk}" for item in story.owed]
    fields = {"account": story.account.pk, "format": "pain.001.001.09", "pay_on": EXIT.isoformat()}
    # The day is in the past of the browser's clock.
    assert client.post(form, fields | {"payables": values, "pay_on": "2020-01-01"}).status_code == 422
    assert client.post(form, fields).status_code == 422
    file = story.write()
    page = reverse("banking:payment_file", args=[file.pk])
    assert "Waiting for approval" in text_of(client.get(page))
    shown = client.get(form)
    assert "In payment file 1" in text_of(shown)
    for asked in (shown, client.get(reverse("banking:payment_files", args=[story.fund.pk]))):
        assert "is in a payment file already" in text_of(asked)
        assert 'aria-disabled="true"' in asked.content.decode()
        assert story.account.number not in text_of(asked)
    assert story.account.number not in text_of(client.get(reverse("banking:bank", args=[story.fund.pk])))

    # What a reader that is not ours finds in it is what is owed, to the cent.
    document = etree.fromstring(bytes(file.content))
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(document)
    amounts = [Decimal(one.text) for one in document.iterfind(".//p:InstdAmt", PAIN)]
    assert amounts == [item.net_amount for item in story.owed]
    assert {one.text for one in document.iterfind(".//p:CtrlSum", PAIN)} == {str(file.total)}
    assert {one.text for one in document.iterfind(".//p:NbOfTxs", PAIN)} == {str(len(amounts))}
    assert document.findtext(".//p:Cdtr/p:Nm", namespaces=PAIN) == "Soren + Zoe Muller"
    assert file.sha256 == sha256(bytes(file.content)).hexdigest()

    # Nobody takes it before another person approved it, nor approves their own.
    refused("payment_file.not_downloadable", Conflict, story.take, file)
    refused("four_eyes", Forbidden, services.approve_payment_file, payment_file_id=file.pk, ctx=story.ctx())
    refused("payment.in_a_file", Conflict, story.write)
    services.approve_payment_file(payment_file_id=file.pk, ctx=story.ctx(story.second))
    analyst = MembershipFactory(fund=story.fund, user=UserFactory(), role="analyst").user
    refused("role.insufficient", Forbidden, story.take, file, by=analyst)
    refused("not_found", NotFound, story.take, file, by=UserFactory())
    took = client.post(reverse("banking:payment_file_download", args=[file.pk]))
    assert (took.status_code, took.content) == (200, bytes(file.content))
    again = client.post(reverse("banking:payment_file_download", args=[file.pk]))
    assert again.content == took.content
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(page))
    assert "took a payment file again" in shown
    assert (
        client.post(reverse("banking:payment_file_withdraw", args=[file.pk]), {"reason": "No"}).status_code
        == 409
    )
    answer = reverse("banking:payment_file_answer", args=[file.pk])
    assert client.post(answer, {"answer": "refused", "note": ""}).status_code == 422
    assert client.post(answer, {"answer": ""}).status_code == 422
    assert client.post(answer, {"answer": "accepted"}).status_code == 302
    assert client.post(answer, {"answer": "accepted"}).status_code == 409
    assert Payout.objects.count() == 0, "neither a file nor the bank's answer pays anything"

    # The statement says the end-to-end ids: each payment is posted, once, on the bank's day.
    lines = list(file.lines.order_by("n"))
    rows = [Booking(EXIT, -one.amount, f"P{one.n}", "out", end_to_end=one.end_to_end_id) for one in lines]
    rows.append(Booking(EXIT, -lines[0].amount, "P9", "same amount", end_to_end="BG0F1L1"))
    statement = story.statement(rows)
    assert f"{len(lines)} line" in text_of(client.get(reverse("banking:statement", args=[statement.pk])))
    posted, left = post_matches(statement_id=statement.pk, ctx=story.ctx())
    assert (len(posted), left) == (len(lines), [])
    assert post_matches(statement_id=statement.pk, ctx=story.ctx()) == ([], [])
    assert {one.item_id for one in Payout.objects.all()} == {item.pk for item in story.owed}
    assert EntryMove.objects.count() == len(lines)
    assert "To be paid" not in text_of(client.get(page))

    # One bounced: its payment ends, and another file may pay it. What stands as paid is in no second file.
    payout = Payout.objects.get(item=story.owed[0])
    refused("payable.gone", Conflict, story.write, [story.owed[0]])
    request_payout_reversal(payout_id=payout.pk, reason="Closed account", ctx=story.ctx())
    assert file.lines.get(n=1).ending == "returned"
    second = story.write([story.owed[0]])
    assert (second.number, second.total) == (2, lines[0].amount)
    assert "Was in another file that left" in text_of(
        client.get(reverse("banking:payment_file", args=[second.pk]))
    )


def test_what_changed_since_it_was_written_does_not_leave(settings):
    story = FileStory()
    first, other, *_ = story.owed
    file = story.approved([first, other])
    # New details wait: the payment is held. Verified, the account is another one.
    waiting = story.propose(story.partners[0], account_number="99988877766")
    refused("payment_file.changed", Conflict, story.take, file)
    call = called(waiting, AT_EXIT)
    verify_payee_details(payee_details_id=waiting.pk, call=call, ctx=story.ctx(story.second))
    refused("payment_file.changed", Conflict, story.take, file)
    services.withdraw_payment_file(payment_file_id=file.pk, reason="Another account", ctx=story.ctx())
    assert set(file.lines.values_list("ending", flat=True)) == {"withdrawn"}
    refused("payment_file.not_downloadable", Conflict, story.take, file)

    # Paid by hand while it waited: it is not approved any more. A misposting does not free what the bank may still pay.
    file = story.write([other])
    paid = story.pay_out(story.distribution, item_id=other.pk)[0]
    approve = services.approve_payment_file
    refused("payment_file.changed", Conflict, approve, payment_file_id=file.pk, ctx=story.ctx(story.second))
    request_payout_reversal(payout_id=paid.pk, reason="Not yet", bounced=False, ctx=story.ctx())
    refused("payment.in_a_file", Conflict, story.write, [other])
    approve(payment_file_id=file.pk, ctx=story.ctx(story.second))
    story.take(file)
    late = AT_EXIT + timedelta(days=11)
    refused("payment_file.late", Conflict, story.take, file, at=late)
    line = file.lines.get()
    refused(
        "payment_file.not_handed_over",
        Conflict,
        answers.answer_payment_file,
        payment_file_id=story.write(story.owed[2:3]).pk,
        accepted=True,
        ctx=story.ctx(),
    )
    answers.return_payment(payment_line_id=line.pk, ctx=story.ctx())
    refused("payment.ended", Conflict, answers.return_payment, payment_line_id=line.pk, ctx=story.ctx())

    # Who entered an account that is still new approves nothing that it pays to.
    settings.BANK_DETAILS_REST_HOURS = 72
    third = MembershipFactory(fund=story.fund).user
    partner = story.partners[1]
    soon = AT_EXIT + timedelta(hours=100)
    details = story.propose(partner, by=third, account_number="123123123")
    call = called(details, soon)
    verify_payee_details(payee_details_id=details.pk, call=call, ctx=story.ctx(story.second, soon))
    later = soon + timedelta(hours=1)
    story.release(other, later)
    file = story.write([other], at=later, pay_on=later.date())
    refused("four_eyes", Forbidden, approve, payment_file_id=file.pk, ctx=story.ctx(third, later))
    approve(payment_file_id=file.pk, ctx=story.ctx(story.second, later))


def test_a_status_report_says_what_the_bank_takes_and_what_not(client):
    """Of another file, of another amount, of nothing: refused, and nothing noted. What it says twice is noted once."""
    story = FileStory()
    client.force_login(story.manager)
    file = story.approved()
    one, two, *_ = file.lines.order_by("n")

    def sent(content) -> tuple[int, str]:
        report = SimpleUploadedFile("status.xml", content, content_type="application/xml")
        answer = client.post(
            reverse("banking:payment_file_answer", args=[file.pk]), {"report": report}, follow=True
        )
        return answer.status_code, text_of(answer)

    said = partial(bank_files.pain002, file.message_id)
    assert sent(said("ACTC"))[0] == 409, "it has not left"
    story.take(file)
    rejected = {one.end_to_end_id: ("RJCT", "AC04", one.amount), two.end_to_end_id: ("ACSP", "", two.amount)}
    for wrong, code, words in (
        (b"<?xml version='1.0'?><a/>", 422, "no payment status report"),
        (b"", 422, "empty"),
        (bank_files.pain002("BG9F9", "ACTC"), 422, "BG9F9"),
        (said("PART", {"BG9F9L1": ("RJCT", "AC04", one.amount)}), 422, "BG9F9L1"),
        (said("PART", {one.end_to_end_id: ("RJCT", "AC04", one.amount + 1)}), 422, "another amount"),
        (said("NOPE"), 422, "NOPE"),
        (said("ACTC", doctype=True), 422, "document type"),
    ):
        status, shown = sent(wrong)
        assert (status, words in shown) == (code, True), words
    assert sent(said("RCVD"))[0] == 200
    file.refresh_from_db()
    assert (file.state, file.lines.exclude(ending="").count()) == ("handed_over", 0)
    for _ in range(2):
        code, shown = sent(said("PART", rejected))
        assert code == 200
        assert "Accepted by the bank" in shown
        assert "AC04" in shown
    file.refresh_from_db()
    assert (file.state, list(file.lines.exclude(ending=""))) == ("accepted", [one])
    assert Payout.objects.count() == 0

    # Accepted first and refused as a whole afterwards: each payment ends; one that stands as paid says so instead.
    assert story.pay_out(story.distribution, item_id=two.row_id)
    assert sent(said("RJCT"))[0] == 409
    assert list(file.lines.exclude(ending="")) == [one], "all or nothing"

    # One that the bank rejects payment by payment is refused.
    second = story.approved([item for item in story.owed if item.pk == one.row_id])
    story.take(second)
    line = second.lines.get()
    report = bank_files.pain002(second.message_id, "", {line.end_to_end_id: ("RJCT", "AC04", line.amount)})
    answers.note_status_report(payment_file_id=second.pk, content=report, ctx=story.ctx())
    second.refresh_from_db()
    assert (second.state, second.note, second.lines.get().ending) == ("refused", "AC04", "refused")


def test_what_a_bank_asks_for_is_remembered_and_written(client):
    story = FileStory(name="=Bo")
    first, second, *_ = story.owed
    refused("layout.missing", Conflict, story.write, form="nacha")
    client.force_login(story.manager)
    ach = reverse("banking:payment_layout", args=[story.account.pk, "nacha"])
    assert client.post(ach, NACHA | {"destination": "021000022"}).status_code == 422
    assert client.post(ach, NACHA).status_code == 302
    assert "version 1 is remembered" in text_of(client.get(ach))
    lines = bytes(story.write([first], form="nacha").content).decode("ascii").splitlines()
    assert int(lines[2][29:39]) == first.net_amount * 100
    table = reverse("banking:payment_layout", args=[story.account.pk, "csv"])
    columns = {"columns": "Payee = name\nTo = account\nSum = amount", "delimiter": ";", "decimal": ","}
    columns |= {"date": "DD.MM.YYYY", "encoding_field": "utf-8", "header": "on"}
    assert client.post(table, columns | {"columns": "=Payee = name"}).status_code == 422
    assert client.post(table, columns).status_code == 302
    assert "Payee = name" in client.get(table).content.decode()
    rows = bytes(story.write([second], form="csv").content).decode().splitlines()
    assert rows[0] == "Payee;To;Sum"
    assert rows[1].startswith("Bo;000444555")
    assert rows[1].endswith(f";{second.net_amount}".replace(".", ","))
    assert client.get(reverse("banking:payment_layout", args=[story.account.pk, "pdf"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_at_once_pay_the_same_once():
    story = FileStory()
    answers = together([story.write, lambda: story.write(by=story.second)])
    assert [one.code for one in answers if isinstance(one, Exception)] == ["payment.in_a_file"]
    file = PaymentFile.objects.get()
    approver = story.second if file.created_by == story.manager else story.manager
    ctx = story.ctx(approver)
    acts = (services.approve_payment_file, services.reject_payment_file)
    answers = together([lambda act=act: act(payment_file_id=file.pk, ctx=ctx) for act in acts])
    assert [one.code for one in answers if isinstance(one, Exception)] == ["payment_file.decided"]
