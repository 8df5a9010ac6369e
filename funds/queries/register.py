"""The register as pages show it: a commitment's events, and those that wait for a second person."""

from decimal import Decimal

from blackgem.lib.approvals import Verb
from funds.models import CommitmentEvent
from funds.queries.approvals import register_queue

ZERO = Decimal(0)


def events_of(commitment) -> list[CommitmentEvent]:
    """Its events, the newest day first, each with what is `committed` and `released` from that day on (None where it
    does not count)."""
    committed = released = ZERO
    events = list(
        commitment.events.select_related("recorded_by", "approved_by").order_by("effective_on", "pk")
    )
    for event in events:
        event.committed = event.released = None
        if event.approved_at:
            committed += event.amount if event.changes_commitment else ZERO
            released -= ZERO if event.changes_commitment else event.amount
            event.committed, event.released = committed, released
    return events[::-1]


register_queue(
    CommitmentEvent.objects.pending,
    asked_by="recorded_by",
    subject=lambda event: f"the change of the commitment of {event.commitment.investor.name}",
    shown=lambda rows: rows.select_related(
        "fund", "commitment__investor", "commitment__amounts"
    ).with_revision(),
    key="commitment_events",
    place=36,
    noun="change of a commitment to decide",
    plural="changes of commitments to decide",
    title="Changes of commitments",
    headings=("Investor", "From", "What", "Change", "Reason"),
    numeric=("Change",),
    template="funds/approvals_commitment_events.html",
    approve=Verb("funds:commitment_event_approve", "Approve", "Approve", "primary"),
    reject=Verb("funds:commitment_event_reject", "Turn down", "Turn down"),
)
