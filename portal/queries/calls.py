"""An investor's calls: its part of each, what it paid, and the newest letter, which says how to pay."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum

from blackgem.lib.pages import found
from capital.models import CapitalCallItem, CapitalCallItemLine, LineChange, Payment
from capital.states import CALL_ISSUED, CALL_OPEN
from funds.models import Notice, NoticeDocument
from funds.queries.letter_states import letter_state
from portal.calc.due import PaymentDue, due_of
from portal.reader import Reader

from .home import call_items_of


def calls_of(reader: Reader):
    """Its part of every issued call, newest first, whether it was excused from something of that since, and what was
    `assumed` of it with a transfer, below zero by another investor; of a cancelled one too where it was sent a
    letter."""
    letters = NoticeDocument.objects.filter(
        notice__kind=Notice.Kind.CAPITAL_CALL, notice__item_id=OuterRef("pk")
    )
    items = call_items_of(reader.investors).filter(commitment__in=reader.commitments)
    excused = LineChange.objects.filter(item=OuterRef("pk"), basis=CapitalCallItemLine.Basis.EXCUSED)
    assumed = LineChange.objects.filter(item=OuterRef("pk"), transfer_id__isnull=False).order_by()
    sums = assumed.values("item").annotate(sum=Sum("amount")).values("sum")
    return items.filter(Q(call__status__in=CALL_ISSUED) | Exists(letters)).annotate(
        is_excused=Exists(excused), assumed=Subquery(sums)
    )


def call_of(reader: Reader, public_id: UUID) -> CapitalCallItem:
    """One of them; 404 for that of anybody else."""
    return found(calls_of(reader), public_id=public_id)


def open_calls_of(reader: Reader):
    """Those on which something is still to be paid, the most urgent first."""
    owed = calls_of(reader).filter(call__status__in=CALL_OPEN, capital__outstanding__gt=0)
    return owed.order_by(F("capital__due_on").asc(nulls_last=True), "pk")


def due_with(reader: Reader, item: CapitalCallItem) -> PaymentDue | None:
    """What is to be paid with the letter about one part of a call: what is owed of it, and what was carried to it."""
    own = Q(pk=item.pk, capital__carried_to=None) | Q(capital__carried_to=item.call_id)
    owed = due_of(open_calls_of(reader).filter(own, commitment=item.commitment_id)).payments
    return owed[0] if owed else None


def carried_with(reader: Reader, item: CapitalCallItem) -> CapitalCallItem | None:
    """The part of the later call with which what is left of this one is due; None where it is due by itself."""
    later = item.capital.carried_to_id
    return later and calls_of(reader).get(call=later, commitment=item.commitment_id)


def asking_for(reader: Reader, payment: PaymentDue) -> CapitalCallItem:
    """The part of the call with which a payment is due; its letter asks for all of it."""
    known = next((one for one in payment.parts if one.call_id == payment.call_id), None)
    return known or calls_of(reader).get(call=payment.call_id, commitment=payment.commitment_id)


def letter_of(reader: Reader, kind: str, item_id) -> Notice | None:
    """The newest letter about one part of a call or distribution that was sent and made: its PDF can be opened. What it
    says is shown to nobody before."""
    letters = Notice.objects.filter(commitment__in=reader.commitments, kind=kind, item_id=item_id)
    sent = NoticeDocument.objects.filter(notice=OuterRef("pk"))
    return letters.filter(Exists(sent)).annotate(state=letter_state()).order_by("-version").first()


def payments_of(reader: Reader, *, item=None):
    """What was paid and taken back, newest first; of one item where it is given."""
    payments = Payment.objects.filter(commitment__in=reader.commitments)
    payments = payments.filter(item=item) if item else payments
    related = payments.select_related("call__fund", "commitment__investor", "item").defer(
        "call__total_amount"
    )
    return related.order_by("-value_date", "-pk")
