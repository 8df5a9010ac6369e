"""Who may do what with a distribution and its payouts: services run these checks first, buttons ask them for what they
offer.

Each row has its `role`: that of the person who asks, in the row's fund; a distribution has its place in the order of
approvals too (`with_turns`). What else a page has read already it gives; the rest is read here. Whether the facts
behind a distribution have moved is worked out by the service alone: it takes a while. `revision` is that of the draft
which the person saw: Conflict("stale_version") where it is not the newest.
"""

from collections.abc import Sequence

from django.db.models import Sum

from blackgem.lib.checks import Offer, check_transition, offer, out_of_state
from blackgem.lib.errors import Conflict, InvalidInput, Problem
from blackgem.lib.problems import raise_if
from distributions.models import Distribution, DistributionItem, Payout, TakenShare
from distributions.queries.called_again import HELD_FOR_IT
from distributions.queries.checks import blocking_checks
from distributions.queries.holds import WORDS, read_hold
from distributions.states import DISTRIBUTION_FROZEN, DISTRIBUTION_ISSUED, DistributionStatus
from funds.access import (
    DRAFT,
    MANAGE,
    check_decline,
    check_no_change_waits,
    check_role,
    check_second_person,
    check_sender,
)
from funds.models import ControlChange
from funds.queries.controls import request_needs_another
from funds.queries.reversals import BY_CLOSING, check_nothing_moved

# ---------------------------------------------------------------- a distribution


def check_change_draft(one: Distribution, by, *, revision: int | None = None) -> None:
    """Whether a draft may be worked out anew or deleted."""
    check_role(one.role, DRAFT)
    one.check_seen(revision)
    if one.status != DistributionStatus.DRAFT:
        raise out_of_state("distribution.not_a_draft", "Only a draft can be changed or deleted.")


def check_submit(
    one: Distribution, by, blocking: Sequence[Problem] | None = None, *, revision: int | None = None
) -> None:
    """Whether approval of a draft may be asked for; `blocking` are the checks that have to be mended before."""
    check_role(one.role, DRAFT)
    one.check_seen(revision)
    check_transition(one.submit)
    raise_if(blocking_checks(one) if blocking is None else blocking)


def check_issue(
    one: Distribution, by, blocking: Sequence[Problem] | None = None, *, revision: int | None = None
) -> None:
    """Whether a draft may be submitted, approved and issued at once; where the fund demands a second person, only
    submitted."""
    check_role(one.role, MANAGE)
    check_submit(one, by, blocking, revision=revision)
    if not one.fund.four_eyes:
        check_turn(one)


def check_approve(
    one: Distribution, by, blocking: Sequence[Problem] | None = None, *, revision: int | None = None
) -> None:
    """Whether this person may freeze it: Forbidden where a second person has to."""
    check_role(one.role, MANAGE)
    one.check_seen(revision)
    check_transition(one.approve)
    check_second_person(needed=one.four_eyes, first=one.submitted_by_id, second=by.pk)
    raise_if(blocking_checks(one) if blocking is None else blocking)


def check_return_to_draft(one: Distribution, by, *, revision: int | None = None) -> None:
    """Whether what is not issued may be computed anew."""
    check_role(one.role, MANAGE)
    one.check_seen(revision)
    check_transition(one.return_to_draft)
    check_nothing_rests_on(one)


def check_issue_approved(
    one: Distribution, by, blocking: Sequence[Problem] | None = None, *, revision: int | None = None
) -> None:
    """Whether what is approved may be issued: those that were approved before it go first."""
    check_role(one.role, MANAGE)
    one.check_seen(revision)
    check_transition(one.issue)
    check_turn(one)
    raise_if(blocking_checks(one) if blocking is None else blocking)


def check_send_back(one: Distribution, by, *, revision: int | None = None) -> None:
    """Whether approval may be refused for now, or the submission taken back by who made it."""
    check_decline(one.role, one.submitted_by_id, by)
    one.check_seen(revision)
    check_transition(one.send_back)


def check_cancel(one: Distribution, by, waits: bool | None = None) -> None:
    """Whether it may be withdrawn: nothing of it is paid out, nothing was issued on top of it, and its cancellation
    does not wait (`waits`) already."""
    check_role(one.role, MANAGE)
    if one.status in DISTRIBUTION_ISSUED and one.capital.paid_out:
        raise Conflict("distribution.has_payouts", "Some of it was paid out; reverse the payouts first.")
    check_transition(one.cancel)
    check_nothing_rests_on(one)
    check_nothing_of_it_moved(one)
    check_no_change_waits(one, ControlChange.Kind.DISTRIBUTION, waits)


def check_turn(one: Distribution) -> None:
    """Whether none that was approved before it waits for its issue: it counts among the inputs of this one."""
    if one.waits_for:
        raise Conflict(
            "distribution.not_its_turn",
            f"Distribution #{one.waits_for} was approved before it and counts among its inputs: issue or cancel that "
            "one first.",
        )


def check_nothing_rests_on(one: Distribution) -> None:
    """Whether none was issued that counted it."""
    if one.status in DISTRIBUTION_FROZEN and one.counted_by:
        raise Conflict(
            "distribution.later_issued",
            f"Distribution #{one.counted_by} was issued on top of it: cancel that one first.",
        )


