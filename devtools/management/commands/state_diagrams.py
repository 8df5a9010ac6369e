"""Draws the state machines as they are in the code."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django_fsm import GET_STATE, FSMFieldMixin

from capital.calc.states import allocation_state, issued_call_status
from distributions.calc.states import issued_distribution_status

PAGE = Path(settings.BASE_DIR) / "docs" / "states.md"
HEAD = """# States

Drawn from the code by `manage.py state_diagrams`; a test holds this page to it. Amounts decide: a stored state and what
the amounts say are compared by the database at every commit ([rails](rails.md)).
"""


class Command(BaseCommand):
    help = "Writes docs/states.md: a diagram of every state machine, from the code."
    requires_system_checks = []

    def handle(self, **options):
        PAGE.write_text(page())
        self.stdout.write(f"Wrote {PAGE.relative_to(settings.BASE_DIR)}.")


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *(section(model, field) for model, field in machines())])


def machines():
    """Every model with a state field, in the order of their names."""
    models = sorted(apps.get_models(), key=lambda model: model._meta.label)
    return [
        (model, field) for model in models for field in model._meta.fields if isinstance(field, FSMFieldMixin)
    ]


def section(model, field) -> str:
    """One diagram. A state that no transition leaves is final."""
    words = dict(field.flatchoices)
    lines = [f"    {state} : {word}" for state, word in words.items()]
    lines += [f"    [*] --> {field.get_default()}"]
    moves = arrows(model, field)
    lines += [f"    {source} --> {target} : {verb}" for source, target, verb in moves]
    leaving = {source for source, target, _ in moves if source != target}
    lines += [f"    {state} --> [*]" for state in words if state not in leaving]
    title = model._meta.verbose_name.capitalize()
    return f"## {title}\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def _allocation_moves():
    """What each verb can do to the amounts of an allocation of 3: (verb, state before, state after)."""
    pairs = [(called, funded) for called in range(4) for funded in range(called + 1)]
    for called, funded in pairs:
        for then_called, then_funded in pairs:
            more_called, more_funded = then_called - called, then_funded - funded
            verb = {
                (1, 0): "create_call",
                (0, 1): "receive_payment",
                (-1, 0): "cancel_call",
                (0, -1): "reverse_payment",
            }.get((_sign(more_called), _sign(more_funded)))
            if verb:
                yield verb, allocation_state(3, called, funded), allocation_state(3, then_called, then_funded)


def _paid_moves(status, more, less):
    """The same where only what was paid, of 3, goes up and down."""
    for paid in range(4):
        for then in range(4):
            if then != paid:
                yield more if then > paid else less, status(3, paid), status(3, then)


def _sign(number):
    return (number > 0) - (number < 0)


#: Where amounts decide the target, what they can decide: (verb, state before, state after).
REACHABLE = {
    "capital.FundAllocation": set(_allocation_moves()),
    "capital.CapitalCall": set(_paid_moves(issued_call_status, "receive_payment", "reverse_payment")),
    "distributions.Distribution": set(_paid_moves(issued_distribution_status, "pay_out", "reverse_payout")),
    "closings.Closing": set(),
}


def arrows(model, field) -> list[tuple[str, str, str]]:
    """(source, target, verb) of every transition, in the order of the choices."""
    order = [value for value, _ in field.flatchoices]
    found = {
        (str(one.source), str(target), one.name)
        for one in field.get_all_transitions(model)
        for target in targets(model, one)
    }
    return sorted(found, key=lambda move: (order.index(move[0]), order.index(move[1]), move[2]))


def targets(model, transition) -> list[str]:
    """Where a transition leads from its source."""
    if not isinstance(transition.target, GET_STATE):
        return [transition.target]
    reachable = REACHABLE[model._meta.label]
    return [
        target
        for target in transition.target.allowed_states
        if (transition.name, str(transition.source), str(target)) in reachable
    ]
