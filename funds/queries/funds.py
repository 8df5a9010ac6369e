"""Funds as their pages show them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from blackgem.lib.pages import found
from blackgem.lib.together import read_together
from funds.access import Role
from funds.models import (
    BankDetails,
    Commitment,
    ControlChange,
    Fund,
    FundMembership,
    FundTerms,
    FundTermsTier,
    Invitation,
)
from funds.queries.access import with_role
from funds.queries.accounts import account_path
from funds.queries.controls import waiting_in_fund, with_words

# ---------------------------------------------------------------- one fund


def fund_of(user, fund_id) -> Fund:
    """A fund with `role`; 404 where it is not to be seen."""
    return found(with_role(Fund.objects.visible_to(user), user, fund="pk"), pk=fund_id)


@dataclass(frozen=True, slots=True)
class TermsShown:
    """`latest` is what was entered last, `older` every version before it, newest first."""

    latest: FundTerms | None
    older: list[FundTerms]


def terms_of(fund) -> TermsShown:
    """Every version of the fund's terms; whether it `has_tiers` beyond its own, which are fetched only then."""
    has_tiers = Exists(FundTermsTier.objects.filter(terms=OuterRef("pk")))
    versions = list(
        fund.terms.select_related("created_by").annotate(has_tiers=has_tiers).order_by("-version")
    )
    return TermsShown(versions[0] if versions else None, versions[1:])


def members_of(fund) -> list[FundMembership]:
    """The people who work for the fund, managers first."""
    return _ranked(fund.memberships.select_related("user"))


def members_and_changes(fund) -> tuple[list[FundMembership], list[ControlChange]]:
    """The same, and what waits in the fund for a second person, in words. One statement."""
    members, changes = read_together(fund.memberships.select_related("user"), waiting_in_fund(fund))
    return _ranked(members), with_words(changes)


def _ranked(members) -> list[FundMembership]:
    ranks = {role: rank for rank, role in enumerate(Role.values)}
    return sorted(members, key=lambda member: (ranks[member.role], str(member.user).casefold(), member.pk))


def invited_to(fund, *, at) -> list[Invitation]:
    """Offers of a role that wait to be accepted, oldest first."""
    return list(fund.invitations.open(at=at).select_related("created_by").order_by("pk"))


# ---------------------------------------------------------------- bank details


@dataclass(frozen=True, slots=True)
class BankDetailsShown:
    """`in_force` is what notices print; `pending` waits to be verified; `past` is superseded or was rejected."""

    in_force: BankDetails | None
    pending: BankDetails | None
    past: list[BankDetails]


def bank_details_of(fund) -> BankDetailsShown:
    """Every version of the fund's bank details."""
    versions = list(
        fund.bank_details.select_related("created_by", "verified_by", "rejected_by").order_by("-version")
    )
    in_force = next((one for one in versions if one.verified_at), None)
    pending = next((one for one in versions if not one.verified_at and not one.rejected_at), None)
    return BankDetailsShown(in_force, pending, [one for one in versions if one not in (in_force, pending)])


def bank_details_to_decide(user, bank_details_id) -> BankDetails:
    """One version with its fund, which carries the person's `role`; 404 where it is not to be seen."""
    rows = BankDetails.objects.filter(fund__in=Fund.objects.visible_to(user))
    details = found(rows.select_related("created_by", "verified_by", "rejected_by"), pk=bank_details_id)
    details.fund = fund_of(user, details.fund_id)
    return details


# ---------------------------------------------------------------- one commitment


def commitment_of(user, commitment_id) -> Commitment:
    """A commitment with investor, account and its fund, which carries the person's `role`; 404 where not to be seen."""
    rows = Commitment.objects.filter(fund__in=Fund.objects.visible_to(user))
    commitment = found(rows.select_related("investor", account_path()), pk=commitment_id)
    commitment.fund = fund_of(user, commitment.fund_id)
    return commitment
