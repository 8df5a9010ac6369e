"""What a person may do with a call: the buttons ask here, the services check for themselves."""

from dataclasses import dataclass

from capital.models import CapitalCall
from capital.states import CALL_CANCELLABLE, CALL_ISSUED, CALL_OPEN, CallStatus
from funds.access import DRAFT, MANAGE, ROLES


@dataclass(frozen=True, slots=True)
class CallVerbs:
    """Which verbs a page of a call offers. `paid` is whether anything stands paid on it."""

    edit: bool
    delete: bool
    submit: bool
    issue: bool
    approve: bool
    send_back: bool
    waits_for_another: bool
    cancel: bool
    reword: bool
    send: bool
    pay: bool

    @property
    def any_but_pay(self) -> bool:
        """Whether there is any button beside the payments' own."""
        return any(
            (
                self.edit,
                self.submit,
                self.issue,
                self.approve,
                self.send_back,
                self.cancel,
                self.reword,
                self.send,
            )
        )


def call_verbs(user, call: CapitalCall, *, role: str, paid: bool) -> CallVerbs:
    """What this person may do now. `call.fund` is fetched; a draft is issued by one person only without four eyes."""
    drafts, manages = role in ROLES[DRAFT], role in ROLES[MANAGE]
    is_draft, issued = call.status == CallStatus.DRAFT, call.status in CALL_ISSUED
    waits = call.status == CallStatus.PENDING_APPROVAL
    own_request = call.four_eyes and call.submitted_by_id == user.pk
    return CallVerbs(
        edit=drafts and is_draft,
        delete=drafts and is_draft,
        submit=drafts and is_draft and (call.fund.four_eyes or not manages),
        issue=manages and is_draft and not call.fund.four_eyes,
        approve=manages and waits and not own_request,
        send_back=manages and waits,
        waits_for_another=waits and (own_request or not manages),
        cancel=manages and call.status in CALL_CANCELLABLE and not is_draft and not paid,
        reword=manages and issued,
        send=manages and issued,
        pay=manages and call.status in CALL_OPEN,
    )
