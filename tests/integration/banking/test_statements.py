"""A file of statements is kept, read by a worker, and what it holds is written once, however many files hold it."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from banking.models import BankEntry, BankStatement, EntryPosting, StatementFile
from banking.queries.matching import matches_of
from banking.services import reading
from banking.services.accounts import add_bank_account, name_columns
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from banking.services.reading import read_next
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tests.factories import MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY, Story, fresh
from tests.support import bank_files
from tests.support.bank_files import MAPPING, Booking

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parents[2] / "files" / "bank"
SOME = Decimal("71250.00")


class BankStory(Story):
    """A fund with an account, and a call of 100,000.00 over three partners."""

    def __init__(self, **more):
        super().__init__(**more)
        self.account = add_bank_account(fund_id=self.fund.pk, number=bank_files.NUMBER, ctx=self.ctx())

    def ctx(self, by=None):
        return WriteContext(by or self.manager, NOW)

    def upload(self, content, *, table=False, name="statement"):
        account = self.account.pk if table else None
        return upload_statement(
            fund_id=self.fund.pk, name=name, content=content, account_id=account, ctx=self.ctx()
        )

    def read(self, content, **more):
        file = self.upload(content, **more)
        assert read_next(at=NOW)
        return StatementFile.objects.get(pk=file.pk)

    def booked(self):
        return sorted(
            BankEntry.objects.filter(fund=self.fund, status="booked").values_list("amount", flat=True)
        )


def wire(amount, text, *, reference="W1", name=""):
    return Booking(TODAY, Decimal(amount), reference, text, name)


def test_a_file_is_read_once_and_overlapping_ones_bring_only_what_is_new(django_assert_max_num_queries):
    story = BankStory()
    name_columns(account_id=story.account.pk, mapping=MAPPING, ctx=story.ctx())
    rows = [
        wire("10.00", "a"),
        wire("20.00", "twice", reference="W2"),
        wire("20.00", "twice", reference="W2"),
    ]
    first = bank_files.camt(rows, SOME)
    file = story.read(first, name="mär\u202ez.xml")
    assert (file.name, file.format, file.is_whole, file.bytes_read) == (
        "märz.xml",
        "camt.053.001.08",
        True,
        file.size,
    )
    assert file.outcome[0] | {"statement": 0} == {
        "statement": 0, "statement_id": "S1", "from": "2026-03-01", "to": "2026-03-01",
        "new": 3, "known": 0, "pending": 0, "flags": [],
    }  # fmt: skip
    assert not read_next(at=NOW)

    with pytest.raises(Conflict) as refused:
        story.upload(first)
    assert refused.value.code == "file.known"

    # The same day out of another format, with one wire more: the two alike are the two that are known.
    more = [*rows, wire("-5.00", "fee", reference="W3")]
    with django_assert_max_num_queries(60):
        outcome = story.read(bank_files.table(more, SOME, newest_first=True), table=True).outcome[0]
    assert (outcome["new"], outcome["known"], outcome["flags"]) == (1, 3, ["chain.overlap"])
    assert story.booked() == [Decimal(value) for value in ("-5.00", "10.00", "20.00", "20.00")]

    # The statement that goes on where the first ended: a wire that is alike is another one.
    after = bank_files.camt(rows[:1], Decimal("71300.00"), statement_id="S2")
    BankStatement.objects.get(statement_id="S1")
    outcome = story.read(after).outcome[0]
    assert (outcome["new"], outcome["known"]) == (0, 1), (
        "the table came last, and it does not go on from that"
    )

    # A known statement with other content, and one after a gap.
    changed = bank_files.camt([*rows, wire("1.00", "late", reference="W9")], SOME)
    assert story.read(changed).outcome[0]["flags"] == ["statement.changed", "chain.overlap"]
    later = [Booking(TODAY.replace(day=5), Decimal("1.00"), "W7", "x")]
    assert story.read(bank_files.camt(later, Decimal("9.00"), statement_id="S5")).outcome[0]["flags"] == [
        "chain.gap"
    ]


def test_statements_that_chain_count_on():
    story = BankStory()
    story.read(bank_files.camt([wire("10.00", "a")], SOME, statement_id="S1"))
    outcome = story.read(bank_files.camt([wire("10.00", "a")], SOME + 10, statement_id="S2")).outcome[0]
    assert (outcome["new"], outcome["known"], outcome["flags"]) == (1, 0, [])
    assert story.booked() == [Decimal("10.00")] * 2


def test_what_is_refused_is_kept_with_its_reason_and_may_come_again():
    story = BankStory()
    other = bank_files.camt([wire("10.00", "a")], SOME, number="999")
    file = story.read(other)
    assert (file.is_whole, file.outcome) == (False, [])
    assert file.refusals[0]["code"] == "statement.account"
    add_bank_account(fund_id=story.fund.pk, number="99 9", ctx=story.ctx())
    assert story.read(other).outcome[0]["new"] == 1

    for content, code in ((b"", "file.empty"), (b"PK\x03\x04", "file.archive"), (b"a;b\n1;2", "file.format")):
        with pytest.raises(InvalidInput) as refused:
            story.upload(content)
        assert refused.value.code == code
    with pytest.raises(Conflict):
        add_bank_account(fund_id=story.fund.pk, number="999", ctx=story.ctx())
    with pytest.raises(InvalidInput):
        name_columns(account_id=story.account.pk, mapping={"columns": {}}, ctx=story.ctx())


def test_a_file_that_kills_its_worker_is_given_up(monkeypatch):
    story = BankStory()
    file = story.upload(bank_files.camt([wire("10.00", "a")], SOME))

    def dies(*_, **__):
        raise MemoryError

    monkeypatch.setattr(reading, "read_statements", dies)
    for _ in range(3):
        with pytest.raises(MemoryError):
            read_next(at=NOW)
    assert read_next(at=NOW)
    assert fresh(file).refusals[0]["code"] == "file.format"
    assert not read_next(at=NOW)


def test_progress_is_seen_while_a_file_is_read(monkeypatch):
    story = BankStory()
    monkeypatch.setattr(reading, "STEP", 1)
    seen = []
    update = reading.written_by_worker
    monkeypatch.setattr(reading, "written_by_worker", lambda at: seen.append(at) or update(at))
    story.read(bank_files.camt([wire("10.00", "a")], SOME))
    assert len(seen) >= 3, "claimed, on the way, and done"


def test_certain_matches_are_posted_once_and_others_wires_wait():
    story = BankStory()
    call = story.issued()
    names = [partner.investor.name for partner in story.partners]
    items = {item.commitment_id: item for item in call.items.all()}
    refs = [f"CC{call.number}-{partner.reference}" for partner in story.partners]
    rows = [
        wire("60000.00", f"{refs[0]} capital call", reference="A1", name=names[0]),
        wire("30000.00", refs[1], reference="A2", name="Somebody Else"),
        wire("4000.00", refs[2], reference="A3", name=names[2]),
        wire("-12.00", "fee", reference="A4"),
    ]
    file = story.read(bank_files.camt(rows, SOME))
    statement = BankStatement.objects.get(file=file)
    found = [(one.state, one.score, bool(one.held)) for _, one in matches_of(statement)]
    assert [state for state, _, _ in found] == ["exact", "exact", "partial", "debit"]
    assert [held for _, _, held in found] == [False, True, False, False]

    analyst, stranger = UserFactory(), UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    for who, error in ((analyst, Forbidden), (stranger, NotFound)):
        with pytest.raises(error):
            post_matches(statement_id=statement.pk, ctx=story.ctx(who))
    posted, left = post_matches(statement_id=statement.pk, ctx=story.ctx())
    assert [one.entry.reference for one in posted] == ["A1"]
    assert [(entry.reference, "held" in reason) for entry, reason in left] == [("A2", True)]
    assert post_matches(statement_id=statement.pk, ctx=story.ctx())[0] == []
    assert fresh(items[story.partners[0].pk]).capital.outstanding == 0
    posting = EntryPosting.objects.get()
    assert (posting.receipt.amount, posting.receipt.tx_ref) == (Decimal("60000.00"), "A1")

    # The same wires in another file are the same entries.
    again = story.read(bank_files.mt940(rows, SOME))
    assert (again.outcome[0]["new"], again.outcome[0]["known"]) == (0, 4)
    assert post_matches(statement_id=again.outcome[0]["statement"], ctx=story.ctx())[0] == []


def test_a_wire_that_was_typed_before_is_the_entry_and_is_not_posted_twice():
    story = BankStory()
    call = story.issued()
    item = call.items.get(commitment=story.partners[0])
    payment = story.pay_item(item, "60000.00", tx_ref="A1")
    reference = f"CC{call.number}-{story.partners[0].reference}"
    row = wire("60000.00", reference, reference="A1", name=story.partners[0].investor.name)
    file = story.read(bank_files.camt([row], SOME))
    statement = BankStatement.objects.get(file=file)
    assert [one.state for _, one in matches_of(statement)] == ["duplicate"]
    assert post_matches(statement_id=statement.pk, ctx=story.ctx()) == ([], [])
    assert fresh(item).capital.paid == payment.amount


def test_nothing_is_posted_in_one_go_of_what_nothing_proves():
    story = BankStory()
    story.issued()
    file = story.read(bank_files.ofx([wire("60000.00", "CC1")], SOME))
    with pytest.raises(DomainError) as refused:
        post_matches(statement_id=file.outcome[0]["statement"], ctx=story.ctx())
    assert refused.value.code == "statement.unproved"


def test_the_commands_read_and_import(tmp_path):
    expected = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
    story = BankStory()
    call = story.issued()
    table = next(row for row in expected["files"] if row["file"] == "csv-us-debit-credit.csv")
    context = tmp_path / "context.json"
    given = {name: table[name] for name in ("account", "mapping")} | {"accounts": expected["accounts"]}
    context.write_text(json.dumps(given), encoding="utf-8")

    def run(name, *arguments):
        out = StringIO()
        call_command(name, *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    known = ("--context", str(context))
    read = run("read_statement", str(FILES / table["file"]), *known, "--fund", story.fund.code)
    assert read["outcome"] == "read"
    assert [one["state"] for one in read["matches"]][1:3] == ["debit", "debit"]
    assert not StatementFile.objects.exists()
    with pytest.raises(CommandError, match=r"statement\.balance, line 9"):
        run("read_statement", str(FILES / "refused-mt940-closing.sta"), *known)

    for sequence in expected["sequences"]:
        fund = (story if sequence is expected["sequences"][0] else BankStory()).fund
        for step in sequence["import"]:
            more = ("--post",) if step is sequence["import"][0] else ()
            said = run("import_statement", str(fund.pk), str(FILES / step["file"]), *known, *more)
            assert {name: said[name] for name in step if name != "file"} == {
                name: value for name, value in step.items() if name != "file"
            }
        assert said["booked_sum"] == sequence["booked_sum"]
    assert call.number == 1
