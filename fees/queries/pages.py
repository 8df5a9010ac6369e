"""Fees as pages, files and the API show them: runs with their lines, versions of the schedule, letters, fee income."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from blackgem.lib import audit
from blackgem.lib.checks import offer
from blackgem.lib.pages import found
from capital.states import CallStatus
from fees.access import check_take_payment_back
from fees.models import (
    FeeCatchUp,
    FeeEvent,
    FeeIncome,
    FeeLetter,
    FeePayment,
    FeeRealisation,
    FeeRun,
    FeeRunCancellation,
    FeeRunLine,
    FeeSchedule,
)
from fees.queries.working import WorkedOutRun
from fees.states import FeeRunStatus
from funds.models import Commitment, Fund
from funds.queries.access import with_role
from funds.queries.stories import story

ZERO = Decimal("0.00")
EVENTS_SHOWN = 20
_PEOPLE = ("recorded_by", "approved_by", "rejected_by")
SUMMED = (
    "gross",
    "discount",
    "true_up",
    "credit",
    "credit_carried",
    "waiver",
    "offset_opening",
    "recognised",
    "offset_applied",
    "offset_carried",
    "net",
    "tax",
)
_FROM_CASH = Q(approved_at__isnull=False, paid_from=FeeRun.PaidFrom.CASH) & ~Q(net=0, tax=0)
#: What each status of a run is in its rows, that were read `with_paid`.
_STATUS = {
    FeeRunStatus.PENDING: Q(approved_at=None, rejected_at=None),
    FeeRunStatus.REJECTED: Q(rejected_at__isnull=False),
    FeeRunStatus.CANCELLED: Q(bill__call__status=CallStatus.CANCELLED) | Q(is_cancelled=True),
    FeeRunStatus.BILLED: Q(bill__isnull=False) & ~Q(bill__call__status=CallStatus.CANCELLED),
    FeeRunStatus.NOTHING_DUE: Q(approved_at__isnull=False, net=0, tax=0, is_cancelled=False),
    FeeRunStatus.OWED: _FROM_CASH & Q(is_cancelled=False) & (Q(paid=None) | Q(paid=0)),
    FeeRunStatus.PAID: _FROM_CASH & Q(paid__gt=0),
}


def runs_seen(user) -> QuerySet[FeeRun]:
    """Every run in the funds of this person, with its call, its people and the person's `role`."""
    rows = FeeRun.objects.with_paid().filter(fund__in=Fund.objects.visible_to(user))
    return with_role(rows.select_related("fund", "bill__call", *_PEOPLE), user).defer("inputs")


def runs_of(fund: Fund) -> QuerySet[FeeRun]:
    """Those of a fund, newest first."""
    rows = FeeRun.objects.with_paid().filter(fund=fund).select_related("bill__call")
    return rows.defer("inputs").order_by("-number")


def charged_by_closings(fund: Fund) -> QuerySet:
    """What later closings charged for the time before, newest first: each with its day, the call that asks for it, how
    many `partners` owe it, and what they owe, `net` and `tax`."""
    rows = FeeCatchUp.objects.standing().filter(fund=fund, net__gt=0).values("effective_on", "call_id")
    sums = {"partners": Count("pk"), "net": Sum("net"), "tax": Sum("tax")}
    return rows.annotate(call_number=F("call__number"), **sums).order_by("-effective_on", "-call_id")


def having_status(rows: QuerySet[FeeRun], status: str) -> QuerySet[FeeRun]:
    return rows.filter(_STATUS[status])


def run_of(user, run_id) -> FeeRun:
    """One of them with what it was worked out from; 404 where it is not to be seen."""
    return found(runs_seen(user).defer(None), pk=run_id)


def payments_seen(user) -> QuerySet[FeePayment]:
    """Every payment from cash on hand in the funds of this person, with its run, its fund, what took it back and the
    person's `role`."""
    rows = FeePayment.objects.filter(fund__in=Fund.objects.visible_to(user))
    rows = rows.select_related("run", "fund", "reversed_by", "recorded_by").defer("run__inputs")
    return with_role(rows, user)


def payments_of(run: FeeRun, user) -> list[FeePayment]:
    """Those of a run in their order, each with whether this person may take it back (`take_back`)."""
    found = list(payments_seen(user).filter(run=run).order_by("pk"))
    for one in found:
        one.take_back = offer(check_take_payment_back, one, user)
    return found


