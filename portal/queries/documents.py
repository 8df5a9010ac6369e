"""Every letter that an investor was sent, with who opened and acknowledged which version."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q
from django.http import Http404

from blackgem.lib.pages import found
from capital.models import CapitalCallItem, ReceiptReturn
from closings.models import Refund
from distributions.models import DistributionItem
from funds.models import Notice, NoticeReading
from funds.queries.letter_states import copy_of, with_letter_states
from portal.reader import Reader

from .calls import calls_of
from .refunds import refunds_of

#: What the `item_id` of a letter is the id of, by the letter's kind.
PARTS = {
    Notice.Kind.CAPITAL_CALL: CapitalCallItem,
    Notice.Kind.DISTRIBUTION: DistributionItem,
    Notice.Kind.REFUND: Refund,
    Notice.Kind.CASH_RETURN: ReceiptReturn,
}


def documents_of(reader: Reader):
    """Every version of every letter that was sent, newest first. `state`: live, replaced, cancelled or paid."""
    acknowledged = NoticeReading.objects.filter(notice=OuterRef("pk"), deed=NoticeReading.Deed.ACKNOWLEDGED)
    return (
        with_letter_states(Notice.objects.filter(commitment__in=reader.commitments, document__isnull=False))
        .select_related("fund", "commitment__investor")
        .defer("facts")
        .annotate(state=F("letter_state"), acknowledged=Exists(acknowledged))
        .order_by("-dated_on", "-pk")
    )


def document_of(reader: Reader, public_id: UUID) -> Notice:
    """One of them with its facts, when it was first sent and first opened; 404 for that of anybody else."""
    whole = (
        documents_of(reader)
        .defer(None)
        .annotate(
            sent_at=Min("deliveries__requested_at"),
            opened_at=Min("readings__at", filter=Q(readings__deed=NoticeReading.Deed.OPENED)),
        )
    )
    return found(whole, public_id=public_id)


def documents_with(reader: Reader, public_ids: Iterable[str]) -> list[Notice]:
    """Those with these ids, newest first; 404 where one of them is not one's own, or no id."""
    try:
        asked = {UUID(one) for one in public_ids}
    except ValueError as error:
        raise Http404 from error
    letters = list(documents_of(reader).filter(public_id__in=asked))
    if len(letters) != len(asked):
        raise Http404
    return letters


def document_by_number(reader: Reader, notice_id: int) -> Notice:
    """One of those whose mails lead to their numbers; 404 for every other, one's own too: which numbers are one's own
    would tell how many letters to others lie between."""
    return found(documents_of(reader).filter(known_by_number=True), pk=notice_id)


def content_of(reader: Reader, public_id: UUID) -> bytes:
    """Its PDF, as it was sent; where it no longer holds, with a line that says so."""
    return copy_of(found(documents_of(reader).select_related("document").defer(None), public_id=public_id))


def part_of(reader: Reader, notice: Notice) -> CapitalCallItem | DistributionItem | Refund | ReceiptReturn:
    """The investor's part of what a letter is about, with its account; of returned money what was returned."""
    if notice.kind == Notice.Kind.CAPITAL_CALL:
        return calls_of(reader).get(pk=notice.item_id)
    if notice.kind == Notice.Kind.REFUND:
        return refunds_of(reader).get(pk=notice.item_id)
    if notice.kind == Notice.Kind.CASH_RETURN:
        return ReceiptReturn.objects.only("public_id", "commitment_id").get(pk=notice.item_id)
    return DistributionItem.objects.select_related("capital", "commitment").get(pk=notice.item_id)


def public_ids_of_parts(notices: Iterable[Notice]) -> dict[tuple[str, int], UUID]:
    """By kind and number, the public ids of the investor's parts that these letters are about."""
    asked = defaultdict(set)
    for one in notices:
        asked[one.kind].add(one.item_id)
    return {
        (kind, number): public_id
        for kind, numbers in asked.items()
        for number, public_id in PARTS[kind].objects.filter(pk__in=numbers).values_list("pk", "public_id")
    }


def acknowledgements_of(notice) -> list[NoticeReading]:
    """Who acknowledged this version, and when."""
    return list(notice.readings.filter(deed=NoticeReading.Deed.ACKNOWLEDGED).order_by("at"))
