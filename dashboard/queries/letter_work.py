"""Letters on their way to investors, by the call or distribution that they are about."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When

from capital.models import CapitalCall
from distributions.models import Distribution
from funds.models import Fund, Notice, NoticeDelivery, NoticeRendering

_State = NoticeDelivery.State
_CALL, _DISTRIBUTION = Notice.Kind.CAPITAL_CALL, Notice.Kind.DISTRIBUTION


@dataclass(frozen=True, slots=True)
class StuckLetters:
    """Letters of one call or distribution that a person has to look at: `failed` were not sent, of `unknown` nobody
    can tell, `not_made` have no PDF."""

    kind: str
    subject_id: int
    number: int
    fund: str
    failed: int
    unknown: int
    not_made: int

    @property
    def is_of_call(self) -> bool:
        return self.kind == _CALL

    @property
    def count(self) -> int:
        return self.failed + self.unknown + self.not_made


def stuck_letters(user) -> list[StuckLetters]:
    """The letters of funds that a person sees whose newest version did not arrive, by subject. One statement."""
    deliveries = NoticeDelivery.objects.filter(notice=OuterRef("pk")).order_by("-round")
    stuck = NoticeDelivery.objects.filter(state__in=[_State.FAILED, _State.UNKNOWN]).values("notice")
    unmade = NoticeRendering.objects.exclude(failure="").values("notice")
    newer = Notice.objects.filter(
        kind=OuterRef("kind"), item_id=OuterRef("item_id"), version__gt=OuterRef("version")
    )
    letters = (
        Notice.objects.filter(fund__in=Fund.objects.visible_to(user))
        .filter(Q(pk__in=stuck) | Q(pk__in=unmade))
        .exclude(Exists(newer))
        .annotate(mail=Subquery(deliveries.values("state")[:1]))
        .values("kind", "subject_id", "fund__name", subject_number=_number_of_subject())
    )
    counted = letters.annotate(
        failed=Count("pk", filter=Q(mail=_State.FAILED)),
        unknown=Count("pk", filter=Q(mail=_State.UNKNOWN)),
        not_made=Count("pk", filter=~Q(rendering__failure="") & Q(rendering__isnull=False)),
    ).order_by("fund__name", "kind", "subject_id")
    found = [
        StuckLetters(number=row.pop("subject_number"), fund=row.pop("fund__name"), **row) for row in counted
    ]
    return [one for one in found if one.count]


def _number_of_subject() -> Case:
    """The number of the call or distribution that a letter is about."""
    numbers = {
        kind: model.objects.filter(pk=OuterRef("subject_id")).values("number")
        for kind, model in ((_CALL, CapitalCall), (_DISTRIBUTION, Distribution))
    }
    return Case(*(When(kind=kind, then=Subquery(number)) for kind, number in numbers.items()))
