"""How pages write what belongs to funds."""

from django import template

from blackgem.lib.text import masked
from funds.methods import method_word
from funds.queries.ledger import PURPOSES
from funds.queries.set_up import SETUP, next_step, steps_of

register = template.Library()

register.filter("masked", masked)
register.filter("payment_method", method_word)


@register.filter
def purpose(line_kind: str) -> str:
    """What a contribution was for, in words; nothing for a row that has no such kind."""
    return PURPOSES.get(line_kind, line_kind)


@register.inclusion_tag("funds/set_up.html", takes_context=True)
def set_up(context, fund, here: str) -> dict:
    """How far the fund is set up, where the address says that it is; `here` is the step of this page. Without a fund
    its first step."""
    request = context["request"]
    if fund and SETUP not in request.GET:
        return {}
    steps = steps_of(fund and fund.pk, request.user)
    keys = [step.key for step in steps]
    later = next_step(steps, here)
    return {
        "fund": fund,
        "steps": steps,
        "here": here,
        "place": keys.index(here) + 1,
        "later": later.href if later else "",
    }
