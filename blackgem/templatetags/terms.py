"""Words that explain themselves where they stand: a button that opens what the glossary says, without any script."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from blackgem.glossary import meanings

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context: Context, word: str, shown: str = "") -> SafeString:
    """A word of the glossary, `shown` as the sentence has it. What it means stands once, in `explained_terms`."""
    key = f"term-{slugify(word)}"
    _used(context)[key] = (word, meanings()[word])
    return format_html(
        '<button type="button" class="term" popovertarget="{}">{}</button>', key, shown or word
    )


@register.inclusion_tag("components/terms.html", takes_context=True)
def explained_terms(context: Context) -> dict[str, Any]:
    """What every `term` that was drawn before means."""
    return {"terms": sorted(_used(context).items())}


def _used(context: Context) -> dict[str, tuple[str, str]]:
    return context.request.__dict__.setdefault("terms", {})