def check_nothing_of_it_moved(one: Distribution) -> None:
    """Whether nobody holds a part of what it declared to another: that is paid out again, whatever came back."""
    moved = TakenShare.objects.filter(distribution=one.pk).order_by().values("commitment")
    if one.status in DISTRIBUTION_ISSUED and moved.annotate(net=Sum("gross_amount")).exclude(net=0).exists():
        raise Conflict(
            "distribution.moved",
            "Interests were transferred since it was paid out, with what it declared: it is paid out again.",
        )


def check_send_notices(one: Distribution, by, blocking: Sequence[Problem] | None = None) -> None:
    """Whether the notices may go out: of what is issued, or may be issued with them by one person."""
    check_role(one.role, MANAGE)
    check_sender(one.fund)
    if one.status == DistributionStatus.DRAFT and not one.fund.four_eyes:
        check_issue(one, by, blocking)
    elif one.status == DistributionStatus.APPROVED:
        check_issue_approved(one, by, blocking)
    else:
        if one.status not in DISTRIBUTION_ISSUED:
            raise out_of_state(
                "distribution.not_approved", "Notices are sent once the distribution is approved."
            )


def check_resend_notice(one: Distribution, by) -> None:
    """Whether one investor's newest notice may go out again: also the one that says that it is cancelled."""
    check_role(one.role, MANAGE)
    check_sender(one.fund)
    if one.status not in (*DISTRIBUTION_ISSUED, DistributionStatus.CANCELLED):
        raise out_of_state("distribution.not_approved", "Notices are sent once the distribution is approved.")


def check_pay_out(one: Distribution, by) -> None:
    """Whether some of it may be paid out."""
    check_role(one.role, MANAGE)
    check_is_payable(one)
    if one.status == DistributionStatus.PAID:
        raise out_of_state("payout.paid_already", "This was paid out already.")


def check_is_payable(one: Distribution) -> None:
    if one.status not in DISTRIBUTION_ISSUED:
        raise out_of_state("distribution.not_payable", "Only an issued distribution can be paid out.")


#: What a page of a distribution offers, by the verb of its address.
DISTRIBUTION_CHECKS = {
    "edit": check_change_draft,
    "submit": check_submit,
    "issue": check_issue,
    "approve": check_approve,
    "send_back": check_send_back,
    "return_to_draft": check_return_to_draft,
    "send": check_issue_approved,
    "cancel": check_cancel,
    "send_notices": check_send_notices,
    "pay_out": check_pay_out,
}
#: Those that ask what keeps a draft from being issued.
_ISSUING = ("submit", "issue", "approve", "send", "send_notices")


def distribution_offers(
    one: Distribution, by, blocking: Sequence[Problem] | None = None, *, waits: bool | None = None
) -> dict[str, Offer]:
    """What this person may do with the distribution now; `one.fund` and `one.capital` are fetched."""
    read = dict.fromkeys(_ISSUING, blocking) | {"cancel": waits}
    return {
        name: offer(check, one, by, *([read[name]] if name in read else []))
        for name, check in DISTRIBUTION_CHECKS.items()
    }


# ---------------------------------------------------------------- an item and its payouts


def check_pay_item_out(item: DistributionItem, by) -> None:
    """Whether the item may be paid out: something of it is due."""
    check_role(item.role, MANAGE)
    check_is_payable(item.distribution)
    if item.capital.paid_out >= item.gross_amount:
        raise Conflict("payout.paid_already", "This was paid out already.")
    hold = read_hold(item, by)
    if hold:
        raise Conflict("payout.held", f"{WORDS[hold]} A second person releases the payout, or it waits.")


def check_release_payout(item: DistributionItem, by, *, entered_by: int | None) -> None:
    """Whether a held payout may be let go; `entered_by` is who entered the newest account of its partner."""
    check_role(item.role, MANAGE)
    if not read_hold(item):
        raise out_of_state("payout.not_held", "This payout is not held.")
    check_second_person(
        needed=request_needs_another(item.fund_id, "payee_details"), first=entered_by, second=by.pk
    )


def check_request_payout_reversal(
    payout: Payout, by, *, is_asked: bool | None = None, is_moved: bool | None = None
) -> None:
    """Whether the payout may be taken back: `is_asked` is whether somebody asked for that and was not turned down,
    `is_moved` whether another partner holds a part of it since a later closing. That one does since a transfer stands
    in the way of nothing: the bank returned it."""
    check_role(payout.role, MANAGE)
    if payout.reverses_id:
        raise InvalidInput(
            "reversal.of_reversal", "A reversal cannot itself be reversed; pay the item out again."
        )
    if payout.setoff_part_id and payout.set_off == payout.amount:
        raise out_of_state(
            "payout.set_off",
            "This was set off against a call: take the set-off back, both sides at once.",
        )
    if payout.setoff_part_id:
        raise Conflict(
            "payout.set_off",
            "Some of this was set off against a call: take the set-off back, both sides at once. Where the wire of the"
            f" rest came back the set-off stands. {HELD_FOR_IT}",
        )
    if is_asked is None:
        is_asked = payout.reversal_requests.filter(rejected_at__isnull=True).exists()
    if is_asked:
        raise Conflict("reversal.exists", "A reversal of this payout was already asked for.")
    check_nothing_moved(
        payout,
        "payout_id",
        is_moved,
        otherwise=f"Where its wire came back it stands. {HELD_FOR_IT}",
        **BY_CLOSING,
    )
