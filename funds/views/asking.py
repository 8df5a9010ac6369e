"""What several views ask for."""

from django.contrib import messages

from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.pages import found
from funds.access import Role
from funds.models import ControlChange, Fund
from funds.queries.partners import look_alike_domains, namesakes


def fund_to_go_on_with(request) -> Fund | None:
    """The fund of ?fund=, for which the person is entering something; 404 where it does not manage it."""
    wanted = request.GET.get("fund", "")
    return found(Fund.objects.run_by(request.user, Role.MANAGER), pk=wanted) if wanted else None


def say_it_waits(request, changes: list[ControlChange]) -> None:
    """Whoever asks for what weakens a control shows its second factor, and is told that another person decides it. Call
    it in the transaction of the request: one that was asked for without a fresh factor is taken back."""
    if changes:
        demand_fresh_factor(request)
        what = ", ".join(change.get_kind_display() for change in changes)
        messages.warning(request, f"{what}: this waits for another person, who finds it under Approvals.")


def warn_of_namesakes(request, row) -> None:
    """A message when there is another investor or deal that a reader may take for this one."""
    others = namesakes(request.user, type(row), row.name, but=row.pk)
    if others:
        kind = row._meta.verbose_name
        names = ", ".join(f"{other.name} (no. {other.pk})" for other in others[:3])
        messages.warning(
            request,
            f"There is already {'an' if kind == 'investor' else 'a'} {kind} of nearly the same name: "
            f"{names}. Make sure that they are two.",
        )


def warn_of_look_alike(request, contact) -> None:
    """A message when a contact's mailbox is at a domain that may be taken for one the investor is known by."""
    if known := look_alike_domains(contact):
        messages.warning(
            request,
            f"The address {contact.email} looks like {', '.join(known)}, from where this investor is known, and is "
            "not. Call somebody there, on a number you already hold, before anything is sent to it.",
        )
