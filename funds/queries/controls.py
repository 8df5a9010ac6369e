"""Whether a fund is in use, so that what weakens its controls takes two people; the database decides it."""

from datetime import date
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import BooleanField, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from blackgem.lib.days import day_in_words
from blackgem.lib.pages import found
from blackgem.lib.timeline import changes_in_words
from funds.access import check_decline, role_in
from funds.models import ControlChange, Deal, Fund, LetterImage
from funds.queries.pictures import small


def needs_another(fund_id: int, kind: str) -> bool:
    """Whether another person has to decide such a change in this fund."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT control_needs_another(%s, %s)", [fund_id, kind])
        return cursor.fetchone()[0]


def in_use(funds: QuerySet[Fund]) -> QuerySet[Fund]:
    """Those of them that have issued something."""
    return funds.filter(Func("pk", function="fund_has_issued", output_field=BooleanField()))


def request_needs_another(fund_id: int, table: str) -> bool:
    """Whether a request that is kept in this table needs a second person in this fund."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_needs_another(%s, %s)", [fund_id, table])
        return cursor.fetchone()[0]


def with_words(changes: list[ControlChange]) -> list[ControlChange]:
    """Each change, with its fund, `in_words` what it does field by field, what it is `said_about`, the `page` of what
    was issued, and the `pictures` of a letterhead: the label of each that changes, and the one before and the one
    after."""
    names = _deals_of(changes)
    drawn = _pictures_of(changes)
    for one in changes:
        one.page = one.kind if one.kind in ControlChange.ISSUED else ""
        is_of_a_day = one.kind == ControlChange.Kind.NAV
        one.said_about = day_in_words(date.fromisoformat(one.about)) if is_of_a_day else one.about
        one.pictures = [
            (label, drawn.get(old), drawn.get(new))
            for name, old, new in one.steps
            if (label := _PICTURES.get(name))
        ]
        # The whole before its parts.
        told = sorted(
            (step for step in one.steps if step[0] not in _PICTURES),
            key=lambda step: isinstance(step[2], list | dict),
        )
        steps = {label: [old, new] for step in told for label, old, new in _parts(*step, names)}
        one.in_words = changes_in_words(steps, one.fund.currency).values()
    return changes


#: Pictures of a letterhead, by the field of a change that names their row.
_PICTURES = {"logo_id": "Logo", "signature_id": "Signature"}


def _pictures_of(changes: list[ControlChange]) -> dict[int, str]:
    """The pictures that the changes speak of, by their ids, as small addresses that hold them."""
    said = [one.was | one.becomes for one in changes] + [one.was for one in changes]
    ids = {fields[name] for fields in said for name in _PICTURES if fields.get(name)}
    rows = LetterImage.objects.filter(pk__in=ids).values_list("pk", "content") if ids else ()
    return {pk: small(bytes(content)) for pk, content in rows}


def _deals_of(changes: list[ControlChange]) -> dict[str, str]:
    """The names of the deals that the changes speak of, by their ids as text."""
    said = [one.was.get("deals", {}) | one.becomes.get("deals", {}) for one in changes]
    ids = {deal for deals in said for deal in deals}
    return (
        {str(pk): name for pk, name in Deal.objects.filter(pk__in=ids).values_list("pk", "name")}
        if ids
        else {}
    )


def _parts(name: str, old, new, deals: dict[str, str]) -> list[tuple[str, object, object]]:
    """A field as a person is told of it: one of many parts as those that change (what a deal is worth, a rate of a
    tier); none for what was not there and is not said, or for the day that a value is about."""
    if name == "as_of" or (old is None and new is False):
        return []
    if name == "deals":
        before, after = (
            {f"deal: {deals.get(pk, pk)}": worth for pk, worth in (one or {}).items()} for one in (old, new)
        )
    elif name == "tiers":
        before, after = (
            {
                f"tier {n}: {rate.replace('_', ' ')}": _percent(value)
                for n, tier in enumerate(one or [], 2)
                for rate, value in tier.items()
            }
            for one in (old, new)
        )
    elif name.endswith("_rate"):
        before, after = {name: _percent(old)}, {name: _percent(new)}
    else:
        before, after = {name: old}, {name: new}
    labels = [*after, *(label for label in before if label not in after)]
    pairs = [(label, before.get(label), after.get(label)) for label in labels]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _percent(rate) -> str | None:
    """A fraction as it was asked for, in percent without idle zeros."""
    return None if rate is None else f"{(Decimal(str(rate)) * 100).normalize():f} %"


def waiting_in_fund(fund: Fund, *kinds: str, subject_id: int | None = None) -> QuerySet[ControlChange]:
    """What waits in a fund, of these kinds or of all, with who asked; of one subject where it is named."""
    rows = (
        ControlChange.objects.pending().filter(fund=fund).select_related("fund", "recorded_by").order_by("pk")
    )
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return rows.filter(subject_id=subject_id) if subject_id else rows


def waiting_of(fund: Fund, *kinds: str, subject_id: int | None = None) -> list[ControlChange]:
    """The same in words."""
    return with_words(list(waiting_in_fund(fund, *kinds, subject_id=subject_id)))


def change_to_decline(user, change_id) -> ControlChange:
    """A change in words, which this person may turn down or take back; 404 where it is not to be seen."""
    rows = ControlChange.objects.filter(fund__in=Fund.objects.visible_to(user))
    change = found(rows.select_related("fund", "recorded_by"), pk=change_id)
    check_decline(role_in(user, change.fund_id), change.recorded_by_id, user)
    return with_words([change])[0]


def change_waiting(kind: str) -> Subquery:
    """What waits of a call or distribution, read with its row: one at most."""
    asked = {"was": F("was"), "becomes": F("becomes"), "by": F("recorded_by__full_name")}
    rows = ControlChange.objects.pending().filter(kind=kind, subject_id=OuterRef("pk"))
    return Subquery(rows.values(asked=JSONObject(**asked))[:1])


def changes_of_issued(issued) -> list[ControlChange]:
    """The same in words, of a row that has its fund and its `change_waiting`, with who asked for it."""
    if not issued.change_waiting:
        return []
    asked = issued.change_waiting
    by = get_user_model()(full_name=asked["by"])
    change = ControlChange(fund=issued.fund, was=asked["was"], becomes=asked["becomes"], recorded_by=by)
    return with_words([change])


def changes_of_investors(user, investor_ids: list[int]):
    """What waits of these investors in the funds that a person works for, oldest first."""
    kind = ControlChange.Kind
    kinds = (kind.CONTACT, kind.WITHHOLDING, kind.PARTNER, kind.PORTAL)
    rows = ControlChange.objects.pending().filter(kind__in=kinds, subject_id__in=investor_ids)
    return rows.filter(fund__in=Fund.objects.visible_to(user)).order_by("pk")
