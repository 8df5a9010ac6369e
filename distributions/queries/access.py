"""What a person may do with a distribution: the buttons ask here, the services check for themselves."""

from dataclasses import dataclass

from distributions.models import Distribution
from distributions.states import (
    DISTRIBUTION_CANCELLABLE,
    DISTRIBUTION_ISSUED,
    DistributionStatus,
)
from funds.access import DRAFT, MANAGE, ROLES


@dataclass(frozen=True, slots=True)
class DistributionVerbs:
    """Which verbs a page of a distribution offers."""

    edit: bool
    submit: bool
    issue: bool
    approve: bool
    send_back: bool
    waits_for_another: bool
    return_to_draft: bool
    send: bool
    cancel: bool
    send_notices: bool
    pay_out: bool
    reverse: bool

    @property
    def any_on_top(self) -> bool:
        """Whether there is any button beside those of single investors."""
        return any(
            getattr(self, name)
            for name in (
                "edit",
                "submit",
                "issue",
                "approve",
                "send_back",
                "return_to_draft",
                "send",
                "cancel",
                "send_notices",
                "pay_out",
            )
        )


def distribution_verbs(user, one: Distribution, *, role: str, paid: bool) -> DistributionVerbs:
    """What this person may do now. `one.fund` is fetched; `paid` is whether anything of it stands paid out."""
    drafts, manages = role in ROLES[DRAFT], role in ROLES[MANAGE]
    is_draft, issued = one.status == DistributionStatus.DRAFT, one.status in DISTRIBUTION_ISSUED
    waits = one.status == DistributionStatus.PENDING_APPROVAL
    own_request = one.four_eyes and one.submitted_by_id == user.pk
    return DistributionVerbs(
        edit=drafts and is_draft,
        submit=drafts and is_draft and (one.fund.four_eyes or not manages),
        issue=manages and is_draft and not one.fund.four_eyes,
        approve=manages and waits and not own_request,
        send_back=manages and waits,
        waits_for_another=waits and (own_request or not manages),
        return_to_draft=manages and one.status == DistributionStatus.APPROVED,
        send=manages and one.status == DistributionStatus.APPROVED,
        cancel=manages and one.status in DISTRIBUTION_CANCELLABLE and not is_draft and not paid,
        send_notices=manages and issued,
        pay_out=manages and one.status == DistributionStatus.ISSUED,
        reverse=manages and issued,
    )
