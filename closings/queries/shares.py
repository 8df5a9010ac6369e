"""Distributions that were made before a closing, as partners hold them: shared anew where its terms say so.

As many statements of SQL for any number of partners and distributions.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.money import split
from closings.calc.terms import HeldLine, Resplit
from closings.models import Closing
from distributions.models import Distribution, DistributionItem, GivenBack, TakenShare
from distributions.states import DistributionStatus, DistributionType
from funds.models import CapitalTransaction

ZERO = Decimal("0.00")
_PARTS = ("return_of_capital", "preferred_return", "profit_share")


@dataclass(frozen=True)
class ShareRoot:
    """A distribution that was paid out, the last of it on `paid_on`, with who holds it: of each partner the rows of the
    ledger (key, whether that may be called again, amount), and what of the share is which part of `_PARTS`. Partners by
    the numbers of their investors."""

    distribution: Distribution
    paid_on: date
    rows: Mapping[int, tuple[tuple[int, bool, Decimal], ...]]
    parts: Mapping[int, tuple[Decimal, ...]]
    excused: frozenset[int]
    resplit: Resplit

    @property
    def key(self) -> str:
        return key_of(self.distribution.pk)

    def held(self, *, recallable: bool | None = None) -> dict[int, Decimal]:
        return {
            key: sum((amount for _, again, amount in rows if recallable in (None, again)), ZERO)
            for key, rows in self.rows.items()
        }

    def as_line(self) -> HeldLine:
        """As the engine is given it: a line whose sign it turns."""
        held = self.held()
        return HeldLine(
            self.key,
            sum(held.values(), ZERO),
            self.paid_on,
            held,
            inside=self.held(recallable=True),
            excused=self.excused,
            resplit=self.resplit,
            is_distribution=True,
        )

    def frozen(self) -> list:
        """What of it a closing was worked out from, as JSON."""
        recallable = self.held(recallable=True)
        return [
            self.distribution.pk,
            self.resplit,
            self.paid_on.isoformat(),
            [[key, f"{held:f}", f"{recallable[key]:f}"] for key, held in sorted(self.held().items())],
            sorted(self.excused),
        ]


def key_of(distribution_id: int) -> str:
    """The key of a distribution beside lines, whose keys are their numbers."""
    return f"distribution {distribution_id}"


def made_before(closing: Closing) -> QuerySet[Distribution]:
    """The distributions that a closing has to say something about: issued, of what the fund earned, and of no deal that
    it leaves out."""
    left_out = closing.exclusions.values("deal")
    issued = Distribution.objects.filter(fund=closing.fund).issued()
    unused = Q(type=DistributionType.RETURN_OF_EXCESS_CAPITAL)
    return issued.exclude(unused).exclude(deal__in=left_out).order_by("date", "number")


def pays_profit_by_tiers(distributions: QuerySet[Distribution]) -> QuerySet[Distribution]:
    """Those that paid partners profit by the tiers of a waterfall, which no closing shares anew."""
    items = DistributionItem.objects.filter(distribution__in=distributions, profit_share__gt=0)
    return distributions.filter(pk__in=items.exclude(tiers=[]).values("distribution"))


def gives_back_lines(distributions: QuerySet[Distribution]) -> QuerySet[Distribution]:
    """Those that gave lines of calls back, to be called again: that is between those who paid these lines."""
    given = GivenBack.objects.filter(item__distribution__in=distributions)
    return distributions.filter(pk__in=given.values("item__distribution"))


def is_paid_out(distribution: Distribution) -> bool:
    return distribution.status == DistributionStatus.PAID


def share_roots(
    closing: Closing,
    investors: Mapping[int | None, int],
    register: Mapping[int, Decimal],
    excused: Mapping[int | None, set[int]],
    unit: Decimal,
) -> tuple[ShareRoot, ...]:
    """The distributions that a closing shares anew, in the order of their days. `investors` are those of commitments,
    `register` commitments before it, in their order; `excused` by deal."""
    if closing.distributions != Closing.Distributions.RESPLIT:
        return ()
    before = list(made_before(closing).select_related("deal"))
    rows, paid_on = _rows(closing, before, investors)
    parts = _parts(before, investors)
    return tuple(
        ShareRoot(
            one,
            paid_on[one.pk],
            {key: tuple(found) for key, found in rows[one.pk].items()},
            {key: tuple(found) for key, found in parts[one.pk].items()},
            frozenset(excused.get(one.deal_id, ())),
            _resplit(rows[one.pk], register, unit),
        )
        for one in before
    )


def _rows(closing: Closing, before, investors):
    """By distribution and partner the rows that pay it and still stand, and the day of the last."""
    rows = CapitalTransaction.objects.filter(
        fund=closing.fund,
        distribution_id__in=[one.pk for one in before],
        reverses__isnull=True,
        reversed_by_row__isnull=True,
    )
    paid_on = dict(
        rows.filter(moves__isnull=True).order_by().values_list("distribution_id").annotate(Max("value_date"))
    )
    held = rows.annotate(first=Coalesce("moves", "pk"), holds=F("commitment")).order_by()
    held = held.values("distribution_id", "holds", "first", "recallable").annotate(amount=-Sum("amount"))
    found = defaultdict(lambda: defaultdict(list))
    for row in held.order_by("first"):
        # Whoever has promised nothing by the day of the closing keeps what it holds.
        if row["amount"] and row["holds"] in investors:
            share = (row["first"], row["recallable"], row["amount"])
            found[row["distribution_id"]][investors[row["holds"]]].append(share)
    return found, paid_on


def _parts(before, investors):
    """By distribution and partner, what of its share is which part."""
    found = defaultdict(lambda: defaultdict(lambda: [ZERO] * len(_PARTS)))
    for model in (DistributionItem, TakenShare):
        shares = model.objects.filter(distribution__in=before, commitment__in=list(investors)).order_by()
        for distribution, commitment, *parts in shares.values_list("distribution", "commitment", *_PARTS):
            one = found[distribution][investors[commitment]]
            one[:] = [held + part for held, part in zip(one, parts, strict=True)]
    return found


def _resplit(rows, register: Mapping[int, Decimal], unit: Decimal) -> Resplit:
    """Over the whole register where it was split by commitments, else only what newcomers take."""
    held = {key: sum((amount for *_, amount in found), ZERO) for key, found in rows.items()}
    weights = list(register.values())
    if not any(weights):
        return Resplit.FIXED
    shares = dict(zip(register, split(sum(held.values(), ZERO), weights, unit), strict=True))
    by_commitments = {key: share for key, share in shares.items() if share} == held
    return Resplit.COMMITMENT if by_commitments else Resplit.FIXED
