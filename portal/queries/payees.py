"""Where the funds pay an investor to, as its own people see it: masked, commitment by commitment."""

from dataclasses import dataclass

from blackgem.lib.pages import found
from funds.models import Commitment, PayeeDetails
from portal.reader import Reader

#: What the portal reads of an account: nothing of who decided it.
SHOWN = (
    "commitment_id",
    "version",
    "bank_name",
    "account_name",
    "account_number",
    "iban",
    "created_at",
    "usable_from",
    "verified_at",
    "rejected_at",
)


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Of one commitment: the account `in_force`, the one that `waits`, and whether this person `proposes` another."""

    commitment: Commitment
    in_force: PayeeDetails | None
    waits: PayeeDetails | None
    proposes: bool


def accounts_of(reader: Reader) -> list[OwnAccount]:
    """Of every commitment that this person sees, by fund."""
    rows = Commitment.objects.filter(pk__in=reader.commitments).select_related("fund", "investor")
    commitments = list(rows.order_by("fund__name", "pk"))
    versions = PayeeDetails.objects.filter(commitment__in=reader.commitments, rejected_at=None)
    newest = list(versions.only(*SHOWN).order_by("-version"))
    return [_own(one, [row for row in newest if row.commitment_id == one.pk], reader) for one in commitments]


def _own(commitment: Commitment, versions: list[PayeeDetails], reader: Reader) -> OwnAccount:
    return OwnAccount(
        commitment,
        next((one for one in versions if one.verified_at), None),
        next((one for one in versions if not one.verified_at), None),
        commitment.pk in reader.acknowledges,
    )


def commitment_to_pay(reader: Reader, public_id) -> Commitment:
    """One of the commitments for which this person may propose an account; else 404."""
    rows = Commitment.objects.filter(pk__in=reader.acknowledges & set(reader.commitments))
    return found(rows.select_related("fund", "investor"), public_id=public_id)
