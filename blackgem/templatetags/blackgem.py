"""How figures, dates and states are written on a page: one spelling for all of them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, FileInput, RadioSelect
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from blackgem.lib.checks import Offer
from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.days import day_in_words
from blackgem.lib.money import NO_BREAK_SPACE, format_money, format_rate, plain_amount
from blackgem.shapes import SHAPES, status_of

register = template.Library()

NOTHING = "–"


# ---------------------------------------------------------------- money, shares, dates


@register.filter
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency, negative in parentheses; its title is the code. None is a dash."""
    if amount is None:
        return NOTHING
    whole, point, rest = format_money(amount, currency).partition(".")
    decimals = rest.rstrip(")")
    cents = f'<span class="cents">.{decimals}</span>{rest[len(decimals) :]}' if point else ""
    negative = " money-negative" if amount < 0 else ""
    # Safe by its parts: digits, and a key of CURRENCIES. format_html is dear in a long table.
    return SafeString(f'<span class="money{negative}" title="{currency}">{whole}{cents}</span>')


@register.filter
def money_text(amount: Decimal | None, currency: str) -> str:
    """The same without markup, for labels and attributes."""
    return NOTHING if amount is None else format_money(amount, currency)


@register.filter
def currency_prefix(currency: str) -> str:
    """What stands before an amount in this currency: "$", or the code with a space."""
    known = CURRENCIES[currency]
    return known.symbol or f"{known.code}{NO_BREAK_SPACE}"


@register.filter
def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return CURRENCIES[currency].exponent


@register.filter
def plain(amount: Decimal | None, currency: str) -> str:
    """An amount as a form takes it back: digits, the currency's decimals, no grouping. None is empty."""
    return "" if amount is None else plain_amount(amount, currency)


@register.filter
def share_of(part: Decimal, whole: Decimal) -> Decimal:
    """part ÷ whole as a fraction; nothing of nothing is nothing."""
    return part / whole if whole else Decimal(0)


@register.filter
def percent(rate: Decimal | None, places: int = 0) -> str:
    """A fraction as percent (0.75 → 75%), half up; short of whole never reads 100%, nor something 0%."""
    if rate is None:
        return NOTHING
    exact = Decimal(rate) * 100
    step = Decimal(1).scaleb(-places)
    shown = exact.quantize(step, rounding=ROUND_HALF_UP)
    if shown == 100 and exact < 100:
        shown = exact.quantize(step, rounding=ROUND_DOWN)
    if shown == 0 and exact > 0:
        return f"<{step}%"
    return f"{shown}%"


@register.filter
def rate(value: Decimal | None) -> str:
    """A rate with as many decimals as it has, at least none: 0.08 → 8%, 0.0825 → 8.25%. None is a dash."""
    return NOTHING if value is None else format_rate(value)


@register.filter
def multiple(value: Decimal | None) -> str:
    """A multiple of what was paid in, to the hundredth, half up: 1.342857 → 1.34×. None is a dash."""
    if value is None:
        return NOTHING
    return f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}×"


@register.filter
def day(value: date | None) -> SafeString | str:
    """A date: Feb 15, 2026. A moment has no day before somebody says whose: see `day_of`."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        raise TypeError("A moment is shown by `day_of`, or by `moment`.")
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value.isoformat(), day_text(value))


@register.filter
def day_of(value: datetime | None, fund) -> SafeString | str:
    """The day of a fund on which a moment falls."""
    return day(value and fund.day_of(value))


@register.simple_tag
def today(fund=None) -> str:
    """The day on which a page is shown: that of its fund, or of UTC where it is about several."""
    now = timezone.now()
    return day_text(fund.day_of(now) if fund else timezone.localdate(now))


@register.filter
def days(values: Iterable[date]) -> SafeString:
    """Today in more than one time zone: Feb 15, 2026 / Feb 16, 2026."""
    return format_html_join(" / ", "{}", ((day(one),) for one in values))


@register.filter
def days_text(values: Iterable[date]) -> str:
    """The same without markup."""
    return " / ".join(day_text(one) for one in values)


@register.filter
def day_text(value: date | None) -> str:
    """A date without markup: Feb 15, 2026."""
    return NOTHING if value is None else day_in_words(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A point in time, to the minute, with its zone: Feb 15, 2026, 14:05 UTC."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    text = f"{day_text(local.date())}, {local:%H:%M} {local.tzname()}"
    return format_html('<time datetime="{}" class="nowrap">{}</time>', local.isoformat(), text)


# ---------------------------------------------------------------- shapes and states


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the drawings of `blackgem.shapes`; decoration, hidden from screen readers."""
    return SHAPES[name]


@register.simple_tag
def status(kind: str, value: str, large: bool = False) -> SafeString:
    """A status as a word and a shape. `kind` is one that an app registered (`blackgem.shapes.STATUSES`)."""
    word, tone, shape = status_of(kind, value)
    size = " status-large" if large else ""
    return format_html('<span class="status status-{}{}">{}{}</span>', tone, size, SHAPES[shape], word)