def cancellation_of(run: FeeRun) -> FeeRunCancellation | None:
    """The request to cancel it that waits or was approved."""
    rows = run.cancellations.filter(rejected_at=None).select_related("recorded_by", "approved_by")
    return rows.first()


def story_of(run: FeeRun, *, whole: bool = False):
    """What was done with the run, newest first."""
    return story(audit.timeline(run), run.fund.currency, None if whole else EVENTS_SHOWN)


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class RunTotals:
    """What the lines of a run add up to."""

    partners: int
    amounts: dict[str, Decimal]

    def __getattr__(self, name: str) -> Decimal:
        try:
            return self.amounts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def due(self) -> Decimal:
        return self.amounts["net"] + self.amounts["tax"]

    @property
    def earlier(self) -> Decimal:
        return self.true_up - self.credit + self.credit_carried

    @property
    def moved(self) -> bool:
        """Whether anything of earlier periods is in it."""
        return bool(self.true_up or self.credit or self.credit_carried)


def lines_of(run: FeeRun) -> QuerySet[FeeRunLine]:
    """By reference, each with its partner."""
    rows = run.lines.select_related("commitment__investor")
    return rows.order_by("commitment__reference", "pk")


def totals_of(run: FeeRun) -> RunTotals:
    sums = run.lines.aggregate(partners=Count("pk"), **{name: Sum(name, default=ZERO) for name in SUMMED})
    return RunTotals(sums.pop("partners"), sums)


def lines_worked_out(worked_out: WorkedOutRun, run: FeeRun) -> list[FeeRunLine]:
    """The lines of a run that is not written yet, by reference, each with its partner."""
    lines = worked_out.lines(run)
    partners = Commitment.objects.select_related("investor").in_bulk([one.commitment_id for one in lines])
    for one in lines:
        one.commitment = partners[one.commitment_id]
    return sorted(lines, key=lambda one: (one.commitment.reference, one.commitment_id))


def totals_worked_out(lines: list[FeeRunLine]) -> RunTotals:
    sums = {name: sum((getattr(one, name) for one in lines), ZERO) for name in SUMMED}
    return RunTotals(len(lines), sums)


# ---------------------------------------------------------------- what was asked for


def schedules_of_fund(fund: Fund) -> QuerySet[FeeSchedule]:
    """Every version, newest first, also what waits or was turned down."""
    return FeeSchedule.objects.filter(fund=fund).select_related("recorded_by").order_by("-version")


def letters_of(fund: Fund) -> QuerySet[FeeLetter]:
    """Every side letter on the fee, newest first."""
    rows = FeeLetter.objects.filter(fund=fund).select_related("commitment__investor", "recorded_by")
    return rows.order_by("-effective_on", "-pk")


def income_of(fund: Fund) -> QuerySet[FeeIncome]:
    """All fee income, newest first."""
    rows = FeeIncome.objects.filter(fund=fund).select_related("deal", "recorded_by")
    return rows.order_by("-effective_on", "-pk")


def events_of(fund: Fund) -> QuerySet[FeeEvent]:
    """Every event, newest first, also what waits or was turned down; `taken_back` is whether an approved row says that
    it did not happen, `being_taken_back` whether one waits."""
    return _with_taken_back(FeeEvent.objects.filter(fund=fund)).order_by("-effective_on", "-pk")


def events_seen(user) -> QuerySet[FeeEvent]:
    """Those in the funds of this person."""
    return _with_taken_back(FeeEvent.objects.filter(fund__in=Fund.objects.visible_to(user)))


def _with_taken_back(rows: QuerySet[FeeEvent]) -> QuerySet[FeeEvent]:
    others = FeeEvent.objects.filter(takes_back=OuterRef("pk"))
    return rows.select_related("recorded_by", "fund").annotate(
        taken_back=Exists(others.approved()), being_taken_back=Exists(others.pending())
    )


def realisations_of(fund: Fund) -> QuerySet[FeeRealisation]:
    """Every entry of what was sold, newest first."""
    rows = FeeRealisation.objects.filter(fund=fund).select_related("deal", "recorded_by")
    return rows.order_by("-effective_on", "-pk")


def partner_choices(fund: Fund) -> list[tuple[int, str]]:
    """The partners who pay a fee, by reference, as id and name."""
    rows = Commitment.objects.filter(fund=fund).exclude(kind=Commitment.Kind.GP)
    ordered = rows.select_related("investor").order_by("reference", "pk")
    return [(one.pk, f"{one.investor.name} ({one.reference})") for one in ordered]
