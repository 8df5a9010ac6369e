"""A fund's letterhead and words: the version that stands, and how letters hold and print it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from blackgem.lib.money import format_money
from funds.calc.wording import PLACES, filled
from funds.models import ControlChange, Fund, LetterImage, LetterWording

#: The columns of a version, as a change of it is asked for.
WORDING = ("head_lines", "logo_id", "signature_id", "words")
#: What an investor's reader may read too.
_PRINTED = (
    *("fund_id", "version", "head_lines", "words"),
    *(f"{one}__{fact}" for one in ("logo", "signature") for fact in ("sha256", "width", "height")),
)
NOTHING = {"head_lines": "", "logo_id": None, "signature_id": None, "words": {}}


def wording_of(fund: Fund) -> LetterWording | None:
    """The version that stands, as letters need it, with its pictures but for their bytes; None where nothing was ever
    written."""
    rows = LetterWording.objects.filter(fund=fund).select_related("logo", "signature").only(*_PRINTED)
    return rows.order_by("-version").first()


def written_by(wording: LetterWording) -> LetterWording:
    """The same with who wrote it and when, and what its pictures are."""
    rows = LetterWording.objects.select_related("logo", "signature", "recorded_by")
    return rows.defer("logo__content", "signature__content").get(pk=wording.pk)


def waiting_for(fund: Fund) -> ControlChange | None:
    """A version that waits for another person."""
    rows = ControlChange.objects.pending().filter(fund=fund, kind=ControlChange.Kind.WORDING)
    return rows.select_related("recorded_by").first()


def as_fields(wording: LetterWording | None) -> dict:
    return {name: getattr(wording, name) for name in WORDING} if wording else dict(NOTHING)


def facts_of(wording: LetterWording | None) -> dict | None:
    """What a letter freezes of it. Pictures by their hash: their bytes never change."""
    if wording is None:
        return None
    return {
        "version": wording.version,
        "head_lines": wording.head_lines,
        "logo": _picture_facts(wording.logo),
        "signature": _picture_facts(wording.signature),
        "words": wording.words,
    }


def _picture_facts(image) -> dict | None:
    return {"sha256": image.sha256, "width": image.width, "height": image.height} if image else None


def pictures_in(fund_id: int, facts: Mapping) -> dict[str, bytes]:
    """The bytes of the pictures that the facts of a fund, frozen in a letter, name, by hash."""
    wording = facts.get("wording") or {}
    named = [one["sha256"] for name in ("logo", "signature") if (one := wording.get(name))]
    if not named:
        return {}
    rows = LetterImage.objects.filter(fund=fund_id, sha256__in=named).only("sha256", "content")
    return {row.sha256: bytes(row.content) for row in rows}


# ---------------------------------------------------------------- the words of one letter


def letter_of(kind: str, facts: Mapping) -> str:
    """Which of the letters that have words of their own this is."""
    if "sample" in facts:
        return facts["sample"]["letter"]
    if "cancelled" in facts:
        return "cancellation"
    if kind == "capital_call" and (facts.get("default") or facts.get("withdrawn")):
        return "default"
    return "reminder" if kind == "capital_call" and facts.get("reminder") else kind


def words_of(kind: str, facts: Mapping, number: str) -> dict[str, str]:
    """The opening and the closing of a letter, out of its frozen facts alone."""
    return own_words(letter_of(kind, facts), facts["fund"], _told(facts, number))


def own_words(letter: str, fund: Mapping, told: Mapping[str, str]) -> dict[str, str]:
    """The paragraphs of a letter of this fund (as its facts say), with what stands for the names in braces."""
    words = (fund.get("wording") or {}).get("words") or {}
    return {f"own_{place}": filled(words.get(f"{letter}_{place}", ""), told) for place in PLACES}


def _told(facts: Mapping, number: str) -> dict[str, str]:
    """What stands for the names in braces."""
    unpaid = (facts.get("default") or {}).get("unpaid")
    amount = facts.get("ask") or unpaid or facts.get("due") or facts.get("payable") or facts.get("amount")
    return {
        "partner": facts["partner"]["name"],
        "fund": facts["fund"]["legal_name"],
        "number": number,
        "amount": format_money(Decimal(amount), facts["currency"]) if amount else "",
        "due_date": _day(_due(facts)),
    }


def _due(facts: Mapping) -> str | None:
    """The day by which a letter wants money to move."""
    if facts.get("default"):
        return facts["default"]["cure_by"]
    places = (("sample", "due_on"), ("call", "due_on"), ("distribution", "paid_on"), ("closing", "pay_on"))
    return next((facts[about][day] for about, day in places if about in facts), None)


def _day(value: str | None) -> str:
    if not value:
        return ""
    day = date.fromisoformat(value)
    return f"{day:%B} {day.day}, {day.year}"