@register.filter
def status_word(value: str, kind: str) -> str:
    """Only the word of a status."""
    return status_of(kind, value).word


# ---------------------------------------------------------------- bars


def bar_width(part: Decimal, whole: Decimal) -> str:
    """The part as an SVG width, between 0% and 100%."""
    bounded = min(max(share_of(part, whole), Decimal(0)), Decimal(1))
    return f"{bounded * 100:.2f}%"


@register.simple_tag
def progress_bar(part: Decimal, whole: Decimal, label: str = "", large: bool = False) -> SafeString:
    """A bar of part in whole: with a label an image of that name, without one decoration beside figures."""
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="bar{}" {}><rect class="track" width="100%"/><rect class="fill{}" width="{}"/></svg>',
        " bar-large" if large else "",
        role,
        " fill-good" if whole and part >= whole else "",
        bar_width(part, whole),
    )


# ---------------------------------------------------------------- forms


def _kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, FileInput):
        return "file"
    return "choices" if isinstance(widget, RadioSelect) or widget.use_fieldset else "line"


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    span: int = 6,
    prefix: str = "",
    suffix: str = "",
    hint: str = "",
    optional: str = "optional",
) -> dict[str, Any]:
    """A form field whole: label, control, hint, errors. `span` is its width in sixths of the form.

    A field that need not be filled says so with the word `optional`; empty leaves the word out.
    """
    return {
        "field": bound,
        "kind": _kind_of(bound),
        "span": span,
        "prefix": prefix,
        "suffix": suffix,
        "hint": hint or bound.help_text,
        "understood": _understood(bound),
        "optional": "" if bound.field.required else optional,
    }


def _understood(bound: BoundField) -> str:
    """What a number was read as, where it was typed otherwise and stands on the page again."""
    if not bound.form.is_bound or not hasattr(bound.field, "understood"):
        return ""
    read = getattr(bound.form, "cleaned_data", {}).get(bound.name)
    shown = bound.field.understood(read) if isinstance(read, Decimal) and not bound.errors else ""
    return "" if bound.data in (shown, bound.field.prepare_value(read)) else shown


@register.inclusion_tag("components/error_summary.html")
def error_summary(forms: BaseForm | list[BaseForm]) -> dict[str, Any]:
    """Every error of a form, or of several, in one list at the top, each linked to its field."""
    several = forms if isinstance(forms, list) else [forms]
    return {"errors": [error for form in several for error in _errors_of(form)]}


def _errors_of(form: BaseForm) -> Iterable[dict[str, str]]:
    for message in form.non_field_errors():
        yield {"message": message}
    for bound in form:
        for message in bound.errors:
            yield {"message": message, "label": bound.label, "target": bound.id_for_label or bound.auto_id}


# ---------------------------------------------------------------- lists


@register.inclusion_tag("components/verb.html", takes_context=True)
def verb(
    context: Context,
    offer: Offer,
    word: str,
    *,
    link: str = "",
    post: str = "",
    dialog: bool = False,
    tone: str = "",
    small: bool = False,
    subject: str = "",
    says: str = "",
    back: str = "",
    revision: int | str = "",
    sign: str = "",
    form_id: str = "",
) -> dict[str, Any]:
    """A button for what is offered, or a disabled one that says why it is not; nothing where there is none to show.

    It leads to `link` (in a `dialog`), or posts to `post`, from which the answer goes `back`, with the `revision` that
    the page shows. `subject` is what it is done to, where several stand on one page, and `says` what it is called
    before that; `sign` is an icon before the word. `form_id` is the id of its form, for fields outside of it.
    """
    label = f"{says or word} {subject}" if subject else ""
    classes = ["button", *(["button-small"] if small else []), *([f"button-{tone}"] if tone else [])]
    return {
        "csrf_token": context.get("csrf_token"),
        "offer": offer,
        "word": word,
        "link": link,
        "post": post,
        "dialog": dialog,
        "classes": " ".join(classes),
        "label": label,
        "back": back,
        "revision": revision,
        "sign": sign,
        "form_id": form_id,
        "why": f"why-{slugify(label or word)}",
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, numeric: bool = False) -> dict[str, Any]:
    """A column head that sorts. Reads `sort` of the context (`date`, `-date`); its link keeps the filter."""
    current = context.get("sort") or ""
    active = current.lstrip("-") == key
    descending = active and current.startswith("-")
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = key if not active or descending else f"-{key}"
    return {
        "label": label,
        "numeric": numeric,
        "direction": ("descending" if descending else "ascending") if active else "",
        "shape": ("chevron-down" if descending else "chevron-up") if active else "chevrons",
        "url": f"?{query.urlencode()}",
    }


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page, noun: str, plural: str = "") -> dict[str, Any]:
    """How many rows there are and the way to the others: “Showing 1–50 of 312 capital calls”."""
    count = page.paginator.count
    return {
        "request": context["request"],
        "page": page,
        "count": count,
        "noun": noun if count == 1 else plural or f"{noun}s",
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "ellipsis": page.paginator.ELLIPSIS,
    }
