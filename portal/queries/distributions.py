"""An investor's distributions, with what it was told about each."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from blackgem.lib.pages import found
from distributions.models import DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import Notice, NoticeDocument
from portal.reader import Reader

_SHOWN = (
    "public_id",
    "gross_amount",
    "net_amount",
    "withholding_tax",
    "return_of_capital",
    "preferred_return",
    "profit_share",
    "carried_interest",
    "recallable_amount",
    "commitment__public_id",
    "commitment__investor__public_id",
    "commitment__investor__name",
    "commitment__reference",
    "distribution__public_id",
    "distribution__number",
    "distribution__date",
    "distribution__type",
    "distribution__source",
    "distribution__status",
    "distribution__cancelled_at",
    "distribution__fund__public_id",
    "distribution__fund__name",
    "distribution__fund__currency",
    "distribution__fund__contact_name",
    "distribution__fund__contact_email",
    "distribution__fund__contact_phone",
    "capital__paid_out",
    "capital__paid_on",
    "capital__distribution",
)


def distributions_of(reader: Reader):
    """Its part of every issued distribution, newest first; of a cancelled one too where it was sent a letter."""
    letters = NoticeDocument.objects.filter(
        notice__kind=Notice.Kind.DISTRIBUTION, notice__item_id=OuterRef("pk")
    )
    return (
        DistributionItem.objects.filter(
            Q(distribution__status__in=DISTRIBUTION_ISSUED) | Exists(letters),
            commitment__in=reader.commitments,
            gross_amount__gt=0,
        )
        .select_related("distribution__fund", "commitment__investor", "capital")
        .only(*_SHOWN)
        .annotate(currency=F("distribution__fund__currency"))
        .order_by("-distribution__date", "-pk")
    )


def distribution_of(reader: Reader, public_id: UUID) -> DistributionItem:
    """One of them; 404 for that of anybody else."""
    return found(distributions_of(reader), public_id=public_id)
