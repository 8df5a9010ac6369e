"""Bank statements as pages and answers show them: those of a fund, and one with its lines."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from banking.calc.matching import Match
from banking.calc.rules import Proposal
from banking.models import (
    BankAccount,
    BankEntry,
    BankStatement,
    EntryClass,
    PaymentFileLine,
    StatementFile,
)
from banking.queries.matching import matches_of
from banking.queries.payments import lines_of_entries
from banking.queries.settled import proposal_of, rules_of
from blackgem.lib.pages import found
from funds.models import Fund
from funds.queries.access import with_role

FILES_SHOWN = 10
#: What a person reads of a flag.
FLAGS = {
    "statement.changed": "known by its number, with other content",
    "chain.gap": "does not begin where the one before ended",
    "chain.overlap": "covers days that are held already",
}
STATES = {
    "exact": "Certain",
    "suggested": "Suggested",
    "partial": "Less than owed",
    "over": "More than owed",
    "early": "Before its call",
    "duplicate": "Paid already",
    "unmatched": "Fits nothing",
    "debit": "Went out",
    "return": "Taken back",
    "pending": "Pending",
    "none": "No money",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement, with whom it is from or what it was posted as."""

    entry: BankEntry
    match: Match | None
    proposal: Proposal | None = None
    ordered: PaymentFileLine | None = None

    @property
    def state(self) -> str:
        if self.match is None:
            return self.entry.settled.label
        if self.ordered:
            return "Certain"
        if self.proposal and self.match.state in ("debit", "unmatched"):
            return "Proposed" if self.proposal.is_clear else "Rules differ"
        return STATES[self.match.state]

    @property
    def waits(self) -> bool:
        """Whether somebody has to settle it."""
        return self.match is not None and self.entry.status == BankEntry.Status.BOOKED

    @property
    def proposed_class(self) -> str:
        """What a rule proposes, in words."""
        return EntryClass(self.proposal.rule.entry_class).label if self.proposal else ""

    @property
    def is_proposed(self) -> bool:
        """Whether a rule speaks for it, and none against."""
        return self.waits and self.proposal is not None and self.proposal.is_clear

    @property
    def may_be_posted(self) -> bool:
        return bool(self.match and (self.ordered or (self.match.exact and not self.match.held)))


def statements_of(fund: Fund) -> QuerySet[BankStatement]:
    """Newest first, with their accounts, how many entries each brought, and how it follows others (`flags`)."""
    return _with_brought(BankStatement.objects.filter(fund=fund).select_related("account", "file"))


def statements_seen_by(user) -> QuerySet[BankStatement]:
    """The same of every fund that this person may see, with their funds."""
    rows = BankStatement.objects.filter(fund__in=Fund.objects.visible_to(user))
    return _with_brought(rows.select_related("fund", "account", "file"))


def _with_brought(rows: QuerySet[BankStatement]) -> QuerySet[BankStatement]:
    booked = Count("entries", filter=Q(entries__status=BankEntry.Status.BOOKED))
    return rows.defer("file__content").annotate(brought=booked).order_by("-last_day", "-pk")


def files_of(fund: Fund) -> list[StatementFile]:
    """The newest files that wait, or of which something was not taken."""
    files = StatementFile.objects.filter(fund=fund).exclude(is_whole=True).defer("content")
    return list(files.order_by("-pk")[:FILES_SHOWN])


def accounts_of_fund(fund: Fund) -> list[BankAccount]:
    return list(BankAccount.objects.filter(fund=fund).order_by("pk"))


def statement_of(user, statement_id: int) -> BankStatement:
    """One with its role, account and fund; 404 where it is not to be seen."""
    rows = BankStatement.objects.select_related("fund", "account", "file").defer("file__content")
    rows = with_role(rows.filter(fund__in=Fund.objects.visible_to(user)), user)
    return found(rows, pk=statement_id)


def flag_codes_of(statement: BankStatement) -> list[str]:
    """How it follows those that were held when it came."""
    for outcome in statement.file.outcome:
        if outcome["statement"] == statement.pk:
            return outcome["flags"]
    return []


def flags_of_statement(statement: BankStatement) -> list[str]:
    """The same in words."""
    return [FLAGS[flag] for flag in flag_codes_of(statement)]


def lines_shown(statement: BankStatement) -> list[Line]:
    """Its lines with whom each is from, and what the rules of its fund propose."""
    rules, matches = rules_of(statement.fund), matches_of(statement)
    ordered = lines_of_entries(statement.fund, [entry for entry, match in matches if match])
    return [
        Line(entry, match, proposal_of(entry, rules) if match else None, ordered.get(entry.pk))
        for entry, match in matches
    ]
