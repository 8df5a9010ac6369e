"""Advisers that investors asked for, and what became of each."""

from datetime import datetime

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from funds.models import Adviser, Commitment, Fund, Invitation, PortalGrant


def with_states(advisers: QuerySet[Adviser], at: datetime) -> QuerySet[Adviser]:
    """Each with its `state`: asked, declined, withdrawn, invited, accepted, agreed (let in, without an invitation that
    is open), or ended, where the fund let it in and ended that since."""
    sees = PortalGrant.objects.filter(contact=OuterRef("contact"), commitment=OuterRef("commitment"))
    invited = Invitation.objects.open(at=at).filter(contact=OuterRef("contact"))
    state = Case(
        When(withdrawn_at__isnull=False, then=Value("withdrawn")),
        When(change__rejected_at__isnull=False, then=Value("declined")),
        When(change__approved_at__isnull=True, then=Value("asked")),
        When(~Exists(sees), then=Value("ended")),
        When(contact__user__isnull=False, then=Value("accepted")),
        When(Exists(invited), then=Value("invited")),
        default=Value("agreed"),
        output_field=CharField(),
    )
    related = advisers.select_related(
        "commitment__fund", "commitment__investor", "contact", "asked_by", "change"
    )
    return related.annotate(state=state).order_by("-pk")


def advisers_of_commitments(commitments, *, at: datetime) -> list[Adviser]:
    """Of these commitments, newest first."""
    return list(with_states(Adviser.objects.filter(commitment__in=commitments), at))


def advisers_of_investor(investor, user, *, at: datetime) -> QuerySet[Adviser]:
    """Of an investor, in the funds that this person sees; those that wait, or have access."""
    seen = Commitment.objects.filter(investor=investor, fund__in=Fund.objects.visible_to(user))
    shown = with_states(Adviser.objects.filter(commitment__in=seen), at)
    return shown.filter(~Q(state__in=("declined", "withdrawn", "ended")))
