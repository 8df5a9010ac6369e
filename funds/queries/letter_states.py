"""What has become of letters, and how a copy of one that no longer holds says so.

The apps whose calls and distributions letters are about keep a view of their states each, and register it here.
"""

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from blackgem.lib.stamps import stamped
from funds.models import Notice
from funds.queries.seals import check_letter_to_be_read

LIVE = "live"
#: What a letter is called that says that an earlier one no longer holds.
CANCELLATION = "Cancellation of notice"
_views: list[str] = []
_CALL, _DISTRIBUTION, _REFUND = Notice.Kind.CAPITAL_CALL, Notice.Kind.DISTRIBUTION, Notice.Kind.REFUND
_RETURN = Notice.Kind.CASH_RETURN
_REPLACED = "REPLACED. A later version took the place of this letter."
_SETTLED = {"paid", "nothing"}
STAMPS = {
    (_CALL, "cancelled"): "CANCELLED. Please do not pay: this capital call was cancelled.",
    (_CALL, "replaced"): _REPLACED,
    (_CALL, "paid"): "PAID. Nothing of what this letter asks for is outstanding.",
    (_CALL, "nothing"): "NOTHING IS DUE. Nothing of what this letter is about is due from you any more.",
    (_DISTRIBUTION, "cancelled"): "CANCELLED. Nothing is paid out: this distribution was cancelled.",
    (_DISTRIBUTION, "replaced"): _REPLACED,
    (_DISTRIBUTION, "paid"): "PAID OUT. What this letter announces has been paid out.",
    (_REFUND, "cancelled"): "CANCELLED. Nothing more is paid out: the closing was taken back.",
    (_REFUND, "replaced"): _REPLACED,
    (_REFUND, "paid"): "PAID OUT. What this letter announces has been paid out.",
    (_RETURN, "cancelled"): "TAKEN BACK. The money that this letter is about is on the fund’s account again.",
    (_RETURN, "replaced"): _REPLACED,
}


def register_letter_states(relation: str) -> None:
    """`relation` leads from a letter to its row in a view of states."""
    if relation not in _views:
        _views.append(relation)


def letter_state() -> Coalesce:
    """What has become of a letter, whatever it is about: live, replaced, cancelled, paid, or nothing (is due)."""
    states = [F(f"{relation}__state") for relation in _views]
    return Coalesce(*states, Value(LIVE), output_field=CharField())


def with_letter_states(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Letters with their `letter_state`, whether each is itself the `cancellation` of earlier ones, and its `title`."""
    kinds = [When(kind=kind, then=Value(title)) for kind, title in Notice.Kind.choices]
    return notices.annotate(
        letter_state=letter_state(),
        cancellation=Q(facts__has_key="cancelled"),
        title=Case(When(cancellation=True, then=Value(CANCELLATION)), *kinds, output_field=CharField()),
    )


def copy_of(notice: Notice) -> bytes:
    """The PDF of a letter (with its document and `with_letter_states`) to be read: as it was sent, and where it no
    longer holds or is settled, with a line across the top of each page that says so. What is stored is not changed.
    Raises BrokenSeal where it is not what was made of the letter."""
    check_letter_to_be_read(notice)
    content = bytes(notice.document.content)
    words = STAMPS.get((notice.kind, notice.letter_state))
    holds = words is None or (notice.cancellation and notice.letter_state == "cancelled")
    return content if holds else stamped(content, words, settled=notice.letter_state in _SETTLED)
