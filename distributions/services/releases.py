"""Held payouts, let go by a second person."""

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, NotFound
from blackgem.lib.sql import service
from distributions.access import check_release_payout
from distributions.models import DistributionItem, PayoutRelease
from funds.access import MANAGE, check_may
from funds.models import Commitment, PayeeDetails
from funds.services.inputs import fill


@service
def release_payout(
    *, item_id: int, reason: str, seen_version: int | None = None, ctx: WriteContext
) -> PayoutRelease:
    """Let the held payout of an item go to the account in force, though another one waits or it is new.

    `seen_version` is the newest version that the person saw. Raises NotFound, Forbidden("role.insufficient",
    "four_eyes"), InvalidInput for a reason that is none, Conflict("payout.not_held", "payout.no_account",
    "stale_version").
    """
    found = DistributionItem.objects.filter(pk=item_id).values_list("fund", "commitment").first()
    if found is None:
        raise NotFound("item.not_found", "There is no such item of a distribution.")
    role = check_may(ctx.by, found[0], MANAGE)
    Commitment.objects.select_for_update(no_key=True).get(pk=found[1])
    item = DistributionItem.objects.select_related("distribution", "commitment__investor").get(pk=item_id)
    item.role = role
    versions = PayeeDetails.objects.filter(commitment=item.commitment_id, rejected_at=None).order_by(
        "-version"
    )
    newest, in_force = versions.first(), versions.verified().first()
    check_release_payout(item, ctx.by, entered_by=newest and newest.created_by_id)
    if in_force is None:
        raise Conflict(
            "payout.no_account", "No account of this partner is verified: have one verified first."
        )
    if seen_version not in (None, newest.version):
        raise Conflict(
            "stale_version", "Other bank details were entered since you opened this. Please look again."
        )
    release = PayoutRelease(
        fund_id=item.fund_id,
        item=item,
        payee_details=in_force,
        seen_version=newest.version,
        released_at=ctx.at,
        released_by=ctx.by,
    )
    fill(release, {"reason": reason}, allowed=("reason",))
    release.save(force_insert=True)
    audit.record(
        verb="release_payout",
        ctx=ctx,
        subject=item,
        also=[item.distribution, in_force, item.commitment.investor],
        fund_id=item.fund_id,
        reason=release.reason,
        changes={"version": [None, in_force.version]},
    )
    return release
